import Domain

/// The labels that people give a model's versions: annotated tags of GTO's grammar, `NAME@v1.4.0` or `NAME@v1.4.0#7`.
///
/// All of a model's tags are read together, each once: there may be thousands, and each version asks for its label.
struct VersionLabels: Sendable {
    /// Each tag, with the content that its commit shows.
    private var known: [Reference: (event: Event, tree: ObjectID)] = [:]
    /// The labels by that content, the greatest last.
    private var labels: [ObjectID: [String]] = [:]

    /// - Parameter old: What was read before: what a tag object says stays so.
    init(of model: String, knowing old: VersionLabels?, _ reader: any ObjectReader) throws {
        var events: [ObjectID: [Event]] = [:]
        for reference in try reader.references(matching: "refs/tags/\(model)@v*") {
            var tag = old?.known[reference]
            if tag == nil, let event = try Self.events(of: model, in: [reference], reader).first,
                event.isAnnotated, let tree = try Self.tree(of: model, at: event.target, reader)
            {
                tag = (event, tree)
            }
            guard let tag else { continue }
            known[reference] = tag
            events[tag.tree, default: []].append(tag.event)
        }
        labels = events.mapValues { events in
            let withdrawn = Set(events.filter(\.isWithdrawal).map(\.version))
            return Set(events.map(\.version)).subtracting(withdrawn).sorted { Self.isLess($0, $1) }
        }
    }

    /// Why a version must not be called so by a request: people read the label, and trust that it is the one of its tag.
    static func objection(to said: String, of version: ModelVersion, _ reader: any ObjectReader) throws -> String? {
        // It goes into messages and notes: nothing there may look like more than a label.
        guard said == Excerpt.line(said), !said.contains(where: \.isWhitespace) else {
            return "it calls \(version.title) '\(Excerpt.line(said))', which is no label"
        }
        let name = version.name
        let labels = try VersionLabels(of: name.model, knowing: nil, reader).labels[version.tree] ?? []
        if labels.contains(said) { return nil }
        let words = "it calls \(name.model) \(name.revision.short) '\(said)', "
        if let label = labels.last { return words + "which is \(label)" }
        let tags = try reader.references(matching: "refs/tags/\(name.model)@v*")
        // The same one each time: words that change are written anew.
        let others = try events(of: name.model, in: tags, reader).filter { $0.version == said }.map(\.target.short)
        if let other = others.min() { return words + "which is the label of \(other)" }
        return words
            + "but no tag \(name.model)@\(said) is on it: leave the label out, or tag it and push the request again"
    }

    /// The greatest label whose tag points to a commit that shows this content.
    func label(of tree: ObjectID) -> String? { labels[tree]?.last }

    /// A tag that gives a version its label, or takes it back.
    struct Event {
        let version: String
        let isWithdrawal: Bool
        let target: ObjectID
        /// Only annotated tags count, as in GTO: a lightweight one has no author and no time.
        let isAnnotated: Bool
    }

    static func events(of model: String, in tags: [Reference], _ reader: any ObjectReader) throws -> [Event] {
        try tags.compactMap { reference in
            guard let event = parse(reference.name, model: model) else { return nil }
            let tag = try reader.tag(reference.target)
            return Event(
                version: event.version, isWithdrawal: event.isWithdrawal, target: tag?.target ?? reference.target,
                isAnnotated: tag != nil)
        }
    }

    static func shows(_ tree: ObjectID, _ model: String, _ revision: ObjectID, _ reader: any ObjectReader)
        throws -> Bool
    {
        try self.tree(of: model, at: revision, reader) == tree
    }

    private static func tree(of model: String, at revision: ObjectID, _ reader: any ObjectReader) throws -> ObjectID? {
        guard let commit = try? reader.commit(revision) else { return nil }
        return try reader.entry(at: "models/\(model)", in: commit.tree)?.id
    }

    private static func parse(_ reference: String, model: String) -> (version: String, isWithdrawal: Bool)? {
        var rest = reference.dropFirst("refs/tags/\(model)@".utf8.count)
        if let hash = rest.lastIndex(of: "#") { rest = rest[..<hash] }
        let isWithdrawal = rest.hasSuffix("!")
        if isWithdrawal { rest = rest.dropLast() }
        guard isVersion(rest.utf8), numbers(String(rest)) != nil else { return nil }
        return (String(rest), isWithdrawal)
    }

    /// Whether it is `v` and a version as SemVer 2.0.0 writes it (semver.org, items 2, 9 and 10).
    private static func isVersion(_ text: Substring.UTF8View) -> Bool {
        guard text.first == UInt8(ascii: "v") else { return false }
        func identifiers(_ text: Substring.UTF8View) -> [Substring.UTF8View] {
            text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        }
        func isNumber(_ text: Substring.UTF8View) -> Bool {
            !text.isEmpty && text.allSatisfy(isDigit) && (text.first != UInt8(ascii: "0") || text.count == 1)
        }
        func isIdentifier(_ text: Substring.UTF8View) -> Bool {
            !text.isEmpty
                && text.allSatisfy { isDigit($0) || (97...122).contains($0 | 0x20) || $0 == UInt8(ascii: "-") }
        }
        let build = text.firstIndex(of: UInt8(ascii: "+")), whole = text.dropFirst().prefix { $0 != UInt8(ascii: "+") }
        let dash = whole.firstIndex(of: UInt8(ascii: "-"))
        let core = identifiers(whole.prefix { $0 != UInt8(ascii: "-") })
        let before = dash.map { identifiers(whole[whole.index(after: $0)...]) } ?? []
        let after = build.map { identifiers(text[text.index(after: $0)...]) } ?? []
        return core.count == 3 && core.allSatisfy(isNumber) && after.allSatisfy(isIdentifier)
            && before.allSatisfy { isIdentifier($0) && (!$0.allSatisfy(isDigit) || isNumber($0)) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func numbers(_ version: String) -> [Int]? {
        let core = version.dropFirst().prefix { $0 != "-" && $0 != "+" }
        let numbers = core.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        return numbers.count == 3 && !numbers.contains(nil) ? numbers.compactMap(\.self) : nil
    }

    /// SemVer's order (semver.org, item 11): the three numbers, then the pre-release, which comes before its release.
    static func isLess(_ one: String, _ other: String) -> Bool {
        guard let first = numbers(one), let second = numbers(other) else { return one < other }
        if first != second { return first.lexicographicallyPrecedes(second) }
        let (mine, theirs) = (prerelease(one), prerelease(other))
        // What comes after a plus sign has no order of its own.
        if mine == theirs { return one < other }
        if mine.isEmpty || theirs.isEmpty { return theirs.isEmpty }
        return mine.lexicographicallyPrecedes(theirs) { isLess(identifier: $0, $1) }
    }

    private static func prerelease(_ version: String) -> [Substring] {
        let core = version.prefix { $0 != "+" }
        return core.firstIndex(of: "-").map { core[core.index(after: $0)...].split(separator: ".") } ?? []
    }

    /// Numbers by their value, before words, which go by their characters.
    private static func isLess(identifier one: Substring, _ other: Substring) -> Bool {
        let (first, second) = (number(one), number(other))
        if let first, let second {
            return (first.utf8.count, String(first)) < (second.utf8.count, String(second))
        }
        if (first == nil) != (second == nil) { return first != nil }
        return one.utf8.lexicographicallyPrecedes(other.utf8)
    }

    /// The digits without leading zeros, where there is nothing else.
    private static func number(_ text: Substring) -> Substring? {
        text.utf8.allSatisfy(isDigit) ? text.drop { $0 == "0" } : nil
    }
}
