import Domain
import Git
import TestSupport
import Testing

struct RevertTests {
    /// Random commits on a few files of lines; each is reverted by git on the tip, and by us.
    @Test(arguments: 0..<5)
    func `gives the tree that git revert gives, and nothing where that has conflicts`(seed: UInt64) async throws {
        try await withTemporaryRepository { repository in
            var random = Seeded(state: seed)
            var commits: [ObjectID] = []
            for number in 0..<12 {
                try Self.change(repository, number, &random)
                commits.append(try objectID(repository.git("rev-parse", "HEAD")))
            }
            let store = try GitStore(opening: repository.work)
            let tip = try #require(commits.last)
            for commit in commits {
                let expected = try Self.gitRevert(repository, commit)
                let found = try await store.write { try $0.revert(commit, on: tip) }
                let story = try repository.git("log", "-p", "--reverse", "--format=%h", "\(commit)^..HEAD")
                #expect(found == expected, "\(story)")
            }
        }
    }

    @Test func `reverts a merge as git revert -m 1 does`() async throws {
        try await withTemporaryRepository(files: ["a": "1"]) { repository in
            try repository.git("checkout", "--quiet", "-b", "side")
            try repository.commit(["b": "2"], push: false)
            try repository.git("checkout", "--quiet", "main")
            try repository.commit(["c": "3"], push: false)
            try repository.git("merge", "--quiet", "--no-edit", "side")
            let store = try GitStore(opening: repository.work)
            let merge = try objectID(repository.git("rev-parse", "HEAD"))
            let found = try await store.write { try $0.revert(merge, on: merge) }
            try repository.git("revert", "--no-edit", "-m", "1", "HEAD")
            #expect(try found == objectID(repository.git("rev-parse", "HEAD^{tree}")))
        }
    }

    @Test func `reverts the very first commit`() async throws {
        try await withTemporaryRepository(files: ["a/b": "1"]) { repository in
            let store = try GitStore(opening: repository.origin)
            let first = try objectID(repository.git("rev-parse", "HEAD"))
            let tree = try await store.write { try $0.revert(first, on: first) }
            #expect(tree == ObjectID("4b825dc642cb6eb9a060e54bf8d69288fbee4904"))
        }
    }

    @Test func `a file that took the place of a folder, and back`() async throws {
        try await withTemporaryRepository(files: ["a/b": "1", "keep": "x"]) { repository in
            try repository.commit(["a.txt": "file"], removing: ["a/b"], push: false)
            try repository.git("mv", "a.txt", "a")
            try repository.git("commit", "--quiet", "-m", "swap")
            try repository.commit(["later": "y"], push: false)
            let store = try GitStore(opening: repository.work)
            let tip = try objectID(repository.git("rev-parse", "HEAD"))
            let swap = try objectID(repository.git("rev-parse", "HEAD~1"))
            let expected = try Self.gitRevert(repository, swap)
            #expect(try await store.write { try $0.revert(swap, on: tip) } == expected)
        }
    }

    private static func change(_ repository: TemporaryRepository, _ number: Int, _ random: inout Seeded) throws {
        let path = ["deep/er/one", "two", "deep/three"].randomElement(using: &random) ?? "two"
        let old = try? repository.git("show", "HEAD:\(path)")
        if old != nil, Int.random(in: 0..<8, using: &random) == 0 {
            try repository.commit([:], removing: [path], push: false)
            return
        }
        var lines = old?.split(separator: "\n").map(String.init) ?? (0..<24).map { "line \($0)" }
        for _ in 0..<Int.random(in: 1...2, using: &random) {
            let place = Int.random(in: 0..<max(1, lines.count), using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0 where place < lines.count: lines[place] = "changed by \(number)"
            case 1 where place < lines.count: lines.remove(at: place)
            default: lines.insert("new in \(number)", at: place)
            }
        }
        try repository.commit([path: lines.joined(separator: "\n") + "\n"], push: false)
    }

    /// What `git revert` leaves, or `nil`. Ours follows no renames; of git 2.39 only the older strategy can be told so.
    private static func gitRevert(_ repository: TemporaryRepository, _ commit: ObjectID) throws -> ObjectID? {
        let tip = try repository.git("rev-parse", "HEAD")
        defer { _ = try? repository.git("reset", "--quiet", "--hard", tip) }
        do {
            try repository.git(
                "revert", "--no-edit", "--no-commit", "--strategy=recursive", "-X", "no-renames", "\(commit)")
        } catch is GitProgramFailure {
            return nil
        }
        return try objectID(repository.git("write-tree"))
    }
}
