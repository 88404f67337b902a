import Domain

/// Which features of a schema are those of an earlier one under another name.
///
/// A column's `renamedFrom` says so. Else a change that edits a name in its place is a rename, as `git log --follow` takes a file for
/// one: between the same columns that stayed, as many went as came with the same declaration, whatever is said of them for people.
enum FeatureRenames {
    /// The earlier name by the later one.
    static func between(_ old: [Schema.Column], and new: [Schema.Column]) -> [String: String] {
        let before = Set(old.map(\.name)), after = Set(new.map(\.name)), kept = before.intersection(after)
        var found: [String: String] = [:]
        for column in new where !before.contains(column.name) {
            guard let name = column.renamedFrom, before.contains(name), !after.contains(name) else { continue }
            found[column.name] = name
        }
        let declared = Set(found.values)
        let gone = gaps(in: old, between: kept) { declared.contains($0) }
        let come = gaps(in: new, between: kept) { found[$0] != nil }
        for (gap, names) in come where gone[gap]?.count == names.count {
            for (name, earlier) in zip(names, gone[gap] ?? []) { found[name] = earlier }
        }
        return found
    }

    /// Where a column stands and what it is.
    private struct Gap: Hashable {
        /// The last column before it that stayed.
        let after: String?
        let declaration: Schema.Column
    }

    private static func gaps(
        in columns: [Schema.Column], between kept: Set<String>, leavingOut isLeftOut: (String) -> Bool
    ) -> [Gap: [String]] {
        var gaps: [Gap: [String]] = [:], last: String?
        for column in columns {
            if kept.contains(column.name) {
                last = column.name
            } else if !isLeftOut(column.name) {
                gaps[Gap(after: last, declaration: column.nameless), default: []].append(column.name)
            }
        }
        return gaps
    }
}

extension Schema.Column {
    /// What holds of its values, whatever it is called.
    fileprivate var nameless: Schema.Column {
        var copy = self
        (copy.name, copy.description, copy.renamedFrom, copy.place) = ("", nil, nil, Place(line: 0, column: 0))
        return copy
    }
}
