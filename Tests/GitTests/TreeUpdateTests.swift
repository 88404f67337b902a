import Domain
import Git
import TestSupport
import Testing

struct TreeUpdateTests {
    @Test(arguments: 0..<6)
    func `gives the tree that git writes of the same files`(seed: UInt64) async throws {
        try await withTemporaryRepository { repository in
            var trees = try RandomTrees(repository, seed: 100 + seed)
            let store = try GitStore(opening: repository.work)
            var files = trees.files(25)
            for _ in 0..<6 {
                let next = trees.changed(files)
                let base = try trees.write(files)
                let edits = Self.edits(from: files, to: next)
                let tree = try await store.write { try $0.write(tree: base, edits: edits) }
                #expect(tree == (try trees.write(next)))
                files = next
            }
        }
    }

    @Test func `a folder that becomes empty vanishes, and so does the last one`() async throws {
        try await withTemporaryRepository(files: ["a/b/c": "1"]) { repository in
            let store = try GitStore(opening: repository.origin)
            let base = try objectID(repository.git("rev-parse", "HEAD^{tree}"))
            let tree = try await store.write { try $0.write(tree: base, edits: [TreeEdit(remove: "a/b/c")]) }
            #expect(tree == ObjectID("4b825dc642cb6eb9a060e54bf8d69288fbee4904"))
            let same = try await store.write { try $0.write(tree: base, edits: [TreeEdit(remove: "a/x")]) }
            #expect(same == base)
            let none = try await store.write { try $0.write(tree: nil, edits: []) }
            #expect(none == tree)
        }
    }

    @Test(arguments: [
        "", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", ".git/config", "a/.GIT/x", ".git./x", ".git /x",
        "GIT~1/x", "a\0b",
    ])
    func `refuses a path that Git would not check out`(path: String) async throws {
        try await withTemporaryRepository { repository in
            let store = try GitStore(opening: repository.origin)
            await #expect(throws: GitError.self) {
                try await store.write { writer in
                    let blob = try writer.write(blob: [])
                    return try writer.write(tree: nil, edits: [TreeEdit(set: path, to: blob)])
                }
            }
        }
    }

    @Test func `refuses a file where a folder is, a folder where a file is, and an object of another kind`()
        async throws
    {
        try await withTemporaryRepository(files: ["folder/file": "1", "gitignore": "", "..x/.gitx": ""]) { repository in
            let store = try GitStore(opening: repository.origin)
            let base = try objectID(repository.git("rev-parse", "HEAD^{tree}"))
            let blob = try objectID(repository.git("rev-parse", "HEAD:folder/file"))
            let refused = [
                TreeEdit(set: "folder", to: blob), TreeEdit(set: "folder/file/below", to: blob),
                TreeEdit(remove: "folder"), TreeEdit(set: "x", to: base), TreeEdit(set: "x", to: blob, mode: .tree),
                TreeEdit(set: "x", to: .zero),
            ]
            for edit in refused {
                await #expect(throws: GitError.self, "\(edit)") {
                    try await store.write { try $0.write(tree: base, edits: [edit]) }
                }
            }
            let both = [TreeEdit(remove: "folder/file"), TreeEdit(set: "folder", to: blob)]
            let swapped = try await store.write { try $0.write(tree: base, edits: both) }
            #expect(try await store.read { try $0.entry(at: "folder", in: swapped) }?.mode == .file)
        }
    }

    @Test func `puts a whole folder in place by its id`() async throws {
        try await withTemporaryRepository(files: ["a/b/c": "1", "a/d": "2"]) { repository in
            let store = try GitStore(opening: repository.origin)
            let base = try objectID(repository.git("rev-parse", "HEAD^{tree}"))
            let folder = try objectID(repository.git("rev-parse", "HEAD:a"))
            let edits = [TreeEdit(set: "copy", to: folder, mode: .tree), TreeEdit(set: "a", to: folder, mode: .tree)]
            let tree = try await store.write { try $0.write(tree: base, edits: edits) }
            #expect(try await store.read { try $0.entry(at: "copy/b/c", in: tree) } != nil)
            #expect(try await store.read { try $0.entry(at: "a/d", in: tree) } != nil)
        }
    }

    private static func edits(from old: RandomTrees.Files, to new: RandomTrees.Files) -> [TreeEdit] {
        old.keys.filter { new[$0] == nil }.map { TreeEdit(remove: $0) }
            + new.filter { old[$0.key] != $0.value }.map { TreeEdit(set: $0.key, to: $0.value.id, mode: $0.value.mode) }
    }
}
