import Domain

/// Finds what is staged: the files that differ between a tree and the staging area.
///
/// A folder that the staging area knows to be the tree's own is not opened, so the cost is one pass over the file and
/// what the change needs.
struct IndexComparison {
    let reader: GitReader
    let index: IndexFile
    private(set) var changes: [Change] = []
    private var position = 0

    init(reader: GitReader, index: IndexFile) {
        self.reader = reader
        self.index = index
    }

    mutating func compare(with tree: ObjectID?) throws {
        try compare(tree, index.root, prefix: [], depth: 0)
    }

    /// Compares the entries from ``position`` on that start with `prefix`, and leaves the position behind them.
    private mutating func compare(
        _ tree: ObjectID?, _ cached: IndexFile.Folder?, prefix: [UInt8], depth: Int
    ) throws {
        if let known = cached?.tree, known.id == tree, position + known.files <= index.entries.count {
            position += known.files
            return
        }
        guard depth < PathName.deepest else { throw GitReader.tooDeep(prefix) }
        let before = try reader.rawTree(tree)
        var old = before.entries[...]
        while true {
            let staged = try next(below: prefix)
            guard let staged else {
                for entry in old { try note(before, entry, nil, prefix, depth) }
                return
            }
            let order = old.first.map {
                TreeOrder.compare(before.bytes[$0.name], isTree: $0.isTree, staged.name[...], isTree: staged.isFolder)
            }
            if let order, order < 0, let entry = old.popFirst() {
                try note(before, entry, nil, prefix, depth)
            } else {
                let entry = order == 0 ? old.popFirst() : nil
                try note(before, entry, staged, prefix, depth, cached)
            }
        }
    }

    private struct Staged {
        let name: [UInt8]
        let isFolder: Bool
        let entry: IndexFile.Entry
    }

    /// What the staging area has next in this folder: a file, or a folder by its first file.
    private mutating func next(below prefix: [UInt8]) throws -> Staged? {
        while position < index.entries.count {
            let entry = index.entries[position]
            let path = index.names[entry.name]
            guard path.starts(with: prefix) else { return nil }
            if entry.stage != 0 {
                throw GitError(
                    .invalid, "read the staging area",
                    "\(Sanitized.text(String(decoding: path, as: UTF8.self))) is in conflict",
                    hint: "resolve it and `git add` it first")
            }
            guard !entry.isIntent else {
                position += 1
                continue
            }
            let rest = path.dropFirst(prefix.count)
            let slash = rest.firstIndex(of: UInt8(ascii: "/"))
            return Staged(name: Array(rest[..<(slash ?? rest.endIndex)]), isFolder: slash != nil, entry: entry)
        }
        return nil
    }

    private mutating func note(
        _ tree: RawTree, _ old: RawTree.Entry?, _ new: Staged?, _ prefix: [UInt8], _ depth: Int,
        _ cached: IndexFile.Folder? = nil
    ) throws {
        let name = new?.name ?? old.map { Array(tree.bytes[$0.name]) } ?? []
        let path = prefix + name
        let below = path + [UInt8(ascii: "/")]
        guard let new else {
            guard let old else { return }
            if old.isTree {
                changes += try reader.changes(from: old.id, to: nil, prefix: String(decoding: below, as: UTF8.self))
            } else {
                changes.append(change(path, tree.domain(old), nil))
            }
            return
        }
        if !new.isFolder {
            position += 1
            let staged = TreeEntry(name: String(decoding: name, as: UTF8.self), id: new.entry.id, mode: mode(new.entry))
            let before = old.map(tree.domain)
            if before?.id != staged.id || before?.mode != staged.mode { changes.append(change(path, before, staged)) }
        } else if new.entry.mode & 0o170000 == 0o040000, new.entry.name.count == below.count {
            // A sparse checkout stages a whole folder as one entry.
            position += 1
            changes += try reader.changes(
                from: old?.id, to: new.entry.id, prefix: String(decoding: below, as: UTF8.self))
        } else {
            try compare(old?.id, cached?.folders[name], prefix: below, depth: depth + 1)
        }
    }

    private func mode(_ entry: IndexFile.Entry) -> FileMode {
        RawTree.Entry(mode: entry.mode, whole: 0..<0, name: 0..<0, id: entry.id).canonical
    }

    private func change(_ path: [UInt8], _ old: TreeEntry?, _ new: TreeEntry?) -> Change {
        Change(path: String(decoding: path, as: UTF8.self), old: old, new: new)
    }
}
