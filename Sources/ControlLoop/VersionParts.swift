import Domain

/// The commits by which a version came to be what it is.
enum VersionParts {
    /// Those that changed the model's folder, or a dataset that it names, and that `running` does not have; `nil` where they are too many.
    ///
    /// A merge that took one side as it was changed nothing: what counts is who wrote that side.
    ///
    /// - Parameter running: The version that is deployed now. Without one, the version's own commit counts, and what it merged.
    static func commits(
        of version: VersionName, since running: ObjectID?, atMost limit: Int, _ reader: any ObjectReader,
        _ language: any ManifestLanguage
    ) throws -> [Commit]? {
        let own = try reader.commit(version.revision)
        guard let base = running ?? own.parents.first else { return [own] }
        let data = try KnownVersion.read(version, reader, language).map { Array($0.version.data.keys) } ?? []
        func identity(_ commit: Commit) throws -> VersionIdentity {
            try VersionIdentity(of: version.model, at: commit, data: data, reader)
        }
        let old = try (try? reader.commit(base)).map(identity)
        var parts = [own]
        var waiting = [own], known: Set<ObjectID> = [own.id]
        while let commit = waiting.popLast() {
            let content = try identity(commit)
            guard commit.id != base, content.tree != nil, content != old else { continue }
            let parents = try commit.parents.map { try reader.commit($0) }
            let same = try parents.first { try identity($0) == content }
            if same == nil {
                if try reader.reaches(commit.id, from: base) { continue }
                guard parts.count < limit else { return nil }
                if commit.id != own.id { parts.append(commit) }
            }
            waiting += (same.map { [$0] } ?? parents).filter { known.insert($0.id).inserted }
        }
        return parts
    }
}
