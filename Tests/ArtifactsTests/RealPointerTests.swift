import Domain
import Foundation
import Git
import Manifests
import TestSupport
import Testing

@testable import Artifacts

/// Pointers that `git-lfs` and `dvc` themselves wrote.
struct RealPointerTests {
    private let weights = Array("weights\0of a model\r\n".utf8) + Array(repeating: 7, count: 5000)

    /// The program for the tests with DVC, which is no package of Debian's: `pip install dvc`.
    private static let dvc = ProcessInfo.processInfo.environment["MARTLET_DVC"]

    private func store(_ folder: URL) -> ArtifactStore {
        ArtifactStore(
            folder: folder.appending(path: "cache").path(), now: { Timestamp(seconds: 0) },
            yaml: { try YAMLManifests.tree($0) }
        ) { url, _, _ in
            throw ArtifactFailure(.unreachable, "\(url) was asked for")
        }
    }

    @Test func `a file that git-lfs pushed is found in the remote's store`() async throws {
        try await withTemporaryRepository { repository in
            try repository.git("lfs", "install", "--local")
            try repository.git("lfs", "track", "*.onnx")
            try FileManager.default.createDirectory(
                atPath: "\(repository.work)/models/a", withIntermediateDirectories: true)
            try Data(weights).write(to: URL(filePath: "\(repository.work)/models/a/model.onnx"))
            try repository.commit([:], message: "add a model")
            let store = store(repository.folder)
            let origin = try GitStore(opening: repository.origin)
            let id = try #require(ObjectID(try repository.git("rev-parse", "HEAD^{tree}")))
            let pointer = ArtifactPointer(path: "model.onnx", sha256: SHA256.digest(of: weights))
            let files = RepositoryFiles(of: origin, at: id, lfsFolders: ["\(repository.origin)/lfs/objects"])
            let artifact = try await store.artifact(pointer, in: "models/a", of: files)
            #expect(artifact.size == weights.count)
            #expect(try Array(Data(contentsOf: URL(filePath: artifact.path))) == weights)
            let bare = RepositoryFiles(of: origin, at: id)
            await #expect(throws: ArtifactFailure.self) {
                try await self.store(repository.folder.appending(path: "other")).artifact(
                    pointer, in: "models/a", of: bare)
            }
        }
    }

    @Test(.enabled(if: dvc != nil, "MARTLET_DVC names no dvc"))
    func `a file and a folder that dvc pushed are found in its remote`() async throws {
        try await withTemporaryRepository { repository in
            let dvc = Self.dvc ?? ""
            func run(_ arguments: String..., in folder: String = "") throws {
                let ended = try spawn(
                    [dvc] + arguments,
                    environment: plainGitEnvironment.merging(["HOME": repository.folder.path()]) { $1 },
                    folder: repository.work + folder, timeout: .seconds(120))
                #expect(ended.code == 0, "dvc \(arguments): \(String(decoding: ended.errors, as: UTF8.self))")
            }
            let remote = repository.folder.appending(path: "remote with # and space").path(percentEncoded: false)
            try run("init", "-q")
            try run("remote", "add", "-q", "-d", "store", remote)
            let folder = "\(repository.work)/models/a"
            try FileManager.default.createDirectory(atPath: folder + "/parts/deep", withIntermediateDirectories: true)
            try Data(weights).write(to: URL(filePath: folder + "/model.onnx"))
            try Data("one".utf8).write(to: URL(filePath: folder + "/parts/one.txt"))
            try Data("two".utf8).write(to: URL(filePath: folder + "/parts/deep/two.txt"))
            try run("add", "-q", "models/a/model.onnx", "models/a/parts")
            try run(
                "stage", "add", "-q", "-n", "fit", "-o", "fitted.bin", "cp parts/one.txt fitted.bin", in: "/models/a")
            try run("repro", "-q", in: "/models/a")
            try run("push", "-q")
            try run("push", "-q", in: "/models/a")
            try repository.commit([:], message: "add a model")
            let origin = try GitStore(opening: repository.origin)
            let id = try #require(ObjectID(try repository.git("rev-parse", "HEAD^{tree}")))
            let files = RepositoryFiles(of: origin, at: id)
            let store = store(repository.folder)
            let file = try await store.artifact(ArtifactPointer(path: "model.onnx"), in: "models/a", of: files)
            #expect(file.digest == SHA256.digest(of: weights))
            let parts = try await store.artifact(ArtifactPointer(path: "parts"), in: "models/a", of: files)
            #expect(parts.isFolder)
            #expect(try String(contentsOfFile: parts.path + "/deep/two.txt", encoding: .utf8) == "two")
            for (path, text) in [("parts/deep/two.txt", "two"), ("fitted.bin", "one")] {
                let found = try await store.artifact(ArtifactPointer(path: path), in: "models/a", of: files)
                #expect(try String(contentsOfFile: found.path, encoding: .utf8) == text)
            }
        }
    }
}
