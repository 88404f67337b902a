import Domain
import Git
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
            #expect(error?.description.contains("x.lock") == true)
        }
    }
}
