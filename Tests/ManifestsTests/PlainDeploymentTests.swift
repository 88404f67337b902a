import Domain
import Testing

@testable import Manifests

/// The reader of deployments that works on bytes gives what the fields give.
struct PlainDeploymentTests {
    @Test func `the usual deployment is read from the bytes`() {
        let tree = YAMLReader.tree(of: Array(Samples.deployment.utf8))
        let spec = tree.member("spec", of: tree.documents[0].root)
        #expect(tree.nodes.plainDeployment(at: spec)?.pin?.version == "v1.4.0")
    }

    @Test func `bytes and fields give the same deployment, on all combinations`() {
        let models = ["credit-risk", "'a/b'", "\"c\"", "~", "", "1.5", "[x]", "null"]
        let hex = "0123456789abcdefABCDEF0123456789abcdef01"
        let revisions: [String?] = [
            nil, hex, "'\(hex)'", String(hex.dropLast()), hex + "0", String(hex.dropLast()) + "g", "", "~",
            String(hex.dropLast()) + "é", String(hex.dropLast()) + ":", "@" + hex.dropFirst(),
        ]
        let versions: [String?] = [nil, "v1.0.0", "1.0", "~", "'~'", "\"\"", "[a]"]
        let digest = String(repeating: "0aF9", count: 16)
        let digests: [String?] = [
            nil, digest, "sha256:" + digest, "'sha256:\(digest)'", "sha512:" + digest, "sha256:" + digest.dropLast(),
            digest.dropLast() + "G", digest.dropLast() + "/", "Null",
        ]
        var fromBytes = 0
        for model in models {
            for revision in revisions {
                for version in versions {
                    for digest in digests {
                        let members: [(String, String?)] = [
                            ("model", model), ("revision", revision), ("version", version), ("digest", digest),
                        ]
                        let spec = members.compactMap { name, value in value.map { "\n  \(name): \($0)" } }.joined()
                        fromBytes += compare(spec) ? 1 : 0
                    }
                }
            }
        }
        #expect(fromBytes > 100)
    }

    /// Returns whether the bytes sufficed.
    private func compare(_ spec: String) -> Bool {
        let tree = YAMLReader.tree(of: Array(Samples.deployment(spec: spec + "\n").utf8))
        guard let root = tree.documents.first?.root, root >= 0 else { return false }
        let index = tree.member("spec", of: root)
        let byFields = try? Deployment(node: YAMLValue(tree: tree, index: index))
        guard let byBytes = tree.nodes.plainDeployment(at: index) else { return false }
        #expect(byBytes == byFields, "\(spec)")
        return true
    }
}
