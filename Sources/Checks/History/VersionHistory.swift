import Domain

/// The versions of a model on the branch, newest first.
enum VersionHistory {
    struct Entry: Sendable {
        let version: ModelVersion
        let commit: Commit
        /// Which bytes its artifact is, where the model's and not the folder's history is read.
        var artifact: ArtifactMark?
    }

    /// How many earlier versions a check may ask for: what is done with them takes the square of their number.
    static let most = 1000

    /// At most `limit` versions, looking at no more than `commits` commits.
    static func versions(
        of subject: Subject, atMost limit: Int, commits: Int = 100_000
    ) async throws -> [Entry] {
        let model = subject.version.model, start = subject.version.revision, tools = subject.tools
        return try await subject.tools.store.read { reader in
            var entries: [Entry] = []
            var newer: (commit: Commit, tree: ObjectID)?
            var looked = 0
            let note = { (commit: Commit, tree: ObjectID) in
                entries.append(
                    Entry(version: ModelVersion(model: model, revision: commit.id, tree: tree), commit: commit))
            }
            try reader.branch(
                from: start, tools, by: { try reader.entry(at: "models/\(model)", in: $0.tree)?.id }
            ) { commit, tree in
                looked += 1
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

    /// The models along the branch, newest first: of versions with the same artifact the newest, with the commit that brought the artifact.
    ///
    /// A version whose artifact no path or digest tells is one of its own.
    ///
    /// - Parameter start: Where the walk begins; without one, at the version itself.
    static func models(
        of subject: Subject, from start: ObjectID? = nil, atMost limit: Int, commits: Int = 100_000
    ) async throws -> [Entry] {
        let (model, start, tools) = (subject.version.model, start ?? subject.version.revision, subject.tools)
        let artifact = subject.manifest.artifact
        return try await subject.tools.store.read { reader in
            var entries: [Entry] = []
            var run: (version: ModelVersion, brought: Commit, tree: ObjectID, mark: ArtifactMark?)?
            var looked = 0
            func note() {
                if let run { entries.append(Entry(version: run.version, commit: run.brought, artifact: run.mark)) }
                run = nil
            }
            try reader.branch(
                from: start, tools, by: { try reader.entry(at: "models/\(model)", in: $0.tree)?.id }
            ) { commit, tree in
                looked += 1
                guard let tree, looked < commits else { return false }
                if run?.tree != tree {
                    let mark = try ArtifactMark(of: artifact, of: model, in: tree, reader, tools)
                    if mark == nil || mark != run?.mark {
                        note()
                        guard entries.count < limit else { return false }
                        run = (ModelVersion(model: model, revision: commit.id, tree: tree), commit, tree, mark)
                    }
                    run?.tree = tree
                }
                run?.brought = commit
                return true
            }
            if entries.count < limit { note() }
            return entries
        }
    }
}
