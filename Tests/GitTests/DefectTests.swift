import Domain
import TestSupport
import Testing

@testable import Git

/// What `git fsck` takes for damage is found before it gets into a history for good.
struct DefectTests {
    private static let person = "a <a@example.com> 1700000000 +0000"

    /// Writes an object as it is, whatever git thinks of it.
    private func plant(_ kind: String, _ bytes: [UInt8], _ repository: TemporaryRepository) throws -> ObjectID {
        let ended = try spawn(
            ["git", "hash-object", "-t", kind, "-w", "--stdin", "--literally"], environment: plainGitEnvironment,
            folder: repository.work, input: bytes)
        return try objectID(String(decoding: ended.output.prefix(40), as: UTF8.self))
    }

    private func defect(_ commit: ObjectID, _ repository: TemporaryRepository) async throws -> String? {
        let store = try GitStore(opening: repository.work)
        return try await store.read { reader in
            var checked = CheckedFolders()
            return try reader.defect(of: commit, checked: &checked)
        }
    }

    /// Whether git itself lets it through where it is asked to look.
    private func isSound(_ commit: ObjectID, _ repository: TemporaryRepository) throws -> Bool {
        try spawn(
            ["git", "fsck", "--strict", "--no-dangling", "\(commit)"], environment: plainGitEnvironment,
            folder: repository.work
        ).code == 0
    }

    @Test(arguments: [
        ("author P\ncommitter P\n\nx\n", nil), ("author P\ncommitter P\ngpgsig A\n B\n\nx\n", nil),
        ("author  <> 0 -9959\ncommitter P\n\n\n", nil),
        ("author P\ncommitter P\n\nx\0Martlet-Action: hold\n", "it has a zero byte, at which Git ends its message"),
        ("committer P\n\nx\n", "it has no author"),
        ("author P\nauthor P\ncommitter P\n\nx\n", "it has more than one author"),
        ("author P\n\nx\n", "it has no committer"),
        ("author <a@x> 1 +0000\ncommitter P\n\nx\n", "its author is not written"),
        ("author a<a@x> 1 +0000\ncommitter P\n\nx\n", "its author is not written"),
        ("author a <a@x 1 +0000\ncommitter P\n\nx\n", "its author is not written"),
        ("author a> <a@x> 1 +0000\ncommitter P\n\nx\n", "its author is not written"),
        ("author P\ncommitter a <a@x>1 +0000\n\nx\n", "its committer is not written"),
        ("author P\ncommitter a <a@x> 01 +0000\n\nx\n", "its committer is not written"),
        ("author P\ncommitter a <a@x> soon +0000\n\nx\n", "its committer is not written"),
        ("author P\ncommitter a <a@x> 99999999999999999999 +0000\n\nx\n", "its committer is not written"),
        ("author P\ncommitter a <a@x> 1 +000\n\nx\n", "its committer is not written"),
        ("author P\ncommitter a <a@x> 1 UTC\n\nx\n", "its committer is not written"),
    ])
    func `in the text of a commit`(_ text: String, words: String?) async throws {
        try await withTemporaryRepository(files: ["a": "1"]) { repository in
            let tree = try repository.git("rev-parse", "HEAD^{tree}"), parent = try repository.git("rev-parse", "HEAD")
            let body = "tree \(tree)\nparent \(parent)\n" + text.replacing(" P\n", with: " \(Self.person)\n")
            let commit = try plant("commit", Array(body.utf8), repository)
            let found = try await defect(commit, repository)
            #expect(words.map { found?.hasPrefix($0) == true } ?? (found == nil), "\(found ?? "nothing")")
            #expect(try isSound(commit, repository) == (words == nil))
        }
    }

    private typealias Entry = (mode: String, name: String, id: ObjectID)

    private func bytes(_ entries: [Entry]) -> [UInt8] {
        entries.flatMap { Array("\($0.mode) \($0.name)\0".utf8) + Array(raw: $0.id) }
    }

