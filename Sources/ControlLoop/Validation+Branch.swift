import Domain

extension Validation {
    /// A warning where the settings name a branch that is known nowhere here: nobody would find what it protects.
    func missingBranch(_ snapshot: Snapshot, _ bytes: (String) -> [UInt8]?, _ reader: any ObjectReader) throws
        -> [Diagnostic]
    {
        guard let named = snapshot.settings.branch else { return [] }
        let all = try ["refs/heads/*", "refs/remotes/*"].flatMap { try reader.references(matching: $0) }.map(\.name)
        // Where there is no branch at all, as in a first commit, none can be missing.
        guard !all.isEmpty, !all.contains("refs/heads/\(named)"),
            !all.contains(where: { $0.hasPrefix("refs/remotes/") && $0.hasSuffix("/\(named)") })
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
