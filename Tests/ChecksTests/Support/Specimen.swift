import Domain
import Foundation
import Manifests

@testable import Checks

/// A model version for a test: its files and datasets in memory, its manifest as JSON.
struct Specimen {
    var model = "tumor"
    var label: String? = "v1"
    var manifest: JSON
    var schema: JSON?
    var files: [String: [UInt8]] = [:]
    var data: [String: [UInt8]] = [:]
    /// By name, the manifest of each dataset where the plain one will not do.
    var datasets: [String: JSON] = [:]
    var environment: String?
    /// The environments before it.
    var comesFrom: [String] = []
    /// The environment's probe.
    var probe: JSON?
    var deployed: Subject?
    var earlier: [Subject] = []
    var statuses: [String: DeploymentStatus] = [:]
    var store: any Store = MemoryStore()
    var tip = ObjectID.zero
    var now = Timestamp("2026-11-21T12:00:00Z")!
    var revision: ObjectID?
    var artifactFailure: ArtifactFailure?
    /// The blobs of the datasets, by path.
    var blobs: [String: ObjectID] = [:]
    /// The files of other versions, for checks that look at history; `files` belong to every version otherwise.
    var fileOf: (@Sendable (ModelVersion, String) -> [UInt8]?)?

    /// Who signed which commit.
    var signers: [ObjectID: String] = [:]
    /// What the branch was before a merge.
    var branchBefore: @Sendable (Commit) -> ObjectID? = { $0.parents.first }
    /// What is known of changes of dependencies.
    var dependencies: DependencyRecord?
    /// What was found out of versions before.
    var evidence: @Sendable (ModelVersion) -> [Evidence] = { _ in [] }

    /// How servers are asked.
    var send: @Sendable (Tools.Call) async throws -> Tools.Reply = { _ in
        throw ArtifactFailure(.unreachable, "no network")
    }

