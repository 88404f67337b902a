import Domain
import Git
import TestSupport
import Testing

struct ThreeWayMergeTests {
    /// Two branches of random edits from one base, merged by git and by us.
    @Test(arguments: UInt64(0)..<4)
    func `gives the tree that git merges, and names the paths that it cannot`(seed: UInt64) async throws {
        try await withTemporaryRepository { repository in
            var random = Seeded(state: seed + 40)
            let lines = (0..<30).map { "line \($0)" }
            let paths = ["a/one", "a/two", "three", "b/c/four"]
            try repository.commit(
                Dictionary(uniqueKeysWithValues: paths.map { ($0, lines.joined(separator: "\n") + "\n") }))
            let store = try GitStore(opening: repository.work)
            for round in 0..<4 {
                let base = try repository.git("rev-parse", "HEAD")
                var sides: [String] = []
                for side in ["ours", "theirs"] {
                    try repository.git("checkout", "--quiet", "--detach", base)
                    var edits: [String: String] = [:]
                    for path in paths where Bool.random(using: &random) {
                        var text = try repository.git("show", "\(base):\(path)").split(separator: "\n").map(String.init)
                        let place = Int.random(in: 0..<text.count, using: &random)
                        text[place] = "\(side) \(round)"
                        edits[path] = text.joined(separator: "\n") + "\n"
                    }
                    if Bool.random(using: &random) { edits["new/\(Int.random(in: 0..<3, using: &random))"] = side }
                    sides.append(try repository.commit(edits, push: false))
                }
                let expected = try Self.gitMerge(repository, sides)
                let commits = [base] + sides
                let ids = try await store.read { reader in
                    try commits.map { try reader.commit(#require(ObjectID($0))).tree }
                }
                let merged = try await store.write { try $0.merge(ours: ids[1], theirs: ids[2], base: ids[0]) }
                let mirrored = try await store.write { try $0.merge(ours: ids[2], theirs: ids[1], base: ids[0]) }
                #expect(merged == expected)
                #expect(mirrored.tree == expected.tree)
            }
        }
    }

    @Test func `modes, links, removed and binary files`() async throws {
        try await withTemporaryRepository(files: ["bin": "a\u{0}b\nc\n", "x": "1\n", "y": "1\n", "z": "1\n"]) {
            repository in
            let store = try GitStore(opening: repository.work)
            let base = try objectID(repository.git("rev-parse", "HEAD^{tree}"))
            let (ours, theirs, alone) = try await store.write { writer in
                func blob(_ text: String) throws -> ObjectID { try writer.write(blob: Array(text.utf8)) }
                let x = try #require(try writer.entry(at: "x", in: base))
                return (
                    try writer.write(
                        tree: base,
                        edits: [
                            TreeEdit(set: "bin", to: blob("a\u{0}B\nc\n")),
                            TreeEdit(set: "x", to: x.id, mode: .executable),
                            TreeEdit(remove: "y"), TreeEdit(set: "z", to: blob("2\n")),
                        ]),
                    try writer.write(
                        tree: base,
                        edits: [
                            TreeEdit(set: "bin", to: blob("a\u{0}b\nC\n")), TreeEdit(set: "x", to: blob("2\n")),
                            TreeEdit(set: "y", to: blob("2\n")), TreeEdit(set: "z", to: blob("z"), mode: .symlink),
                        ]),
                    try writer.write(tree: base, edits: [TreeEdit(set: "x", to: blob("2\n"))])
                )
            }
            let merged = try await store.write { try $0.merge(ours: ours, theirs: theirs, base: base) }
            #expect(merged == .conflicts(["bin", "y", "z"]))
            let clean = try await store.write { try $0.merge(ours: ours, theirs: alone, base: base) }
            let tree = try #require(clean.tree)
            let x = try await store.read { try $0.entry(at: "x", in: tree) }
            #expect(x?.mode == .executable)
            #expect("\(try #require(x).id)" == (try repository.git("hash-object", "--stdin", input: "2\n")))
        }
    }

    private static func gitMerge(_ repository: TemporaryRepository, _ sides: [String]) throws -> TreeMerge {
        let ended = try spawn(
            ["git", "merge-tree", "--write-tree", "--name-only", "--no-messages", sides[0], sides[1]],
            environment: plainGitEnvironment, folder: repository.work)
        let lines = String(decoding: ended.output, as: UTF8.self).split(separator: "\n").map(String.init)
        guard ended.code == 0 else { return .conflicts(Array(lines.dropFirst())) }
        return .merged(try objectID(lines[0]))
    }
}
