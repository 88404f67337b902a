import Domain
import Foundation
import Git
import TestSupport
import Testing

struct StagingTests {
    @Test(arguments: [2, 3, 4], [UInt64(1), 2])
    func `is what git diff-index says, and the tree what git write-tree writes`(version: Int, seed: UInt64) async throws
    {
        try await withTemporaryRepository { repository in
            var trees = try RandomTrees(repository, seed: seed + 500)
            var files = trees.files(40)
            let base = try trees.write(files)
            let commit = try repository.git("commit-tree", "-m", "base", "\(base)")
            try repository.git("update-ref", "HEAD", commit)
            // read-tree fills the cache of trees, which update-index then knows to be partly out of date.
            try repository.git("read-tree", "HEAD")
            try repository.git("update-index", "--index-version", "\(version)")
            let store = try GitStore(opening: repository.work)
            #expect(try await store.stagedChanges().isEmpty)
            for _ in 0..<4 {
                let next = trees.changed(files)
                try stage(from: files, to: next, repository)
                files = next
                let found = try await store.stagedChanges()
                #expect(found == (try trees.differences(base, trees.write(files))))
                let tree = try await store.stagedTree()
                #expect("\(tree)" == (try repository.git("write-tree", "--missing-ok")))
            }
        }
    }

    @Test func `a first commit, an intent to add, a partial commit and a conflict`() async throws {
        try await withTemporaryRepository(files: ["a": "1\n", "b": "2\n"]) { repository in
            let store = try GitStore(opening: repository.work)
            try repository.write("x", to: "planned")
            try repository.git("add", "--intent-to-add", "planned")
            #expect(try await store.stagedChanges().isEmpty)
            try repository.git("checkout", "--quiet", "--orphan", "fresh")
            #expect(try await store.stagedChanges().map(\.path) == ["a", "b"])
            try repository.git("checkout", "--quiet", "--force", "main")
            try repository.git("checkout", "--quiet", "-b", "side")
            try repository.commit(["a": "side\n"], push: false)
            try repository.git("checkout", "--quiet", "main")
            try repository.commit(["a": "main\n"], push: false)
            #expect(throws: GitProgramFailure.self) { try repository.git("merge", "side") }
            let error = await #expect(throws: GitError.self) { try await store.stagedChanges() }
            #expect(error?.description.contains("a is in conflict") == true)
        }
    }

    @Test func `a hook of a partial commit sees what that commits, not all that is staged`() async throws {
        try await withTemporaryRepository(files: ["a": "1\n", "b": "2\n"]) { repository in
            let folder = repository.folder.path()
            let hook = "\(repository.work)/.git/hooks/pre-commit"
            let script = "#!/bin/sh\nenv > \(folder)/environment\ncp \"$GIT_INDEX_FILE\" \(folder)/index\nexit 1\n"
            try script.write(toFile: hook, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
            for name in ["a", "b"] { try repository.write("new\n", to: name) }
            try repository.git("add", "a", "b")
            #expect(throws: GitProgramFailure.self) { try repository.git("commit", "-m", "only a", "a") }
            await #expect(processExitsWith: .success) { [folder = folder as String] in
                let environment = try String(contentsOfFile: "\(folder)/environment", encoding: .utf8)
                try #require(environment.contains("GIT_INDEX_FILE="))
                setenv("GIT_INDEX_FILE", "\(folder)/index", 1)
                let store = try GitStore(opening: "\(folder)/work", fromEnvironment: true)
                #expect(try await store.stagedChanges().map(\.path) == ["a"])
            }
            #expect(try await GitStore(opening: repository.work).stagedChanges().map(\.path) == ["a", "b"])
        }
    }

    @Test func `a sparse or split staging area is read or refused, never misread`() async throws {
        try await withTemporaryRepository(files: ["in/a": "1\n", "out/b": "2\n", "out/deep/c": "3\n"]) { repository in
            try repository.git("sparse-checkout", "set", "--cone", "--sparse-index", "in")
            let store = try GitStore(opening: repository.work)
            #expect(try await store.stagedChanges().isEmpty)
            try repository.write("changed\n", to: "in/a")
            try repository.git("add", "in/a")
            #expect(try await store.stagedChanges().map(\.path) == ["in/a"])
            #expect("\(try await store.stagedTree())" == (try repository.git("write-tree")))
            try repository.git("sparse-checkout", "disable")
            try repository.git("update-index", "--split-index")
            let error = await #expect(throws: GitError.self) { try await store.stagedChanges() }
            #expect(error?.code == .unsupported)
        }
    }

    @Test func `no bytes of the file crash it`() async throws {
        try await withTemporaryRepository(files: ["a/b": "1\n", "c": "2\n"]) { repository in
            let store = try GitStore(opening: repository.work)
            let file = URL(filePath: "\(repository.work)/.git/index")
            let whole = try Array(Data(contentsOf: file))
            var random = Seeded(state: 3)
            for _ in 0..<400 {
                var bytes = whole
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
                try Data(bytes).write(to: file)
                do { _ = try await store.stagedChanges() } catch is GitError {}
            }
        }
    }

    private func stage(
        from old: RandomTrees.Files, to new: RandomTrees.Files, _ repository: TemporaryRepository
    ) throws {
        let gone = old.keys.filter { new[$0] == nil }.map { "0 \(ObjectID.zero)\t\($0)\0" }
        let set = new.filter { old[$0.key] != $0.value }
            .map { "\(String($0.value.mode.rawValue, radix: 8)) \($0.value.id)\t\($0.key)\0" }
        try repository.git("update-index", "-z", "--index-info", input: (gone + set).joined())
    }
}
