import Domain
import Foundation
import Manifests
import Testing

/// What `martlet init` writes and `martlet demo` plays with can be read, and asks for checks that there are.
struct ManifestTests {
    /// The manifests with their paths in the repository that they are written into.
    static let all: [(path: String, bytes: [UInt8])] = House.paths(below: "manifests", ending: ".yaml").compactMap {
        path in
        let parts = path.split(separator: "/").dropFirst()
        let inside: [Substring]
        switch parts.first {
        case "starter": inside = Array(parts.dropFirst())
        case "demo" where parts.dropFirst().first == "steps": inside = Array(parts.dropFirst(3))
        case "demo": inside = Array(parts.dropFirst(2))
        default: return nil
        }
        guard ManifestPath.kind(of: inside.joined(separator: "/")) != nil, let text = try? House.text(path) else {
            return nil
        }
        // The demo fills in where its folder is.
        return (inside.joined(separator: "/"), Array(text.replacing("@DEMO@", with: "/demo").utf8))
    }

    @Test func `there are manifests to look at`() { #expect(Self.all.count > 30) }

    @Test func `every manifest is read without a diagnostic`() {
        for (path, bytes) in Self.all {
            let file = YAMLManifests().read(bytes, path: path)
            #expect(file.diagnostics == [], "\(path)")
            #expect(!file.documents.isEmpty, "\(path)")
        }
    }

    @Test func `every check that a gate names is built in`() throws {
        let ids = Set(
            PluginTests.all.filter { $0.kind == "Check" }.compactMap {
                $0.file.code.firstMatch(of: #/static let id = "([\w.-]+)"/#).map { String($0.1) }
            })
        for (path, bytes) in Self.all {
            for document in YAMLManifests().read(bytes, path: path).documents {
                guard case .gate(let gate) = document.manifest else { continue }
                for requirement in gate.checks {
                    #expect(ids.contains(requirement.check), "\(path): \(requirement.check)")
                }
            }
        }
    }
}
