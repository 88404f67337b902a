import Domain

/// Reads the labels that people give versions: annotated tags of GTO's grammar, `NAME@v1.4.0` or `NAME@v1.4.0#7`.
enum VersionLabels {
    /// The greatest label whose tag points to the version's commit, or to one that shows the same content.
    static func label(of name: VersionName, tree: ObjectID, _ reader: any ObjectReader) throws -> String? {
        var versions: Set<String> = [], withdrawn: Set<String> = []
        let tags = try reader.references(matching: "refs/tags/\(name.model)@v*")
        for event in try events(of: name.model, in: tags, reader) where event.isAnnotated {
            guard try event.target == name.revision || shows(tree, name.model, event.target, reader) else { continue }
            if event.isWithdrawal { withdrawn.insert(event.version) } else { versions.insert(event.version) }
        }
        return versions.subtracting(withdrawn).max { isLess($0, $1) }
    }

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
        guard let commit = try? reader.commit(revision) else { return false }
        return try reader.entry(at: "models/\(model)", in: commit.tree)?.id == tree
    }

    private static func parse(_ reference: String, model: String) -> (version: String, isWithdrawal: Bool)? {
        var rest = reference.dropFirst("refs/tags/\(model)@".utf8.count)
        if let hash = rest.lastIndex(of: "#") { rest = rest[..<hash] }
        let isWithdrawal = rest.hasSuffix("!")
        if isWithdrawal { rest = rest.dropLast() }
        guard rest.hasPrefix("v"), numbers(String(rest)) != nil else { return nil }
        return (String(rest), isWithdrawal)
    }

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
        text.utf8.allSatisfy { (48...57).contains($0) } ? text.drop { $0 == "0" } : nil
    }
}
