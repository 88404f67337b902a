import Domain
import Foundation
import Git
import TestSupport
import Testing

/// Objects that a disk or an attacker has spoilt give one clear error each, and nothing crashes.
struct DamageTests {
    @Test func `a damaged, an empty and a missing object are named, with what helps`() async throws {
        try await withTemporaryRepository(files: ["a": "1", "b": "2", "c": "3"]) { repository in
            let store = try GitStore(opening: repository.work)
            let ids = try ["a", "b", "c"].map { try objectID(repository.git("rev-parse", "HEAD:\($0)")) }
            let files = ids.map { "\(repository.work)/.git/objects/\("\($0)".prefix(2))/\("\($0)".dropFirst(2))" }
            for file in files { try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file) }
            var bytes = try Data(contentsOf: URL(filePath: files[0]))
            bytes[bytes.count - 3] ^= 0xff
            try bytes.write(to: URL(filePath: files[0]))
            try Data().write(to: URL(filePath: files[1]))
            try FileManager.default.removeItem(atPath: files[2])
            for (id, code) in zip(ids, [GitError.Code.corrupt, .corrupt, .notFound]) {
                let error = await #expect(throws: GitError.self) {
                    try await store.read { try $0.blob(id, atMost: 99) }
                }
                #expect(error?.code == code)
                #expect(error?.description.contains("\(id)") == true)
                #expect(error?.description.contains("git fsck") == true)
                #expect(error?.remedy == .askHuman)
            }
            let tip = try objectID(repository.git("rev-parse", "HEAD"))
            #expect(try await store.read { try $0.tree($0.commit(tip).tree) }.count == 3)
        }
    }

    @Test func `what a clone brings back by the command that is named is read at once`() async throws {
        try await withTemporaryRepository(files: ["a": "1", "b": "2"]) { repository in
            let store = try GitStore(opening: repository.origin)
            let object = try SpoiltObject("main:a", in: repository.origin)
            let id = try objectID(object.id)
            let error = await #expect(throws: GitError.self) { try await store.read { try $0.blob(id, atMost: 9) } }
            #expect(try await store.read { $0.has(id) })
            let words = try #require(error?.hint)
            let start = try #require(words.range(of: "echo ")), end = try #require(words.range(of: "; else"))
            let command = words[start.lowerBound..<end.lowerBound].replacing("CLONE", with: repository.work)
            let ended = try spawn(["sh", "-c", String(command)], environment: ["PATH": "/usr/bin:/bin"])
            #expect(ended.code == 0, "\(command)")
            #expect(try await store.read { try $0.blob(id, atMost: 9) } == Array("1".utf8))
            #expect(try await store.read { try $0.size(ofBlob: id) } == 1)
        }
    }

    @Test func `whether one commit lies before another is known also where older history is damaged`() async throws {
        try await withTemporaryRepository { repository in
            let ids = try (0..<5).map { try objectID(repository.commit(["a": "\($0)"])) }
            _ = try SpoiltObject("\(ids[1])", in: repository.origin)
            let store = try GitStore(opening: repository.origin)
            #expect(try await store.read { try $0.reaches(ids[2], from: ids[4]) })
            #expect(try await !store.read { try $0.reaches(ids[4], from: ids[2]) })
            await #expect(throws: GitError.self) { try await store.read { try $0.reaches(ids[0], from: ids[4]) } }
        }
    }

    @Test func `an object of another kind is told apart`() async throws {
        try await withTemporaryRepository(files: ["a": "1"]) { repository in
            let store = try GitStore(opening: repository.work)
            let commit = try objectID(repository.git("rev-parse", "HEAD"))
            let blob = try objectID(repository.git("rev-parse", "HEAD:a"))
            await #expect(throws: GitError.self) { try await store.read { try $0.tree(commit) } }
            await #expect(throws: GitError.self) { try await store.read { try $0.blob(commit, atMost: 999) } }
            await #expect(throws: GitError.self) { try await store.read { try $0.commit(blob) } }
            await #expect(throws: GitError.self) {
                try await store.read { try $0.changes(from: nil, to: blob, prefix: "") }
            }
        }
    }

    @Test(arguments: ["..", ".", ".git", ".GIT", "git~1", "a/b", "", ".git."])
    func `a tree with a name that Git forbids is refused`(name: String) async throws {
        try await withTemporaryRepository(files: ["a": "1"]) { repository in
            let store = try GitStore(opening: repository.work)
            let blob = try objectID(repository.git("rev-parse", "HEAD:a"))
            let tree = try write(tree: [UInt8]("100644 \(name)\0".utf8) + Self.bytes(blob), repository)
            let error = await #expect(throws: GitError.self) { try await store.read { try $0.tree(tree) } }
            #expect(error?.code == .corrupt)
        }
    }

    @Test func `no bytes of a tree crash it`() async throws {
        try await withTemporaryRepository(files: ["a": "1", "b/c": "2"]) { repository in
            let store = try GitStore(opening: repository.work)
            let blob = try objectID(repository.git("rev-parse", "HEAD:a"))
            let good = [UInt8]("100644 a\0".utf8) + Self.bytes(blob) + [UInt8]("40000 b\0".utf8) + Self.bytes(blob)
            var random = Seeded(state: 9)
            for _ in 0..<25 {
                var bytes = good
                for _ in 0..<3 {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
                }
                bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
                let tree = try write(tree: bytes, repository)
                do { _ = try await store.read { try $0.changes(from: nil, to: tree, prefix: "") } } catch is GitError {}
            }
        }
    }

    @Test func `folders nested without end are refused`() async throws {
        try await withTemporaryRepository { repository in
            let store = try GitStore(opening: repository.work)
            let deep = (0..<500).map { _ in "d" }.joined(separator: "/") + "/file"
            let tree = try await store.write { writer in
                try writer.write(tree: nil, edits: [TreeEdit(set: deep, to: try writer.write(blob: []))])
            }
            let found = try await store.read { try $0.changes(from: nil, to: tree, prefix: "") }
            #expect(found.map(\.path) == [deep])
            #expect(try await store.read { try $0.entry(at: deep, in: tree) } != nil)
            let deeper = try await store.write { writer in
                var tree = tree
                for _ in 0..<40 {
                    tree = try writer.write(tree: nil, edits: [TreeEdit(set: "d", to: tree, mode: .tree)])
                }
                return tree
            }
            let error = await #expect(throws: GitError.self) {
                try await store.read { try $0.files(in: deeper, prefix: "") { _, _ in } }
            }
            #expect(error?.code == .tooLarge)
            await #expect(throws: GitError.self) {
                try await store.read { try $0.changes(from: nil, to: deeper, prefix: "") }
            }
        }
    }

    private func write(tree bytes: [UInt8], _ repository: TemporaryRepository) throws -> ObjectID {
        let file = repository.folder.appending(path: "tree")
        try Data(bytes).write(to: file)
        return try objectID(repository.git("hash-object", "-t", "tree", "--literally", "-w", file.path()))
    }

    private static func bytes(_ id: ObjectID) -> [UInt8] {
        let digits = Array("\(id)".utf8)
        return stride(from: 0, to: 40, by: 2).map {
            UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16) ?? 0
        }
    }
}
