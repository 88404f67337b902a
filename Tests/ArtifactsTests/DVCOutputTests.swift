import Domain
import Foundation
import TestSupport
import Testing

@testable import Artifacts

/// Pointers of DVC's that do not lie beside what they stand for.
struct DVCOutputTests {
    private let scratch: ScratchFolder
    private let store: ArtifactStore
    private let weights = Array("weights".utf8)

    init() throws {
        scratch = try ScratchFolder()
        store = ArtifactStore(testing: scratch.path + "/cache") { url, _, _ in
            throw ArtifactFailure(.unreachable, url)
        }
    }

    @Test(arguments: [
        ("models/a/", "model.onnx", "", nil), ("models/a/", "./out/../model.onnx", "", nil),
        ("models/a/", "../model.onnx", "train", "train"), ("models/a/", "../model.onnx", "train", "train@3"),
    ])
    func `what a stage of DVC's writes is found by its lock`(
        _ folder: String, _ path: String, _ workFolder: String, _ stage: String?
    ) async throws {
        let name = stage ?? "fit"
        let files = tree([
            "\(folder)dvc.lock": try lock(name, path, ArtifactScene.md5(of: weights)),
            "\(folder)dvc.yaml": Array(
                (name.contains("@")
                    ? #"{"stages": {"train": {"foreach": [1], "do": {"wdir": "\#(workFolder)", "cmd": "x"}}}}"#
                    : #"{"stages": {"\#(name)": {"wdir": "\#(workFolder)", "cmd": "x"}}}"#).utf8),
        ])
        try put(weights, named: ArtifactScene.md5(of: weights))
        let artifact = try await store.artifact(ArtifactPointer(path: "model.onnx"), in: "models/a", of: files)
        #expect(artifact.digest == SHA256.digest(of: weights))
        #expect(try await store.content("models/a/model.onnx", in: "models/a", of: files)?.size == weights.count)
        await #expect(throws: ArtifactFailure.self) {
            try await store.artifact(ArtifactPointer(path: "other.onnx"), in: "models/a", of: files)
        }
    }

    @Test func `a lock outside of the model's folder counts only with a sha256, which shows its changes`() async throws
    {
        let files = tree(["dvc.lock": try lock("fit", "models/a/model.onnx", ArtifactScene.md5(of: weights))])
        try put(weights, named: ArtifactScene.md5(of: weights))
        let failure = await #expect(throws: ArtifactFailure.self) {
            try await store.artifact(ArtifactPointer(path: "model.onnx"), in: "models/a", of: files)
        }
        #expect(failure?.description.contains("kept by dvc.lock, which is outside of models/a") == true)
        let pointer = ArtifactPointer(path: "model.onnx", sha256: SHA256.digest(of: weights))
        #expect(try await store.artifact(pointer, in: "models/a", of: files).size == weights.count)
        #expect(try await store.content("models/a/readme", in: "models/a", of: files) == nil)
    }

    @Test func `a file inside a folder that DVC keeps is found, by a .dvc file or a lock`() async throws {
        let list = Array(#"[{"md5": "\#(ArtifactScene.md5(of: weights))", "relpath": "deep/model.onnx"}]"#.utf8)
        let folder = ArtifactScene.md5(of: list) + ".dir"
        try put(weights, named: ArtifactScene.md5(of: weights))
        try put(list, named: folder)
        for files in [
            tree(["models/a/out.dvc": Array(#"{"outs": [{"md5": "\#(folder)", "hash": "md5", "path": "out"}]}"#.utf8)]),
            tree(["models/a/dvc.lock": try lock("fit", "out", folder)]),
        ] {
            let found = try await store.artifact(
                ArtifactPointer(path: "out/deep/model.onnx"), in: "models/a", of: files)
            #expect(found.digest == SHA256.digest(of: weights) && !found.isFolder)
            #expect(try await store.artifact(ArtifactPointer(path: "out"), in: "models/a", of: files).isFolder)
            let failure = await #expect(throws: ArtifactFailure.self) {
                try await store.artifact(ArtifactPointer(path: "out/none"), in: "models/a", of: files)
            }
            #expect(failure?.reason == .missing)
        }
    }

    @Test func `an object of a stage that is not here is named with its lock`() async throws {
        let files = tree(["models/a/dvc.lock": try lock("fit", "model.onnx", ArtifactScene.md5(of: weights))])
        let failure = await #expect(throws: ArtifactFailure.self) {
            try await store.artifact(ArtifactPointer(path: "model.onnx"), in: "models/a", of: files)
        }
        #expect(failure?.reason == .notYet)
        #expect(failure?.description.hasPrefix("models/a/model.onnx (models/a/dvc.lock): md5") == true)
    }

    @Test(arguments: [
        "[]", "{}", #"{"stages": 3}"#,
        #"{"stages": {"a": {"outs": [{"path": "model.onnx/.."}, {"path": "/model.onnx"}]}}}"#,
        #"{"stages": {"a": {"outs": [{"path": "../../../model.onnx"}, {"path": ""}, 7]}}}"#,
    ])
    func `a lock that names nothing leads nowhere`(text: String) async throws {
        let files = tree(["models/a/dvc.lock": Array(text.utf8)])
        let failure = await #expect(throws: ArtifactFailure.self) {
            try await store.artifact(ArtifactPointer(path: "model.onnx"), in: "models/a", of: files)
        }
        #expect(failure?.reason == .missing, "\(failure?.description ?? "")")
    }

    @Test(arguments: ["{", "stages: &a {}", "stages: {a: {outs: [{path: metrics.json}]}}"])
    func `a lock that cannot be read stands in the way of no other file`(text: String) async throws {
        let files = tree(["dvc.lock": Array(text.utf8), "models/a/params.json": Array("{}".utf8)])
        #expect(try await store.content("models/a/metrics.json", of: files) == nil)
        #expect(try await store.content("models/a/params.json", of: files) != nil)
    }

    private func lock(_ stage: String, _ path: String, _ md5: String) throws -> [UInt8] {
        Array(
            """
            {"schema": "2.0", "stages": {"prepare": {"cmd": "x", "outs": [{"path": "raw.csv", "md5": "\(md5)"}]}, \
            "\(stage)": {"cmd": "x", "deps": [], "outs": [{"path": "\(path)", "hash": "md5", "md5": "\(md5)"}]}}}
            """.utf8)
    }

    private func put(_ bytes: [UInt8], named name: String) throws {
        try scratch.write(bytes, to: "remote/files/md5/\(name.prefix(2))/\(name.dropFirst(2))")
    }

    private func tree(_ blobs: [String: [UInt8]]) -> RepositoryFiles {
        RepositoryFiles(
            dvcCaches: [scratch.path + "/remote"],
            entry: { path in blobs[path] == nil ? nil : .file(nil) },
            blob: { path in blobs[path].map { .bytes($0) } }, list: { _ in [] })
    }
}
