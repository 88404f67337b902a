import Domain
import Foundation
import Git
import Synchronization
import TestSupport
import Testing

struct ReferenceTests {
    @Test func `moves, creates and deletes only from where the caller says it is`() async throws {
        try await withTemporaryRepository { repository in
            let store = try GitStore(opening: repository.work)
            let one = try objectID(repository.git("rev-parse", "HEAD"))
            let two = try objectID(repository.commit(["a": "2"], push: false))
            let name = "refs/martlet/status"
            func move(_ old: ObjectID?, _ new: ObjectID?) async throws -> Bool {
                try await store.write { try $0.move(name, from: old, to: new, reason: "test") }
            }
            #expect(try await move(one, two) == false, "it does not exist yet")
            #expect(try await move(nil, one))
            #expect(try await move(nil, two) == false, "it exists already")
            #expect(try await move(two, one) == false, "it is elsewhere")
            #expect(try await move(one, two))
            #expect(try await store.read { try $0.resolve(name) } == two)
            #expect(try repository.git("rev-parse", name) == "\(two)")
            #expect(try await move(one, nil) == false)
            try repository.git("pack-refs", "--all")
            #expect(try await move(one, nil) == false)
            #expect(try await move(nil, one) == false, "packed references count, too")
            #expect(try await move(two, nil))
            #expect(try await move(two, nil) == false, "it is gone")
            #expect(try await store.read { try $0.resolve(name) } == nil)
        }
    }

    @Test func `of many racing writers in two stores each step is won by exactly one`() async throws {
        try await withTemporaryRepository { repository in
            let base = try objectID(repository.git("rev-parse", "HEAD"))
            let stores = try (0..<4).map { _ in try GitStore(opening: repository.origin) }
            let person = Person(name: "Bot", email: "bot@example.com", time: Timestamp(seconds: 1_700_000_000))
            let total = try await withThrowingTaskGroup(of: Int.self) { group in
                for (number, store) in stores.enumerated() {
                    group.addTask {
                        var wins = 0
                        for step in 0..<25 {
                            let won = try await store.write { writer in
                                let tip = try writer.resolve("refs/heads/main") ?? base
                                let tree = try writer.commit(tip).tree
                                let message = "store \(number) step \(step)"
                                let commit = try writer.write(
                                    CommitDraft(tree: tree, parents: [tip], author: person, message: message))
                                return try writer.move("refs/heads/main", from: tip, to: commit, reason: message)
                            }
                            wins += won ? 1 : 0
                        }
                        return wins
                    }
                }
                return try await group.reduce(0, +)
            }
            let length = try git("rev-list", "--count", "main", in: repository.origin)
            #expect(total > 0)
            #expect(length == "\(total + 1)")
        }
    }

    @Test func `lists references by glob, sorted, tags unpeeled`() async throws {
        try await withTemporaryRepository { repository in
            try repository.git("tag", "-a", "-m", "second", "credit-risk@v1.1.0")
            try repository.git("tag", "credit-risk@v1.0.0")
            try repository.git("pack-refs", "--all")
            try repository.git("tag", "fraud/eu@v2.0.0")
            let store = try GitStore(opening: repository.work)
            let found = try await store.read { try $0.references(matching: "refs/tags/credit-risk@*") }
            #expect(found.map(\.name) == ["refs/tags/credit-risk@v1.0.0", "refs/tags/credit-risk@v1.1.0"])
            let annotated = try #require(found.last).target
            let tag = try #require(try await store.read { try $0.tag(annotated) })
            #expect(tag.name == "credit-risk@v1.1.0")
            #expect(tag.message == "second\n")
            #expect(tag.tagger?.email == "ada@example.com")
            #expect(tag.target == found.first?.target)
            #expect(try await store.read { try $0.tag(tag.target) } == nil, "a commit is no tag")
            #expect(try await store.read { try $0.references(matching: "refs/tags/*") }.count == 3)
            #expect(try await store.read { try $0.references(matching: "refs/nothing/*") }.isEmpty)
        }
    }

