import Domain
import Foundation
import TestSupport
import Testing

@testable import Artifacts

/// Bytes that are not what they should be: in the stores outside of Git, and in the cache itself.
struct DamagedCopyTests: InScene {
    let scene: ArtifactScene

    init() throws {
        scene = try ArtifactScene("weights of a model") { _ in
            { url, path, _ in
                if url.contains("silent") { throw ArtifactFailure(.unreachable, "nobody answered") }
                guard url.hasPrefix("https://good.example/files/") || url.hasPrefix("https://bad.example/files/") else {
                    throw ArtifactFailure(.missing, "404")
                }
                try Data((url.contains("good") ? "" : "no ").utf8 + Array("weights of a model".utf8)).write(
                    to: URL(filePath: path))
            }
        }
    }

    private var bad: [UInt8] { Array(weights.dropLast(3)) }

    @Test func `half of an object in DVC's remote is looked at again, and the whole one is taken`() async throws {
        let files = dvcFiles("['remote \"a\"']\nurl = \(scratch.path)/a\n")
        try put(bad, "a")
        let failure = await #expect(throws: ArtifactFailure.self) { try await get(files) }
        #expect(failure?.reason == .wrongInStore && failure?.mayChange == true, "\(failure?.description ?? "")")
        try put(weights, "a")
        #expect(try await get(files).digest == sha256)
    }

    @Test(arguments: [["a", "b"], ["b", "a"]])
    func `a damaged copy of DVC's hides no good one`(order: [String]) async throws {
        try put(bad, order[0])
        try put(weights, order[1])
        let remotes = "['remote \"a\"']\nurl = \(scratch.path)/a\n['remote \"b\"']\nurl = \(scratch.path)/b\n"
        #expect(try await get(dvcFiles(remotes)).digest == sha256)
    }

    @Test func `a damaged cache of DVC's hides no remote, on this machine or a server`() async throws {
        try put(bad, ".dvc/cache")
        try put(weights, "a")
        var files = dvcFiles("['remote \"a\"']\nurl = \(scratch.path)/a\n")
        files.workTree = scratch.path
        #expect(try await get(files).digest == sha256)
        let other = store(at: "other")
        for servers in [["https://good.example"], ["https://bad.example", "https://silent", "https://good.example"]] {
            var files = dvcFiles(
                servers.enumerated().map { "['remote \"\($0)\"']\nurl = \($1)\n" }.joined())
            files.workTree = scratch.path
            let found = try await other.artifact(ArtifactPointer(path: "model.onnx"), in: "models/a", of: files)
            #expect(found.digest == sha256)
        }
    }

    @Test func `where all copies are damaged the last is told, and a server that is silent may have a good one`()
        async throws
    {
        try put(bad, "a")
        try put(bad + [0], "b")
        let remotes = "['remote \"a\"']\nurl = \(scratch.path)/a\n['remote \"b\"']\nurl = \(scratch.path)/b\n"
        let failure = await #expect(throws: ArtifactFailure.self) { try await get(dvcFiles(remotes)) }
        #expect(failure?.reason == .wrongInStore && failure?.description.contains("\(scratch.path)/b/") == true)
        let silent = dvcFiles(remotes + "['remote \"c\"']\nurl = https://silent\n")
        let other = await #expect(throws: ArtifactFailure.self) { try await get(silent) }
        #expect(other?.reason == .unreachable)
    }

    @Test func `a damaged object of Git LFS hides no good one, and alone is looked at again`() async throws {
        var files = tree(["models/a/model.onnx": lfs(size: weights.count)])
        files.lfsFolders = ["a", "b"].map { "\(scratch.path)/\($0)" }
        let place = "\(sha256.digits.prefix(2))/\(sha256.digits.dropFirst(2).prefix(2))/\(sha256.digits)"
        try scratch.write(weights.reversed(), to: "a/\(place)")
        let failure = await #expect(throws: ArtifactFailure.self) { try await get(files) }
        #expect(failure?.reason == .wrongInStore)
        try scratch.write(weights, to: "b/\(place)")
        #expect(try await get(files).digest == sha256)
    }

