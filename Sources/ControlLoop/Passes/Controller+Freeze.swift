import Domain

extension Controller {
    /// So many commits are looked at: it takes part of a second.
    private static let mostCommits = 10_000

    /// When the commit came on the branch since which the environment's file has a freeze; `nil` where it has none, or where that is too
    /// long ago to tell, or history cannot be read so far. Looked for once for each content of the file.
    func frozenSince(_ environment: String, _ snapshot: Snapshot) async -> Timestamp? {
        guard let entry = snapshot.environments[environment], entry.value.freeze != nil else {
            freezes[environment] = nil
            return nil
        }
        if let known = freezes[environment], known.blob == entry.blob { return known.time }
        let language = surroundings.language, branch = branch
        // What cannot be read now may be read at the next look.
        guard
            let start = try? await surroundings.store.read({ reader in
                FreezeStart(
                    blob: entry.blob,
                    time: try Self.frozenSince(environment, snapshot.revision, of: branch, reader, language))
            })
        else { return nil }
        freezes[environment] = start
        return start.time
    }

    private static func frozenSince(
        _ environment: String, _ tip: ObjectID, of branch: String, _ reader: any ObjectReader,
        _ language: any ManifestLanguage
    ) throws -> Timestamp? {
        let path = Snapshot.file(ofEnvironment: environment)
        guard let place = ManifestPlace(path: path) else { return nil }
        var answers: [ObjectID: Bool] = [:]
        func isFrozen(_ commit: Commit) throws -> Bool {
            guard let entry = try reader.entry(at: path, in: commit.tree) else { return false }
            if let known = answers[entry.id] { return known }
            let file = try ParsedFile.read(place, entry, reader, language)
            // What cannot be read keeps what was before, which the next commit back tells.
            var answer = file.hasErrors
            if case .environment(let value)? = file.own, !file.hasErrors { answer = value.freeze != nil }
            answers[entry.id] = answer
            return answer
        }
        var oldest: Timestamp?, left = mostCommits, isFound = false
        try reader.line(from: tip, of: branch) { commit in
            guard try isFrozen(commit) else {
                isFound = true
                return false
            }
            oldest = commit.committer.time
            left -= 1
            isFound = commit.parents.isEmpty
            return left > 0
        }
        return isFound ? oldest : nil
    }

    /// Since when an environment is frozen whose file has this content.
    struct FreezeStart {
        let blob: ObjectID
        let time: Timestamp?
    }
}