    @Test(arguments: ["main", "HEAD", "refs/heads/a..b", "refs/heads/x.lock", "-x", "refs/heads/\u{1b}[31m", ""])
    func `refuses to move what is no full reference name`(name: String) async throws {
        try await withTemporaryRepository { repository in
            let store = try GitStore(opening: repository.origin)
            let tip = try objectID(repository.git("rev-parse", "HEAD"))
            await #expect(throws: GitError.self) {
                try await store.write { try $0.move(name, from: nil, to: tip, reason: "test") }
            }
        }
    }

    @Test func `a dead process's lock gives an error that names the file`() async throws {
        try await withTemporaryRepository { repository in
            let store = try GitStore(opening: repository.work)
            let one = try objectID(repository.git("rev-parse", "HEAD"))
            let two = try objectID(repository.commit(["a": "2"], push: false))
            try repository.git("update-ref", "refs/martlet/x", "\(one)")
            try repository.write("", to: ".git/refs/martlet/x.lock")
            let error = await #expect(throws: GitError.self) {
                try await store.write { try $0.move("refs/martlet/x", from: one, to: two, reason: "test") }
            }
            #expect(error?.code == .locked)
            #expect(error?.remedy == .retry)
            let words = error?.description ?? ""
            #expect(
                words.contains("another Git process holds it, or died: \(store.path)/refs/martlet/x.lock, "), "\(words)"
            )
            #expect(words.contains("delete the lock; one that is 5m old is removed"), "\(words)")
        }
    }

    @Test func `locks that a dead process left are removed and reported, and a fresh one is somebody's`() async throws {
        try await withTemporaryRepository { repository in
            let store = try GitStore(opening: repository.origin)
            let heard = Heard()
            store.report { heard.add($0) }
            let tip = try objectID(repository.git("rev-parse", "HEAD"))
            try git("pack-refs", "--all", in: repository.origin)
            let locks = ["refs/heads/main", "refs/martlet/a", "refs/martlet/b", "packed-refs", "HEAD"].map {
                "\(repository.origin)/\($0).lock"
            }
            func leaveLocks() throws {
                for lock in locks {
                    try FileManager.default.createDirectory(
                        atPath: URL(filePath: lock).deletingLastPathComponent().path(),
                        withIntermediateDirectories: true)
                    try Data().write(to: URL(filePath: lock))
                    let old: [FileAttributeKey: Any] = [.modificationDate: Date(timeIntervalSinceNow: -400)]
                    try FileManager.default.setAttributes(old, ofItemAtPath: lock)
                }
            }
            try leaveLocks()
            let new = try objectID(
                git("commit-tree", "-p", "\(tip)", "-m", "x", "\(tip)^{tree}", in: repository.origin))
            #expect(try await store.write { try $0.move("refs/heads/main", from: tip, to: new, reason: "test") })
            #expect(try await store.read { try $0.resolve("refs/heads/main") } == new)
            #expect(heard.words.first?.contains("removed \(store.path)/refs/heads/main.lock") == true, "\(heard.words)")
            try git("update-ref", "refs/heads/main", "\(tip)", in: repository.origin)
            #expect(heard.words.count == 3, "its own, packed-refs.lock and HEAD.lock")
            #expect(FileManager.default.fileExists(atPath: locks[1]), "not in the way")
            try leaveLocks()
            let both = ["refs/martlet/a", "refs/martlet/b"].map { ReferenceUpdate($0, from: nil, to: new) }
            #expect(try await SameStore(store).push(both) == .done)
            try leaveLocks()
            #expect(try await store.write { try $0.move("refs/martlet/a", from: new, to: nil, reason: "test") })
        }
    }
}

private final class Heard: Sendable {
    private let all = Mutex<[String]>([])
    var words: [String] { all.withLock { $0 } }
    func add(_ words: String) { all.withLock { $0.append(words) } }
}
