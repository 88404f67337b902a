import Domain
import Foundation
import Git
import TestSupport
import Testing

/// Objects that are in no pack yet: a disk that ran full or a machine that lost its power leaves them cut short.
struct LooseObjectsTests {
    @Test(.timeLimit(.minutes(2)), arguments: ["HEAD", "HEAD:folder", "HEAD:folder/text"])
    func `an object that is cut short anywhere is damaged, and nothing waits for its end`(name: String) async throws {
        let text = (0..<40).map { "line \($0 * $0)\n" }.joined()
        try await withTemporaryRepository(files: ["folder/text": text, "folder/other": "2"]) { repository in
            let id = try objectID(repository.git("rev-parse", name))
            let file = try Self.file(of: id, in: repository.work)
            let whole = try Data(contentsOf: URL(filePath: file))
            for length in 0..<whole.count {
                try whole.prefix(length).write(to: URL(filePath: file))
                let store = try GitStore(opening: repository.work)
                let error = await #expect(throws: GitError.self) { try await Self.read(id, name, in: store) }
                #expect(error?.code == .corrupt, "\(length) of \(whole.count) bytes")
                if length % 16 == 0 { _ = try? await store.revision("\("\(id)".prefix(9))") }
            }
            try (whole + Data([0])).write(to: URL(filePath: file))
            let store = try GitStore(opening: repository.work)
            #expect(try await !Self.read(id, name, in: store).isEmpty)
        }
    }

    @Test func `bytes that say anything at all crash nothing`() async throws {
        try await withTemporaryRepository(files: ["a": "some text\n"]) { repository in
            let id = try objectID(repository.git("rev-parse", "HEAD:a"))
            let file = try Self.file(of: id, in: repository.work)
            let whole = try Data(contentsOf: URL(filePath: file))
            var random = Seeded(state: 4)
            for _ in 0..<200 {
                var bytes = whole
                for _ in 0..<2 {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
                }
                try bytes.write(to: URL(filePath: file))
                let store = try GitStore(opening: repository.work)
                if let read = try? await Self.read(id, "HEAD:a", in: store) {
                    #expect(read == Array("some text\n".utf8))
                }
            }
            // Packed well, but no object: other kinds, sizes that do not fit or that no memory has.
            for header in [
                "blob 9\0", "blob 11\0", "blob 99999999999999999999\0", "blob \0", "blob\0", "thing 10\0", "blob -1\0",
                "blob 1x\0",
            ] {
                try await Self.pack(header + "some text\n", to: file)
                let store = try GitStore(opening: repository.work)
                await #expect(throws: GitError.self, "\(header)") { try await Self.read(id, "HEAD:a", in: store) }
            }
            try await Self.pack("blob 10\0some text\n", to: file)
            let store = try GitStore(opening: repository.work)
            #expect(try await Self.read(id, "HEAD:a", in: store) == Array("some text\n".utf8))
        }
    }

    @Test func `what is borrowed from another repository is read, by its whole name or a part of it`() async throws {
        try await withTemporaryRepository(files: ["a": String(repeating: "long ", count: 60_000)]) { repository in
            let clone = repository.work + "/../shared", deeper = repository.work + "/../deeper"
            try git("clone", "--quiet", "--shared", repository.work, clone, in: "/")
            try git("clone", "--quiet", "--shared", clone, deeper, in: "/")
            let id = try objectID(repository.git("rev-parse", "HEAD:a")), tip = try repository.git("rev-parse", "HEAD")
            for path in [clone, deeper] {
                let store = try GitStore(opening: path)
                #expect(try await Self.read(id, "HEAD:a", in: store).count == 300_000)
                #expect(try await store.revision(String(tip.prefix(10))) == objectID(tip))
            }
            let file = try Self.file(of: id, in: repository.work)
            truncate(file, 50)
            let store = try GitStore(opening: deeper)
            await #expect(throws: GitError.self) { try await Self.read(id, "HEAD:a", in: store) }
        }
    }

    @Test(.timeLimit(.minutes(1))) func `repositories that borrow from each other are gone through once`() async throws
    {
        try await withTemporaryRepository(files: ["a": "1"]) { repository in
            let objects = repository.work + "/.git/objects"
            let line = objects + "\n../objects\n"
            try Data(String(repeating: line, count: 100).utf8).write(to: URL(filePath: objects + "/info/alternates"))
            let id = try objectID(repository.git("rev-parse", "HEAD:a"))
            #expect(try await Self.read(id, "HEAD:a", in: GitStore(opening: repository.work)) == Array("1".utf8))
        }
    }

    private static func read(_ id: ObjectID, _ name: String, in store: GitStore) async throws -> [UInt8] {
        try await store.read { reader in
            switch name {
            case "HEAD": return Array("\(try reader.commit(id).tree)".utf8)
            case "HEAD:folder": return Array("\(try reader.tree(id).count)".utf8)
            default: return try reader.blob(id, atMost: 1 << 20)
            }
        }
    }

    /// The path of an object's file, which may be written to.
    private static func file(of id: ObjectID, in work: String) throws -> String {
        let file = "\(work)/.git/objects/\("\(id)".prefix(2))/\("\(id)".dropFirst(2))"
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        return file
    }

    private static func pack(_ text: String, to file: String) async throws {
        let script = "import sys, zlib; open(sys.argv[1], 'wb').write(zlib.compress(sys.stdin.buffer.read()))"
        let run = try spawn(
            ["python3", "-c", script, file], environment: ["PATH": "/usr/bin:/bin"], input: Array(text.utf8))
        try #require(run.code == 0, "\(run)")
    }
}
