import Domain

/// The commits by which a version came to be what it is.
enum VersionParts {
    /// Those that changed the model's folder, or a dataset that it names, and that `running` does not have; `nil` where they are too many.
    ///
    /// A merge that took one side as it was changed nothing: what counts is who wrote that side.
    ///
    /// - Parameter running: The version that is deployed now. Without one, those count that define the version: its own commit with
    ///   what it merged, and those that brought the artifact's present bytes (``ArtifactOrigin``).
    static func commits(
        of version: VersionName, since running: ObjectID?, atMost limit: Int, _ reader: any ObjectReader,
        _ language: any ManifestLanguage
    ) throws -> [Commit]? {
        let own = try reader.commit(version.revision), known = try KnownVersion.read(version, reader, language)
        guard running == nil else { return try walk(from: own, version, known, to: running, limit, reader) }
        guard var parts = try walk(from: own, version, known, to: own.parents.first, limit, reader) else { return nil }
        guard let known else { return parts }
        var history = ArtifactOrigin(of: version.model, reader, language)
        guard let origin = try history.commits(of: known.manifest.artifact, from: own) else { return nil }
        parts += origin.filter { commit in !parts.contains { $0.id == commit.id } }
        return parts
    }

    private static func walk(
        from own: Commit, _ version: VersionName, _ known: KnownVersion?, to base: ObjectID?, _ limit: Int,
        _ reader: any ObjectReader
    ) throws -> [Commit]? {
        guard let base else { return [own] }
        let data = known.map { Array($0.version.data.keys) } ?? []
        func identity(_ commit: Commit) throws -> VersionIdentity {
            try VersionIdentity(of: version.model, at: commit, data: data, reader)
        }
        let old = try (try? reader.commit(base)).map(identity)
        var parts = [own]
        var waiting = [own], seen: Set<ObjectID> = [own.id]
        while let commit = waiting.popLast() {
            guard seen.count < ArtifactOrigin.mostCommits else { return nil }
            let content = try identity(commit)
            guard commit.id != base, content.tree != nil, content != old else { continue }
            let parents = try commit.parents.map { try reader.commit($0) }
            let same = try parents.first { try identity($0) == content }
            if same == nil {
                if try reader.reaches(commit.id, from: base) { continue }
                guard parts.count < limit else { return nil }
                if commit.id != own.id { parts.append(commit) }
            }
            waiting += (same.map { [$0] } ?? parents).filter { seen.insert($0.id).inserted }
        }
        return parts
    }
}
