import Domain
import Foundation
import Git
import TestSupport
import Testing

struct MirrorTests {
    @Test func `is made once, opened ever after, and survives what a killed process leaves`() async throws {
        try await withTemporaryRepository { repository in
            let path = repository.folder.appending(path: "cache/mirror.git").path()
            let mirror = try open(repository, path)
            #expect(mirror.remote is LocalRemote)
            try await mirror.remote.fetch(["refs/heads/main"])
            let tip = try objectID(repository.git("rev-parse", "HEAD"))
            let lock = "\(path)/refs/heads/main.lock"
            try Data().write(to: URL(filePath: lock))
            try Data().write(to: URL(filePath: "\(path)/packed-refs.lock"))
            let old = [FileAttributeKey.modificationDate: Date(timeIntervalSinceNow: -3600)]
            try FileManager.default.setAttributes(old, ofItemAtPath: lock)
            let again = try open(repository, path)
            #expect(try await again.store.read { try $0.resolve("refs/heads/main") } == tip)
            #expect(!FileManager.default.fileExists(atPath: lock))
            #expect(FileManager.default.fileExists(atPath: "\(path)/packed-refs.lock"), "a fresh lock is somebody's")
        }
    }

    @Test func `many that make it at once end with one`() async throws {
        try await withTemporaryRepository { repository in
            let path = repository.folder.appending(path: "mirror.git").path()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { _ = try open(repository, path) } }
                try await group.waitForAll()
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: repository.folder.path())
            #expect(left.sorted() == ["mirror.git", "origin.git", "work"])
        }
    }

    @Test func `a place that is taken is left alone`() async throws {
        try await withTemporaryRepository { repository in
            let path = repository.folder.appending(path: "taken").path()
            try FileManager.default.createDirectory(atPath: "\(path)/photos", withIntermediateDirectories: true)
            #expect(throws: GitError.self) { try open(repository, path) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["photos"])
        }
    }

    @Test func `maintenance packs what has piled up, under an open store`() async throws {
        try await withTemporaryRepository { repository in
            let store = try GitStore(opening: repository.origin)
            let tree = try await store.write { writer in
                var edits: [TreeEdit] = []
                for number in 0..<1500 {
                    edits.append(TreeEdit(set: "f\(number)", to: try writer.write(blob: Array("\(number)".utf8))))
                }
                return try writer.write(tree: nil, edits: edits)
            }
            let tip = try objectID(repository.git("rev-parse", "HEAD"))
            let person = Person(name: "Bot", email: "b@example.com", time: Timestamp(seconds: 1_700_000_000))
            let moved = try await store.write { writer in
                let commit = try writer.write(CommitDraft(tree: tree, parents: [tip], author: person, message: "x"))
                return try writer.move("refs/heads/main", from: tip, to: commit, reason: "test")
            }
            #expect(moved)
            try await store.maintain(environment: plainGitEnvironment, run: runForTests)
            let counts = try git("count-objects", "-v", in: repository.origin)
            #expect(counts.contains("count: 0\n"))
            #expect(try await store.read { try $0.tree(tree) }.count == 1500)
        }
    }

    @Test(arguments: ["HEAD", "config", "packed-refs", "objects", "tip"])
    func `what was damaged is made anew at the next start`(part: String) async throws {
        try await withTemporaryRepository { repository in
            let path = repository.folder.appending(path: "cache/mirror.git").path()
            let tip = try objectID(repository.git("rev-parse", "HEAD"))
            let first = try open(repository, path)
            try await first.remote.fetch(["refs/heads/main"])
            switch part {
            case "objects": try FileManager.default.removeItem(atPath: "\(path)/objects")
            case "tip":
                for file in try FileManager.default.subpathsOfDirectory(atPath: "\(path)/objects")
                where file.split(separator: "/").last?.count == 38 || file.hasSuffix(".pack") {
                    let name = "\(path)/objects/\(file)"
                    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: name)
                    try Data().write(to: URL(filePath: name))
                }
            case "packed-refs": try Data("rubbish\n".utf8).write(to: URL(filePath: "\(path)/packed-refs"))
            default: try Data().write(to: URL(filePath: "\(path)/\(part)"))
            }
            let again = try await Mirror.whole(
                repository.origin, at: path, environment: plainGitEnvironment, run: runForTests)
            try await again.remote.fetch(["refs/heads/main"])
            let read = try await again.store.read { reader in
                try reader.resolve("refs/heads/main").map { try reader.tree(reader.commit($0).tree).count }
            }
            #expect(read != nil)
            #expect(try tip == objectID(git("rev-parse", "refs/heads/main", in: path)))
        }
    }

    @Test func `one that somebody removes while it is in use is fetched anew`() async throws {
        try await withTemporaryRepository { repository in
            let folder = repository.folder.appending(path: "cache").path()
            let mirror = try open(repository, "\(folder)/mirror.git")
            try await mirror.remote.fetch(["refs/heads/main"])
            try FileManager.default.removeItem(atPath: folder)
            let tip = try objectID(repository.commit(["a": "b"]))
            try await mirror.remote.fetch(["refs/heads/main"])
            let seen = try await mirror.store.read { reader in
                let tip = try reader.resolve("refs/heads/main")
                _ = try tip.map { try reader.tree(reader.commit($0).tree) }
                return tip
            }
            #expect(seen == tip)
        }
    }

    private func open(_ repository: TemporaryRepository, _ path: String) throws -> Mirror {
        try Mirror.open(repository.origin, at: path, environment: plainGitEnvironment, run: runForTests)
    }
}
