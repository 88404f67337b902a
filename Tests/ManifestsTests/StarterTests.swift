import Domain
import Foundation
import Manifests
import Testing

/// What `martlet init` writes is in order.
struct StarterTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "manifests/starter")

    private static let paths: [String] = {
        let files = FileManager.default.enumerator(atPath: folder.path())?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix(".yaml") }.sorted()
    }()

    @Test func `every kind is there`() {
        let kinds = Set(Self.paths.compactMap { ManifestPath.kind(of: $0)?.kind })
        // A waiver names a version, and there is none yet.
        #expect(kinds.union([Waiver.kind]) == Set(ManifestSchemas.kinds))
    }

    @Test(arguments: paths)
    func `every manifest is read without a diagnostic`(path: String) throws {
        let bytes = try Array(Data(contentsOf: Self.folder.appending(path: path)))
        let file = YAMLManifests().read(bytes, path: path)
        #expect(file.diagnostics == [])
        #expect(
            file.documents.map(\.name) == [try #require(ManifestPath.kind(of: path)).name] || path == "martlet.yaml")
    }

    @Test func `no reference leads nowhere`() throws {
        var snapshot = Snapshot(revision: .zero, tree: .zero)
        for path in Self.paths {
            let bytes = try Array(Data(contentsOf: Self.folder.appending(path: path)))
            for document in YAMLManifests().read(bytes, path: path).documents {
                let name = document.name
                switch document.manifest {
                case .model(let model):
                    snapshot.models[name] = .init(tree: .zero, manifest: .init(blob: .zero, value: model))
                case .dataset(let dataset): snapshot.datasets[name] = .init(blob: .zero, value: dataset)
                case .gate(let gate): snapshot.gates[name] = .init(blob: .zero, value: gate)
                case .environment(let environment):
                    snapshot.environments[name] = .init(blob: .zero, value: environment)
                case .deployment(let deployment):
                    let environment = try #require(ManifestPath.kind(of: path)?.environment)
                    snapshot.deployments[environment, default: [:]][name] = .init(blob: .zero, value: deployment)
                case .evidence(let evidence): snapshot.evidence[name] = .init(blob: .zero, value: evidence)
                case .repository, .schema, .waiver: break
                }
            }
        }
        #expect(snapshot.environmentsInOrder == ["dev", "staging", "production"])
        #expect(snapshot.deployments.count == 3)
        #expect(References.problems(in: snapshot) == [])
    }

    @Test func `files that manifests name are there`() {
        for path in ["models/example/model.json", "models/example/predictions.csv", "data/example.csv", "README.md"] {
            #expect(FileManager.default.fileExists(atPath: Self.folder.appending(path: path).path()), "\(path)")
        }
    }
}