    @Test func `where Git contradicts itself, no other copy helps`() async throws {
        try put(weights, "a")
        let files = dvcFiles("['remote \"a\"']\nurl = \(scratch.path)/a\n")
        let other = Digest(String(repeating: "1", count: 64))
        for pointer in [
            ArtifactPointer(path: "model.onnx", sha256: other), ArtifactPointer(path: "model.onnx", size: 3),
        ] {
            let failure = await #expect(throws: ArtifactFailure.self) {
                try await store.artifact(pointer, in: "models/a", of: files)
            }
            #expect(failure?.reason == .digestMismatch, "\(failure?.description ?? "")")
        }
        _ = try await get(tree(["models/a/model.onnx": weights]))
        let failure = await #expect(throws: ArtifactFailure.self) {
            try await get(tree(["models/a/model.onnx": lfs(size: 3)]))
        }
        #expect(failure?.reason == .digestMismatch)
    }

    @Test func `small things in the cache are read when they are used: what was overwritten is fetched anew`()
        async throws
    {
        let id = ObjectID("0123456789012345678901234567890123456789")
        let files = tree(["models/a/model.onnx": weights], ids: ["models/a/model.onnx": id])
        let first = try await get(files)
        for other in [Array("x".utf8), weights.reversed()] {
            try overwrite(first.path, with: other)
            #expect(try await get(files) == first)
            #expect(try Array(Data(contentsOf: URL(filePath: first.path))) == weights)
        }
    }

    @Test func `of large things in the cache the size counts, and they are not read`() throws {
        let cache = ObjectCache(folder: scratch.path + "/cache")
        let bytes = [UInt8](repeating: 1, count: ObjectCache.small + 1)
        let artifact = try cache.admit(.bytes(bytes), Expectation(place: "m"))
        let folder = try cache.admitFolder([("a", artifact)], Expectation(place: "m"))
        chmod(artifact.path, 0)
        if getuid() != 0 { #expect(cache.find(artifact.digest) == artifact && cache.find(folder.digest) == folder) }
        chmod(artifact.path, 0o644)
        truncate(artifact.path, 5)
        #expect(cache.find(artifact.digest) == nil && cache.find(folder.digest) == nil)
        #expect(!FileManager.default.fileExists(atPath: artifact.path))
    }

    @Test func `a large thing of which nobody noted the size is read once`() throws {
        let cache = ObjectCache(folder: scratch.path + "/cache")
        let artifact = try cache.admit(
            .bytes([UInt8](repeating: 1, count: ObjectCache.small + 1)), Expectation(place: "m"))
        #expect(cache.notedSize(of: artifact.digest) == artifact.size)
        try FileManager.default.removeItem(atPath: cache.folder + "/index")
        #expect(cache.find(artifact.digest) == artifact)
        #expect(cache.notedSize(of: artifact.digest) == artifact.size)
        try FileManager.default.removeItem(atPath: cache.folder + "/index")
        try overwrite(artifact.path, with: [UInt8](repeating: 2, count: artifact.size))
        #expect(cache.find(artifact.digest) == nil)
    }

    @Test func `what a stopped task cannot read to its end is not thrown away`() async throws {
        let cache = ObjectCache(folder: scratch.path + "/cache")
        let artifact = try cache.admit(.bytes(weights), Expectation(place: "m"))
        let stopped = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            cache.forget(artifact)
            return cache.find(artifact.digest)
        }
        #expect(await stopped.value == nil)
        #expect(cache.find(artifact.digest) == artifact)
    }

    @Test func `what a target finds to be wrong is forgotten, with the file that a folder shares`() async throws {
        let cache = ObjectCache(folder: scratch.path + "/cache")
        let bytes = [UInt8](repeating: 1, count: ObjectCache.small + 1)
        let (artifact, other) = (
            try cache.admit(.bytes(bytes), Expectation(place: "m")),
            try cache.admit(.bytes([1, 2]), Expectation(place: "m"))
        )
        let folder = try cache.admitFolder([("a/b", artifact), ("c", other)], Expectation(place: "m"))
        await store.forget(folder)
        #expect(cache.find(folder.digest) == folder, "what is right stays")
        try overwrite(artifact.path, with: [UInt8](repeating: 2, count: bytes.count))
        #expect(cache.find(folder.digest) == folder, "nobody reads weights to find that out")
        await store.forget(folder)
        #expect(cache.find(folder.digest) == nil && cache.find(artifact.digest) == nil)
        #expect(cache.find(other.digest) == other)
        let outside = try scratch.write(weights, to: "outside")
        await store.forget(Artifact(path: outside, isFolder: false, size: 1, digest: artifact.digest))
        #expect(FileManager.default.fileExists(atPath: outside))
    }

    private func get(_ files: RepositoryFiles) async throws -> Artifact {
        try await store.artifact(ArtifactPointer(path: "model.onnx"), in: "models/a", of: files)
    }

    private func overwrite(_ path: String, with bytes: [UInt8]) throws {
        chmod(path, 0o644)
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: Data(bytes))
        try file.close()
    }

    private func put(_ bytes: [UInt8], _ folder: String) throws {
        try scratch.write(bytes, to: "\(folder)/files/md5/\(md5.prefix(2))/\(md5.dropFirst(2))")
    }

    private func dvcFiles(_ config: String) -> RepositoryFiles {
        tree([
            "models/a/model.onnx.dvc": Array(
                #"{"outs": [{"md5": "\#(md5)", "hash": "md5", "size": \#(weights.count), "path": "x"}]}"#.utf8),
            ".dvc/config": Array(config.utf8),
        ])
    }

    private func lfs(size: Int) -> [UInt8] {
        Array("version https://git-lfs.github.com/spec/v1\noid sha256:\(sha256.digits)\nsize \(size)\n".utf8)
    }
}
