import Domain
import Git
import TestSupport
import Testing

struct CommitTests {
    static let ada = Person(name: "Ada", email: "ada@example.com", time: Timestamp(seconds: 1_700_000_000))
    static let bot = Person(name: "Martlet", email: "bot@example.com", time: Timestamp(seconds: 1_700_000_100))

    @Test func `is the object that git commit-tree writes`() async throws {
        try await withTemporaryRepository(files: ["a": "1"]) { repository in
            let store = try GitStore(opening: repository.work)
            let parent = try objectID(repository.git("rev-parse", "HEAD"))
            let tree = try objectID(repository.git("rev-parse", "HEAD^{tree}"))
            let message = "Promote credit-risk v1.4.0 to production\n\nWhy: ümläut\n\nMartlet-Action: promote\n"
            let draft = CommitDraft(
                tree: tree, parents: [parent], author: Self.ada, committer: Self.bot, message: message)
            let ours = try await store.write { try $0.write(draft) }
            let theirs = try repository.git(
                "commit-tree", "-p", "\(parent)", "-F", "-", "\(tree)", input: message,
                environment: [
                    "GIT_AUTHOR_DATE": "1700000000 +0000", "GIT_COMMITTER_DATE": "1700000100 +0000",
                    "GIT_COMMITTER_NAME": "Martlet", "GIT_COMMITTER_EMAIL": "bot@example.com",
                ])
            #expect("\(ours)" == theirs)
            let read = try await store.read { try $0.commit(ours) }
            #expect(read.author == Self.ada && read.committer == Self.bot)
            #expect(read.message == message && read.parents == [parent] && read.tree == tree)
        }
    }

    @Test func `names that would break the format are cleaned`() async throws {
        try await withTemporaryRepository { repository in
            let store = try GitStore(opening: repository.work)
            let tree = try objectID(repository.git("rev-parse", "HEAD^{tree}"))
            let odd = Person(name: " Eve <x>\nparent 1, ", email: "<e\u{0}@x>\n", time: Timestamp(seconds: -5))
            let commit = try await store.write {
                try $0.write(CommitDraft(tree: tree, parents: [], author: odd, message: "a\u{0}b"))
            }
            try repository.git("fsck", "--strict")
            let read = try await store.read { try $0.commit(commit) }
            #expect(read.author == Person(name: "Eve xparent 1", email: "e@x", time: Timestamp(seconds: 0)))
            #expect(read.message == "ab\n" && read.parents.isEmpty)
        }
    }

    @Test func `refuses parents and trees that are none`() async throws {
        try await withTemporaryRepository { repository in
            let store = try GitStore(opening: repository.work)
            let commit = try objectID(repository.git("rev-parse", "HEAD"))
            let tree = try objectID(repository.git("rev-parse", "HEAD^{tree}"))
            for draft in [
                CommitDraft(tree: commit, parents: [], author: Self.ada, message: ""),
                CommitDraft(tree: tree, parents: [tree], author: Self.ada, message: ""),
                CommitDraft(tree: .zero, parents: [], author: Self.ada, message: ""),
            ] {
                await #expect(throws: GitError.self) { try await store.write { try $0.write(draft) } }
            }
        }
    }

    @Test func `reads odd commits that others wrote`() async throws {
        try await withTemporaryRepository { repository in
            let store = try GitStore(opening: repository.work)
            let tree = try repository.git("rev-parse", "HEAD^{tree}")
            let texts = [
                "tree \(tree)\nauthor nobody\ncommitter X <> 99999999999999999999 +0000\n\n",
                "author A <a@b> 1 +0000\ntree \(tree)\ncommitter C <c@d> 2 +0000\n\n",
                "tree \(tree)\nauthor A <a@b> 12 +0100\ncommitter C <c@d> 13 -0230\nencoding latin1\nx y\n z\n\n\u{e9}\n",
            ]
            for text in texts {
                let id = try objectID(
                    repository.git("hash-object", "-t", "commit", "--literally", "-w", "--stdin", input: text))
                let commit = try await store.read { try $0.commit(id) }
                #expect("\(commit.tree)" == tree)
                #expect(try await store.read { try $0.rootTree(of: id) } == commit.tree)
            }
            let broken = try objectID(
                repository.git("hash-object", "-t", "commit", "--literally", "-w", "--stdin", input: "author x\n\n"))
            let error = await #expect(throws: GitError.self) { try await store.read { try $0.commit(broken) } }
            #expect(error?.code == .corrupt)
            let other = await #expect(throws: GitError.self) { try await store.read { try $0.rootTree(of: broken) } }
            #expect(other?.code == .corrupt)
        }
    }

    @Test func `walks first parents newest first until told to stop, and knows who reaches whom`() async throws {
        try await withTemporaryRepository { repository in
            var commits = [try objectID(repository.git("rev-parse", "HEAD"))]
            for number in 0..<4 { commits.append(try objectID(repository.commit(["a": "\(number)"], push: false))) }
            let store = try GitStore(opening: repository.work)
            let (first, tip) = (commits[0], commits[4])
            let walked = try await store.read { reader in
                var walked: [ObjectID] = []
                try reader.firstParents(from: tip) { commit in
                    walked.append(commit.id)
                    return walked.count < 3
                }
                return walked
            }
            #expect(walked == Array(commits.reversed().prefix(3)))
            #expect(try await store.read { try $0.reaches(first, from: tip) })
            #expect(try await store.read { try $0.reaches(tip, from: first) } == false)
            #expect(try await store.read { try $0.reaches(tip, from: tip) })
            #expect(try await store.mergeBase(first, tip) == first)
            #expect(try await store.revision("main~4") == first)
            #expect(try await store.revision(first.short) == first)
            #expect(try await store.revision("no-such-thing") == nil)
        }
    }
}
