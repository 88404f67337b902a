import CLibgit2
import Domain

extension GitReader {
    func tree(_ id: ObjectID) throws -> [TreeEntry] {
        let tree = try rawTree(id)
        return tree.entries.map(tree.domain)
    }

    func entry(at path: String, in tree: ObjectID) throws -> TreeEntry? {
        var next = tree
        var found: TreeEntry?
        for component in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if let found, found.mode != .tree { return nil }
            let folder = try rawTree(next)
            guard let entry = folder.entry(named: component) else { return nil }
            found = folder.domain(entry)
            next = entry.id
        }
        return found
    }

    func files(in tree: ObjectID, prefix: String, _ visit: (String, TreeEntry) throws -> Void) throws {
        try files(in: tree, below: Self.folder(prefix), depth: 0, visit)
    }

    func changes(from old: ObjectID?, to new: ObjectID?, prefix: String) throws -> [Change] {
        var comparison = TreeComparison(reader: self)
        try comparison.compare(old, new, below: Self.folder(prefix), depth: 0)
        return comparison.changes
    }

    func changes(along trees: [ObjectID?], prefix: String, atMost limit: Int) throws -> [[Change]]? {
        try TreeSeries(trees, below: Self.folder(prefix), atMost: limit, self)?.changes
    }

    func rawTree(_ id: ObjectID?) throws(GitError) -> RawTree {
        guard let id else { return .empty }
        if let tree = trees[id] { return tree }
        let bytes = try bytes(of: id, as: GIT_OBJECT_TREE)
        do {
            let tree = try RawTree(parsing: bytes)
            trees.keep(tree, as: id)
            return tree
        } catch {
            throw GitError(
                .corrupt, "read tree \(id)", error.reason, hint: "find the commit that brought it with `git fsck`")
        }
    }

    static func tooDeep(_ path: [UInt8]) -> GitError {
        let start = String(decoding: path.prefix(60), as: UTF8.self)
        return GitError(
            .tooLarge, "read the folder \(start)…", "it lies more than \(PathName.deepest) folders deep")
    }

    /// The prefix of the paths in a folder: ends with a slash unless it is empty.
    private static func folder(_ prefix: String) -> [UInt8] {
        let bytes = Array(prefix.utf8)
        return bytes.isEmpty || bytes.last == UInt8(ascii: "/") ? bytes : bytes + [UInt8(ascii: "/")]
    }

    private func files(
        in id: ObjectID, below prefix: [UInt8], depth: Int, _ visit: (String, TreeEntry) throws -> Void
    ) throws {
        guard depth < PathName.deepest else { throw Self.tooDeep(prefix) }
        let tree = try rawTree(id)
        for entry in tree.entries {
            let path = prefix + tree.bytes[entry.name]
            if entry.isTree {
                try files(in: entry.id, below: path + [UInt8(ascii: "/")], depth: depth + 1, visit)
            } else {
                try visit(String(decoding: path, as: UTF8.self), tree.domain(entry))
            }
        }
    }
}
