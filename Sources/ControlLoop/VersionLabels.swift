import Domain

/// Reads the labels that people give versions: annotated tags of GTO's grammar, `NAME@v1.4.0` or `NAME@v1.4.0#7`.
enum VersionLabels {
    /// The greatest label whose tag points to the version's commit, or to one that shows the same content.
    static func label(of name: VersionName, tree: ObjectID, _ reader: any ObjectReader) throws -> String? {
        var best: String?
        var withdrawn: Set<String> = []
        for reference in try reader.references(matching: "refs/tags/\(name.model)@v*") {
            // Only annotated tags count, as in GTO: a lightweight one has no author and no time.
            guard let tag = try reader.tag(reference.target), let event = parse(reference.name, model: name.model)
            else { continue }
            guard try tag.target == name.revision || shows(tree, name.model, tag.target, reader) else { continue }
            if event.isWithdrawal { withdrawn.insert(event.version) }
            if best.map({ isLess($0, event.version) }) ?? true { best = event.version }
        }
        return best.flatMap { withdrawn.contains($0) ? nil : $0 }
    }

    private static func shows(_ tree: ObjectID, _ model: String, _ revision: ObjectID, _ reader: any ObjectReader)
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

    /// SemVer's order of the three numbers; a pre-release comes before its release.
    private static func isLess(_ one: String, _ other: String) -> Bool {
        guard let first = numbers(one), let second = numbers(other) else { return one < other }
        if first != second { return first.lexicographicallyPrecedes(second) }
        return one.contains("-") && !other.contains("-")
    }
}
