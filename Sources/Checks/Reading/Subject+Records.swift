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
        findings += try await strangers(among: table.texts("artifact_digest") ?? [], in: path)
        return findings
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
