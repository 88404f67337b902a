import Data
import Domain

extension Subject {
    /// Rows of a record that say that they are about another version, where it has columns `version` or `artifact_digest`.
    func strangers(in table: RunTable, _ path: String) async throws -> [Finding] {
        let versions = (table.texts("version") ?? []).filter { !$0.isEmpty && !version.isCalled($0) }.unique
        var findings =
            versions.isEmpty
            ? []
            : [
                Finding(
                    .inconclusive, "\(path) is about \(versions.listed()), not about \(version.title)", file: path)
            ]
        let digests = table.texts("artifact_digest") ?? []
        findings += try await strangers(among: digests, in: path)
        let saysWhose = (table.texts("version") ?? digests).contains { !$0.isEmpty } || digests.contains { !$0.isEmpty }
        return try await findings + (saysWhose ? [] : copied(path))
    }

    /// A record that does not say whose it is, and is byte for byte that of the version that runs, whose artifact is another.
    func copied(_ path: String) async throws -> [Finding] {
        guard let deployed, path.pathParts().allSatisfy({ $0 != ".." }) else { return [] }
        let (own, theirs) = (version.tree, deployed.version.tree)
        // Where objects cannot be read, whoever needs them says so.
        let isSame = try? await tools.store.read { reader in
            guard let record = try reader.entry(at: path, in: own)?.id else { return false }
            return try reader.entry(at: path, in: theirs)?.id == record
        }
        guard isSame == true, await hasArtifact(of: deployed) == false else { return [] }
        return [
            Finding(
                .inconclusive,
                "\(path) is byte for byte that of \(deployed.version.title), whose artifact is another; record it for this version, and say "
                    + "in it whose it is (version or artifact_digest)", file: path)
        ]
    }

    /// Whether the artifact is that of another version, by its digest, by what lies at its path in Git or by DVC's pointer beside it; `nil`
    /// where none is known.
    func hasArtifact(of other: Subject) async -> Bool? {
        let (mine, theirs) = (manifest.artifact, other.manifest.artifact)
        if let digest = mine.sha256, let before = theirs.sha256 { return digest == before }
        guard let file = mine.path, let former = theirs.path else { return nil }
        let (own, before) = (version.tree, other.version.tree)
        let isSame = try? await tools.store.read { reader -> Bool? in
            for (place, earlier) in [(file, former), ("\(file).dvc", "\(former).dvc")] {
                guard let entry = try reader.entry(at: place, in: own)?.id else { continue }
                return try entry == reader.entry(at: earlier, in: before)?.id
            }
            return nil
        }
        return isSame ?? nil
    }

    /// The digests that are not the artifact's; an empty one says nothing.
    func strangers(among digests: [String], in path: String) async throws -> [Finding] {
        let named = digests.filter { !$0.isEmpty }.unique
        guard !named.isEmpty else { return [] }
        let own: Digest
        if let declared = manifest.artifact.sha256 {
            own = declared
        } else {
            own = try await tools.artifact(version, manifest.artifact).digest
        }
        let others = named.filter { Digest($0) != own }
        guard let other = others.first else { return [] }
        return [
            Finding(
                .inconclusive,
                "\(path) is about the artifact \(other.prefix(19))…, and this version's is \(own.digits.prefix(12))…",
                file: path)
        ]
    }
}
