import Domain
import Foundation
import Git
import TestSupport
import Testing

/// A process that dies by `kill -9` at any moment leaves a repository that the next one works in.
struct KillTests {
    @Test func `dying at any moment of commit after commit leaves whole commits only`() async throws {
        try await withTemporaryRepository { repository in
            for round in 0..<12 {
                await #expect(processExitsWith: .signal(SIGKILL)) {
                    [origin = repository.origin as String, round = round as Int] in
                    let delay = UInt32(2000 + round * 1700)
                    Thread.detachNewThread {
                        usleep(delay)
                        kill(getpid(), SIGKILL)
                    }
                    try await Self.commitForever(origin)
                }
                try git("fsck", "--strict", in: repository.origin)
                try Self.removeLocks(below: repository.origin)
                let store = try GitStore(opening: repository.origin)
                let tip = try #require(try await store.read { try $0.resolve("refs/heads/main") })
                try await store.read { reader in
                    try reader.firstParents(from: tip) {
                        _ = try reader.changes(from: nil, to: $0.tree, prefix: ""); return true
                    }
                }
            }
        }
    }

    @Test func `dying while a mirror is made leaves none or a whole one`() async throws {
        try await withTemporaryRepository { repository in
            let path = "\(repository.folder.path())/mirror.git"
            for round in 0..<8 {
                await #expect(processExitsWith: .signal(SIGKILL)) {
                    [origin = repository.origin as String, path = path as String, round = round as Int] in
                    Thread.detachNewThread {
                        usleep(UInt32(200 + round * 300))
                        kill(getpid(), SIGKILL)
                    }
                    while true {
                        _ = try Mirror.open(origin, at: path, environment: plainGitEnvironment, run: runForTests)
                        try FileManager.default.removeItem(atPath: path)
                    }
                }
                if FileManager.default.fileExists(atPath: "\(path)/HEAD") == false {
                    try? FileManager.default.removeItem(atPath: path)
                }
                let mirror = try Mirror.open(
                    repository.origin, at: path, environment: plainGitEnvironment, run: runForTests)
                try await mirror.remote.fetch(["refs/heads/main"])
                #expect(try await mirror.store.read { try $0.resolve("refs/heads/main") } != nil)
                try FileManager.default.removeItem(atPath: path)
                let left = try FileManager.default.contentsOfDirectory(atPath: repository.folder.path())
                #expect(left.sorted() == ["origin.git", "work"])
            }
        }
    }

    private static func commitForever(_ path: String) async throws {
        let store = try GitStore(opening: path)
        let person = Person(name: "Bot", email: "bot@example.com", time: Timestamp(seconds: 1_700_000_000))
        var number = 0
        while true {
            number += 1
            let (text, file) = ("\(number) \(getpid())", "a/b/\(number % 7)")
            try await store.write { writer in
                let tip = try #require(try writer.resolve("refs/heads/main"))
                let edit = TreeEdit(set: file, to: try writer.write(blob: Array(text.utf8)))
                let tree = try writer.write(tree: try writer.commit(tip).tree, edits: [edit])
                let commit = try writer.write(CommitDraft(tree: tree, parents: [tip], author: person, message: text))
                _ = try writer.move("refs/heads/main", from: tip, to: commit, reason: text)
            }
        }
    }

    /// What a person does after the error that names the file; a mirror does it by itself after a minute.
    private static func removeLocks(below path: String) throws {
        let files = FileManager.default.enumerator(atPath: path)?.allObjects as? [String] ?? []
        for file in files where file.hasSuffix(".lock") {
            try FileManager.default.removeItem(atPath: "\(path)/\(file)")
        }
    }
}
