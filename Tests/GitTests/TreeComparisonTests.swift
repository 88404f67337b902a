import Domain
import Git
import TestSupport
import Testing

struct TreeComparisonTests {
    @Test(arguments: 0..<6)
    func `finds what git diff-tree finds, in its order`(seed: UInt64) async throws {
        try await withTemporaryRepository { repository in
            var trees = try RandomTrees(repository, seed: seed)
            let store = try GitStore(opening: repository.work)
            var files = trees.files(30)
            for _ in 0..<6 {
                let next = trees.changed(files)
                let (old, new) = (try trees.write(files), try trees.write(next))
                let found = try await store.read { try $0.changes(from: old, to: new, prefix: "") }
                #expect(found == (try trees.differences(old, new)))
                files = next
            }
        }
    }

    @Test func `takes a missing tree as an empty one, and puts the prefix before each path`() async throws {
        try await withTemporaryRepository(files: ["a/b": "1", "c": "2"]) { repository in
            let store = try GitStore(opening: repository.origin)
            let tree = try objectID(repository.git("rev-parse", "HEAD^{tree}"))
            let (added, removed, nothing) = try await store.read { reader in
                (
                    try reader.changes(from: nil, to: tree, prefix: "models"),
                    try reader.changes(from: tree, to: nil, prefix: "models/"),
                    try reader.changes(from: tree, to: tree, prefix: "")
                )
            }
            #expect(added.map(\.path) == ["models/a/b", "models/c"])
            #expect(added.allSatisfy { $0.old == nil && $0.new != nil })
            #expect(removed.map(\.path) == added.map(\.path))
            #expect(removed.allSatisfy { $0.old != nil && $0.new == nil })
            #expect(nothing.isEmpty)
        }
    }

    @Test(arguments: 0..<4)
    func `finds in a series what it finds between each two of it`(seed: UInt64) async throws {
        try await withTemporaryRepository { repository in
            var trees = try RandomTrees(repository, seed: 100 + seed)
            let store = try GitStore(opening: repository.work)
            var files = trees.files(30)
            var series: [ObjectID?] = [nil]
            for step in 0..<12 {
                series.insert(try trees.write(files), at: 0)
                if step % 4 != 3 { files = trees.changed(files) }
            }
            let all = series
            let (together, alone) = try await store.read { reader in
                (
                    try reader.changes(along: all, prefix: "environments", atMost: 10_000),
                    try all.indices.dropLast().map {
                        try reader.changes(from: all[$0 + 1], to: all[$0], prefix: "environments/")
                    }
                )
            }
            #expect(together == alone)
            #expect(alone.count == 12)
            // A difference counts for its folders, too.
            let fewest = alone.reduce(0) { $0 + $1.count }
            #expect(try await store.read { try $0.changes(along: all, prefix: "", atMost: fewest - 1) } == nil)
            #expect(try await store.read { try $0.changes(along: [], prefix: "", atMost: 0) } == [])
        }
    }

    @Test func `is not deceived by a name that ends like another entry`() async throws {
        try await withTemporaryRepository { repository in
            let trees = try RandomTrees(repository, seed: 1)
            let store = try GitStore(opening: repository.work)
            let blobs = trees.blobs
            func files(_ names: [(String, Int)]) -> RandomTrees.Files {
                Dictionary(
                    uniqueKeysWithValues: names.map { ($0, TreeEntry(name: $0, id: blobs[$1], mode: .file)) })
            }
            // The bytes of the one entry end with those of the other tree's last one.
            for (one, other) in [
                ([("a", 0), ("b", 1)], [("x100644 b", 1)]), ([("b", 1)], [("a", 0), ("x100644 b", 1)]),
                ([("a", 0), ("b", 0), ("c", 1)], [("a", 0), ("b100644 c", 1)]),
            ] {
                let (old, new) = (try trees.write(files(one)), try trees.write(files(other)))
                let found = try await store.read { try $0.changes(from: old, to: new, prefix: "") }
                #expect(found == (try trees.differences(old, new)))
                #expect(found.count == Set(one.map(\.0)).symmetricDifference(other.map(\.0)).count)
            }
        }
    }

    @Test func `lists every file below a tree`() async throws {
        try await withTemporaryRepository { repository in
            var trees = try RandomTrees(repository, seed: 7)
            let files = trees.files(40)
            let tree = try trees.write(files)
            let store = try GitStore(opening: repository.work)
            let found = try await store.read { reader in
                var found: [String: TreeEntry] = [:]
                try reader.files(in: tree, prefix: "") { found[$0] = $1 }
                return found
            }
            #expect(found == files)
            for (path, entry) in files {
                let looked = try await store.read { try $0.entry(at: path, in: tree) }
                #expect(looked == entry)
            }
            let missing = try await store.read { reader in
                try ["", "nowhere", "a/", "/a", "..", "a//b"].compactMap { try reader.entry(at: $0, in: tree) }
            }
            #expect(missing.isEmpty)
        }
    }
}
