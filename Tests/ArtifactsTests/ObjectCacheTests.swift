import Domain
import Foundation
import TestSupport
import Testing

@testable import Artifacts

struct ObjectCacheTests {
    private let scratch: ScratchFolder
    private let cache: ObjectCache

    init() throws {
        scratch = try ScratchFolder()
        cache = ObjectCache(folder: scratch.path + "/cache")
    }

    @Test func `keeps bytes under their digest, read-only`() throws {
        let artifact = try cache.admit(.bytes(Array("abc".utf8)), Expectation(place: "m"))
        #expect(artifact.digest.digits == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let path = "cache/objects/ba/7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(artifact.path == "\(scratch.path)/\(path)")
        #expect(try scratch.text(of: path) == "abc")
        var status = stat()
        #expect(stat(artifact.path, &status) == 0 && status.st_mode & 0o777 == 0o444)
        #expect(cache.find(artifact.digest) == artifact)
        #expect(drafts().isEmpty)
    }

    @Test func `what nobody waits for any more is not copied to its end, and leaves nothing behind`() async throws {
        let file = try scratch.write("abcd".utf8, to: "file")
        let copying = Task { [cache] in
            try await OwnThread.run {
                while !Task.isCancelled { usleep(1000) }
                return try cache.admit(.file(file), Expectation(place: "m"))
            }
        }
        copying.cancel()
        await #expect(throws: ArtifactFailure.self) { try await copying.value }
        #expect(drafts().isEmpty)
        #expect(cache.find(SHA256.digest(of: Array("abcd".utf8))) == nil)
    }

    @Test func `bytes that are not the promised ones leave nothing behind`() throws {
        let file = try scratch.write("abcd".utf8, to: "file")
        let other = Digest(String(repeating: "0", count: 64))
        for expected in [
            Expectation(digest: other, place: "m"), Expectation(size: 3, place: "m"),
            Expectation(md5: "d41d8cd98f00b204e9800998ecf8427e", place: "m"),
        ] {
            let failure = #expect(throws: ArtifactFailure.self) { try cache.admit(.file(file), expected) }
            #expect(failure?.reason == .digestMismatch)
        }
        #expect(throws: ArtifactFailure.self) { try cache.admit(.file(scratch.path), Expectation(place: "m")) }
        #expect(FileTree.entries(of: cache.folder + "/objects").isEmpty && drafts().isEmpty)
    }

    @Test func `a folder has the digest that a shell computes`() async throws {
        let names = ["b.txt", "a/z.bin", "a b/é", "a/b/c"]
        let files = try names.map { name in
            (path: name, artifact: try cache.admit(.bytes(Array("text of \(name)".utf8)), Expectation(place: "m")))
        }
        let folder = try cache.admitFolder(files, Expectation(place: "m"))
        let shell = "find . -type f -printf '%P\\0' | xargs -0 sha256sum | LC_ALL=C sort | sha256sum"
        let result = await runForTests(
            Command(["/bin/sh", "-c", shell], environment: ["PATH": "/usr/bin:/bin"], folder: folder.path))
        #expect(String(decoding: result.output.prefix(64), as: UTF8.self) == folder.digest.digits)
        #expect(folder.isFolder && folder.size == names.reduce(0) { $0 + "text of \($1)".utf8.count })
        #expect(try cache.admitFolder(files.reversed(), Expectation(place: "m")) == folder)
    }

    @Test func `many at once keep the same thing once`() async throws {
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 13) }
        let found = try await withThrowingTaskGroup(of: Artifact.self) { group in
            for _ in 0..<8 {
                group.addTask { [cache] in
                    try await OwnThread.run { try cache.admit(.bytes(bytes), Expectation(place: "m")) }
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(found.count == 1 && drafts().isEmpty)
    }

    @Test func `other names lead to the same thing while it is kept`() throws {
        let artifact = try cache.admit(.bytes([1, 2, 3]), Expectation(place: "m"))
        let key = CacheKey(scheme: "dvc", digits: "5289df737df57326fcdd22597afb1fac")
        #expect(cache.recall(key) == nil)
        cache.remember(artifact, as: key)
        #expect(cache.recall(key) == artifact)
        age(artifact.path, by: 7200)
        cache.prune(to: 0, sparing: .seconds(3600))
        #expect(cache.recall(key) == nil)
        #expect(FileTree.entries(of: cache.folder + "/index/dvc/52").isEmpty)
    }

    @Test func `prunes what was not used for longest, and nothing that is in use`() throws {
        let all = try (0..<5).map { number in
            try cache.admit(.bytes([UInt8](repeating: UInt8(number), count: 1000)), Expectation(place: "m"))
        }
        let folder = try cache.admitFolder([("a", all[0])], Expectation(place: "m"))
        for (number, artifact) in all.enumerated() { age(artifact.path, by: 10_000 - number * 1000) }
        age(folder.path, by: 20_000)
        #expect(cache.find(all[1].digest) != nil)
        #expect(cache.prune(to: 3000, sparing: .seconds(3600)) == 3000)
        let kept = all.map { FileManager.default.fileExists(atPath: $0.path) }
        #expect(kept == [false, true, false, true, true])
        #expect(cache.find(folder.digest) == nil)
    }

    @Test func `what a killed process left is swept away, what is being written stays`() throws {
        try FileTree.makeFolders(cache.folder + "/drafts")
        let left = try scratch.write([1], to: "cache/drafts/file-left")
        try scratch.write([1], to: "cache/drafts/folder-left/deep/file")
        let living = try Draft.file(in: cache.folder + "/drafts")
        for path in [left, cache.folder + "/drafts/folder-left", living.path] { age(path, by: 120) }
        cache.prune(to: .max, sparing: .zero)
        #expect(drafts() == [String(living.path.split(separator: "/").last ?? "")])
    }

    private func drafts() -> [String] { FileTree.entries(of: cache.folder + "/drafts").map(\.name) }

    private func age(_ path: String, by seconds: Int) {
        let moment = timeval(tv_sec: time(nil) - seconds, tv_usec: 0)
        utimes(path, [moment, moment])
    }
}