    @Test func `in a folder that it brings, and not in what was there before`() async throws {
        try await withTemporaryRepository(files: ["a/b/file": "1", "c": "2"]) { repository in
            let blob = try objectID(repository.git("rev-parse", "HEAD:c"))
            let tree = try objectID(repository.git("rev-parse", "HEAD:a"))
            let parent = try repository.git("rev-parse", "HEAD")
            let cases: [(entries: [Entry], words: String?)] = [
                ([("100644", "x", blob), ("40000", "y", tree)], nil),
                (
                    [("100644", "a", blob), ("100644", "a-b", blob), ("100644", "ab-c", blob), ("40000", "ab", tree)],
                    nil
                ),
                ([("0100644", "x", blob)], "has the mode of x with a zero in front"),
                ([("040000", "y", tree)], "has the mode of y with a zero in front"),
                ([("100644", "x", .zero)], "has nothing in the place of x"),
                ([("100644", "y", blob), ("100644", "x", blob)], "is not sorted at x"),
                ([("100644", "x", blob), ("100644", "x", blob)], "has x twice"),
                ([("100644", "x", blob), ("100644", "x-y", blob), ("40000", "x", tree)], "has x twice"),
                ([("40000", "x", tree), ("100644", "x", blob)], "is not sorted at x"),
            ]
            for (entries, words) in cases {
                let inner = try plant("tree", bytes(entries), repository)
                let outer = try plant("tree", bytes([("100644", "c", blob), ("40000", "d", inner)]), repository)
                func commit(_ tree: ObjectID, on parents: [String]) throws -> ObjectID {
                    let lines = ["tree \(tree)"] + parents.map { "parent \($0)" }
                    let people = ["author \(Self.person)", "committer \(Self.person)", "", "x", ""]
                    return try plant("commit", Array((lines + people).joined(separator: "\n").utf8), repository)
                }
                let new = try commit(outer, on: [parent])
                let found = try await defect(new, repository)
                #expect(found == words.map { "its folder d " + $0 })
                if words != "has nothing in the place of x" {
                    #expect(try isSound(new, repository) == (words == nil), "\(words ?? "sound")")
                }
                // Whoever comes after has not brought it, be it by a merge.
                #expect(try await defect(commit(outer, on: ["\(new)"]), repository) == nil)
                #expect(try await defect(commit(outer, on: [parent, "\(new)"]), repository) == nil)
            }
        }
    }

    /// As whoever wants to exhaust a controller would push them: they pack to little.
    @Test func `folders that unpack to too much are not looked through`() async throws {
        try await withTemporaryRepository(files: ["a": "1"]) { repository in
            let blob = [UInt8](raw: try objectID(repository.git("rev-parse", "HEAD:a")))
            func folder(of files: Int, with inner: ObjectID? = nil) throws -> ObjectID {
                var bytes: [UInt8] = []
                bytes.reserveCapacity(files * 36)
                for file in 0..<files { bytes += Array("100644 f\(1_000_000 + file)\0".utf8) + blob }
                if let inner { bytes += Array("40000 x\0".utf8) + [UInt8](raw: inner) }
                return try plant("tree", bytes, repository)
            }
            func commit(_ tree: ObjectID) throws -> ObjectID {
                try objectID(repository.git("commit-tree", "\(tree)", "-p", "HEAD", "-m", "x"))
            }
            let large = try commit(folder(of: CheckedFolders.largest / 36 + 1))
            #expect(try await defect(large, repository)?.contains("are allowed") == true)
            var nested = try folder(of: 400_000)
            for depth in 1...18 { nested = try folder(of: 400_000 + depth, with: nested) }
            #expect(try await defect(commit(nested), repository)?.contains("bytes together") == true)
        }
    }
}

extension [UInt8] {
    fileprivate init(raw id: ObjectID) {
        let digits = Array<Character>("\(id)")
        self = stride(from: 0, to: 40, by: 2).map { UInt8(String(digits[$0..<($0 + 2)]), radix: 16) ?? 0 }
    }
}