    /// A version of a family in `Tests/Fixtures`, with every file of its folder and the data that trained and tested it.
    static func version(_ version: String, of family: String = "tumor") throws -> Specimen {
        var specimen = Specimen(model: family, label: version, manifest: .null)
        let folder = Fixture.path("\(family)/versions/\(version)")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            specimen.files[name] = try Fixture.bytes("\(family)/versions/\(version)/\(name)")
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: Fixture.path("\(family)/data")) {
            specimen.data[String(name.dropLast(4))] = try Fixture.bytes("\(family)/data/\(name)")
        }
        let train = specimen.data["train-\(version)"] == nil ? "train" : "train-\(version)"
        let columns: JSON =
            family == "tumor"
            ? ["id": "row_id", "score": "score"] : ["id": "row_id", "scores": "score_*"]
        specimen.manifest = [
            "task": family == "tumor" ? "binary-classification" : "multiclass-classification",
            "artifact": ["path": "model.onnx"],
            "owners": ["lab"],
            "training": [
                "params": "params.yaml", "data": [.string(train)], "log": "training_log.csv",
                "trials": "tuning_trials.csv", "importances": "feature_importances.csv",
                "tests": ["junit": "junit.xml", "coverage": "coverage.xml"],
            ],
            "evaluation": [
                "data": "eval", "predictions": "predictions.csv", "columns": columns,
                "slices": family == "tumor" ? ["size_band"] : ["island", "sex"],
                "sensitive": family == "tumor" ? ["size_band"] : ["sex"],
            ],
        ]
        specimen.schema = try columnSchema(family)
        return specimen
    }

    /// The samples' `columns.json` as a schema.
    private static func columnSchema(_ family: String) throws -> JSON {
        let columns = try JSON(parsing: Fixture.bytes("\(family)/columns.json"))["columns"]?.array ?? []
        let roles = ["id", "label", "slice", "time", "feature"]
        return [
            "columns": .array(
                columns.map { column in
                    .object(
                        (column.members ?? []).compactMap { member in
                            switch member.key {
                            case "unit", "description": nil
                            case "role":
                                ("role", .string(roles.first { $0 == member.value.string } ?? "other"))
                            default: (member.key, member.value)
                            }
                        } + (column["role"]?.string == "id" ? [("unique", true)] : []))
                })
        ]
    }

    /// The same with a value of the manifest replaced, or removed where it is null; `path` names members.
    func setting(_ path: String..., to value: JSON) -> Specimen { setting(path, to: value) }

    func setting(_ path: [String], to value: JSON) -> Specimen {
        var copy = self
        copy.manifest = Self.replacing(manifest, path[...], value)
        return copy
    }

    private static func replacing(_ json: JSON, _ path: ArraySlice<String>, _ value: JSON) -> JSON {
        guard let key = path.first else { return value }
        var members = json.members ?? []
        if path.count == 1, value == .null { return .object(members.filter { $0.key != key }) }
        let new = JSON.Member(key, replacing(json[key] ?? .empty, path.dropFirst(), value))
        if let index = members.firstIndex(where: { $0.key == key }) {
            members[index] = new
        } else {
            members.append(new)
        }
        return .object(members)
    }

    func subject() throws -> Subject {
        let id = revision ?? ObjectID(bytes: Array((label ?? "").utf8) + Array(repeating: 1, count: 20))!
        let version = ModelVersion(model: model, revision: id, tree: id, data: blobs, label: label)
        (store as? MemoryStore)?.hold(files, as: id)
        let files = files, data = data, failure = artifactFailure, fileOf = fileOf
        var datasets: [String: Dataset] = [:]
        for name in data.keys {
            let manifest = self.datasets[name] ?? ["path": .string("\(name).csv")]
            datasets[name] = try Dataset(node: ManifestTree(manifest))
        }
        var tools = Subject.Tools(
            file: { version, path in (fileOf.map { $0(version, path) } ?? files[path]).map { .bytes($0) } },
            artifact: { _, pointer in
                if let failure { throw failure }
                return try Self.artifact(pointer, files)
            },
            data: { _, name in
                guard let bytes = data[name] else { throw ArtifactFailure(.missing, "no data '\(name)'") }
                return .bytes(bytes)
            },
            predictions: { subject in
                let path = subject.manifest.evaluation?.predictions ?? "predictions.csv"
                guard let bytes = files[path] else { throw ArtifactFailure(.missing, "\(path) is not there") }
                return .bytes(bytes)
            }, store: store, send: send)
        let (signers, dependencies, branchBefore, evidence) = (signers, dependencies, branchBefore, evidence)
        tools.branchBefore = { merge, _ in branchBefore(merge) }
        tools.verify = { id, _ in signers[id].map { .good(signer: $0) } ?? .unsigned }
        tools.dependencies = { _ in dependencies }
        tools.evidence = { evidence($0) }
        tools.read = YAMLManifests().read
        let settings: JSON = [
            "from": .array(comesFrom.map(JSON.string)), "verify": probe.map { ["probe": $0] } ?? .empty,
        ]
        return Subject(
            version: version, manifest: try Model(node: ManifestTree(manifest)),
            schema: try schema.map { try Schema(node: ManifestTree($0)) }, datasets: datasets,
            environment: try environment.map { ($0, try Environment(node: ManifestTree(settings))) },
            deployed: deployed,
            earlier: earlier, statuses: statuses, tip: tip, now: now, tools: tools)
    }

    /// Writes the artifact to a temporary file, as the store of artifacts would.
    private static func artifact(_ pointer: ArtifactPointer, _ files: [String: [UInt8]]) throws -> Artifact {
        let path = pointer.path ?? ""
        guard let bytes = files[path] else { throw ArtifactFailure(.missing, "\(path) is not there") }
        let digest = SHA256.digest(of: bytes)
        // Named by what it holds, so that runs of the tests do not pile files up.
        let place = FileManager.default.temporaryDirectory.appending(path: "martlet-tests-\(digest.digits)")
        try Data(bytes).write(to: place, options: .atomic)
        return Artifact(
            path: place.path(percentEncoded: false), isFolder: false, size: bytes.count, digest: digest)
    }

    /// Runs a check on it with settings as JSON.
    func run<Kind: Check>(_: Kind.Type, _ settings: JSON = .empty) async throws -> Outcome {
        try await Kind(node: ManifestTree(settings)).run(on: try subject())
    }
}

extension Outcome {
    /// Everything that it says.
    var words: String { ([summary] + findings.map(\.message)).joined(separator: "\n") }
}
