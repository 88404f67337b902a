import Domain

/// The versions of a model along the branch's first parents, newest first.
enum VersionHistory {
    struct Entry: Sendable {
        let version: ModelVersion
        let commit: Commit
    }

    /// How many earlier versions a check may ask for: what is done with them takes the square of their number.
    static let most = 1000

    /// At most `limit` versions, looking at no more than `commits` commits.
    static func versions(
        of subject: Subject, atMost limit: Int, commits: Int = 100_000
    ) async throws -> [Entry] {
        let model = subject.version.model, start = subject.version.revision
        return try await subject.tools.store.read { reader in
            var entries: [Entry] = []
            var newer: (commit: Commit, tree: ObjectID)?
            var looked = 0
            let note = { (commit: Commit, tree: ObjectID) in
                entries.append(
                    Entry(version: ModelVersion(model: model, revision: commit.id, tree: tree), commit: commit))
            }
            try reader.firstParents(from: start) { commit in
                looked += 1
                let tree = try reader.entry(at: "models/\(model)", in: commit.tree)?.id
                if let newer, tree != newer.tree { note(newer.commit, newer.tree) }
                guard let tree, entries.count < limit, looked < commits else {
                    newer = nil
                    return false
                }
                newer = (commit, tree)
                return true
            }
            if let newer, entries.count < limit { note(newer.commit, newer.tree) }
            return entries
        }
    }
}
