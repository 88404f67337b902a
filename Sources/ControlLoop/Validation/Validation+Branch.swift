import Domain

extension Validation {
    /// A warning where the settings name a branch that people have not pushed here: nobody would find what it protects. What a clone has not
    /// fetched may well be there.
    func missingBranch(_ snapshot: Snapshot, _ bytes: (String) -> [UInt8]?, _ reader: any ObjectReader) throws
        -> [Diagnostic]
    {
        guard let named = snapshot.settings.branch else { return [] }
        // Where there is no branch at all, as in a first commit, none can be missing.
        guard try reader.resolve("refs/heads/\(named)") == nil,
            try !reader.references(matching: "refs/heads/*").isEmpty,
            try reader.references(matching: "refs/remotes/*").isEmpty
        else { return [] }
        let file = RepositorySettings.file
        let place = bytes(file).flatMap { language.place(of: ["spec", "branch"], in: $0, path: file) }
        return [
            Diagnostic(
                file: file, place: place ?? Place(line: 1, column: 1), severity: .warning, code: "unknown-branch",
                message: "branch: there is no branch '\(Excerpt.line(named))' here",
                hint: "push it before this; until it is there, no controller finds what it is to act on")
        ]
    }
}
