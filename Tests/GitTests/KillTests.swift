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
                let store = try GitStore(opening: repository.origin)
                try await Self.commit(1, to: store)
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
                        // Away at once: a half removed one would be this test's work.
                        try FileManager.default.moveItem(atPath: path, toPath: path + ".old")
                        try FileManager.default.removeItem(atPath: path + ".old")
                    }
                }
                try? FileManager.default.removeItem(atPath: path + ".old")
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
        var number = 1
        while true {
            number += 1
            try await commit(number, to: store)
        }
    }

    private static func commit(_ number: Int, to store: GitStore) async throws {
        let person = Person(name: "Bot", email: "bot@example.com", time: Timestamp(seconds: 1_700_000_000))
        let (text, file) = ("\(number) \(getpid())", "a/b/\(number % 7)")
        let isThere = try await store.write { writer in
            let tip = try #require(try writer.resolve("refs/heads/main"))
            let edit = TreeEdit(set: file, to: try writer.write(blob: Array(text.utf8)))
            let tree = try writer.write(tree: try writer.commit(tip).tree, edits: [edit])
            let commit = try writer.write(CommitDraft(tree: tree, parents: [tip], author: person, message: text))
            return try writer.move("refs/heads/main", from: tip, to: commit, reason: text)
        }
        #expect(isThere)
    }
}
