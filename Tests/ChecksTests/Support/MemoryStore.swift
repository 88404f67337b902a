import Domain
import Foundation

/// An object database in memory, for checks that look at history. Git itself is used where a check is tested end to end.
final class MemoryStore: Store, Sendable {
    private let objects = Objects()

    func read<Value: Sendable>(_ body: @escaping @Sendable (any ObjectReader) throws -> Value) async throws -> Value {
        try body(objects)
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any ObjectWriter) throws -> Value) async throws -> Value {
        try body(objects)
    }

    /// Makes `tree` hold these files, which may be asked for by it.
    func hold(_ files: [String: [UInt8]], as tree: ObjectID) { objects.hold(files, as: tree) }

    /// The blobs of a tree's own files, by name.
    func blobs(in tree: ObjectID) throws -> [String: ObjectID] {
        Dictionary(try objects.tree(tree).map { ($0.name, $0.id) }) { first, _ in first }
    }

    func parents(of commit: ObjectID) throws -> [ObjectID] { try objects.commit(commit).parents }

    /// A commit with these files changed, on `parents`; a file that is `nil` is removed.
    func commit(
        _ message: String, _ files: [String: String?], on parents: [ObjectID] = [],
        at time: String = "2026-01-01T00:00:00Z",
        by author: String = "Ada"
    ) throws -> ObjectID {
        let base = try parents.first.map { try objects.commit($0).tree }
        let edits = try files.sorted { $0.key < $1.key }.map { path, text in
            guard let text else { return TreeEdit(remove: path) }
            return TreeEdit(set: path, to: try objects.write(blob: Array(text.utf8)))
        }
        let person = Person(
            name: author, email: "\(author.lowercased())@example.com", time: Timestamp(time) ?? Timestamp(seconds: 0))
        return try objects.write(
            CommitDraft(
                tree: try objects.write(tree: base, edits: edits), parents: parents, author: person, message: message))
    }
}

private struct NoSuchObject: Error { let id: ObjectID }

private final class Objects: ObjectWriter, @unchecked Sendable {
    private var blobs: [ObjectID: [UInt8]] = [:]
    private var trees: [ObjectID: [TreeEntry]] = [:]
    private var commits: [ObjectID: Commit] = [:]
    private var references: [String: ObjectID] = [:]
    private let lock = NSRecursiveLock()

    func hold(_ files: [String: [UInt8]], as tree: ObjectID) {
        lock.withLock {
            trees[tree] = files.sorted { $0.key < $1.key }.map { path, bytes in
                // Named by where they are where they are large: that would take long to hash.
                let blob =
                    bytes.count < 1 << 16
                    ? ObjectID(bytes: SHA256.digest(of: bytes).bytes)! : id("\(tree) \(path)")
                blobs[blob] = bytes
                return TreeEntry(name: path, id: blob, mode: .file)
            }
        }
    }

    private func id(_ text: String) -> ObjectID { ObjectID(bytes: SHA256.digest(of: Array(text.utf8)).bytes)! }

    private func found<Value>(_ value: Value?, _ id: ObjectID) throws -> Value {
        guard let value else { throw NoSuchObject(id: id) }
        return value
    }

    func resolve(_ reference: String) throws -> ObjectID? { lock.withLock { references[reference] } }
    func references(matching glob: String) throws -> [Reference] { [] }
    func commit(_ id: ObjectID) throws -> Commit { try lock.withLock { try found(commits[id], id) } }
    func has(_ id: ObjectID) -> Bool {
        lock.withLock { commits[id] != nil || trees[id] != nil || blobs[id] != nil }
    }
    func tag(_ id: ObjectID) throws -> Tag? { nil }
    func tree(_ id: ObjectID) throws -> [TreeEntry] { try lock.withLock { try found(trees[id], id) } }
    func size(ofBlob id: ObjectID) throws -> Int { try blob(id, atMost: .max).count }
    func blob(_ id: ObjectID, atMost limit: Int) throws -> [UInt8] { try lock.withLock { try found(blobs[id], id) } }

    func entry(at path: String, in tree: ObjectID) throws -> TreeEntry? {
        var id = tree
        let steps = path.split(separator: "/")
        for (index, step) in steps.enumerated() {
            guard let entry = try self.tree(id).first(where: { $0.name == step }) else { return nil }
            if index == steps.count - 1 { return entry }
            guard entry.mode == .tree else { return nil }
            id = entry.id
        }
        return nil
    }

    func files(in tree: ObjectID, prefix: String, _ visit: (String, TreeEntry) throws -> Void) throws {
        for entry in try self.tree(tree) {
            let path = prefix.isEmpty ? entry.name : prefix + "/" + entry.name
            if entry.mode == .tree { try files(in: entry.id, prefix: path, visit) } else { try visit(path, entry) }
        }
    }

    private func flat(_ tree: ObjectID?) throws -> [String: TreeEntry] {
        var all: [String: TreeEntry] = [:]
        if let tree { try files(in: tree, prefix: "") { all[$0] = $1 } }
        return all
    }

    func changes(from old: ObjectID?, to new: ObjectID?, prefix: String) throws -> [Change] {
        let (before, after) = (try flat(old), try flat(new))
        return Set(before.keys).union(after.keys).sorted().compactMap { path in
            before[path] == after[path]
                ? nil : Change(path: prefix.isEmpty ? path : prefix + "/" + path, old: before[path], new: after[path])
        }
    }

    func reaches(_ commit: ObjectID, from descendant: ObjectID) throws -> Bool {
        if commit == descendant { return true }
        return try self.commit(descendant).parents.contains { try reaches(commit, from: $0) }
    }

    func mergeBase(_ one: ObjectID, _ other: ObjectID) throws -> ObjectID? { nil }

    func merge(ours: ObjectID, theirs: ObjectID?, base: ObjectID?) throws -> TreeMerge { .conflicts([]) }

    func firstParents(from start: ObjectID, _ visit: (Commit) throws -> Bool) throws {
        var next: ObjectID? = start
        while let id = next {
            let commit = try self.commit(id)
            guard try visit(commit) else { return }
            next = commit.parents.first
        }
    }

    func write(blob bytes: [UInt8]) throws -> ObjectID {
        lock.withLock {
            let name = id("blob \(bytes)")
            blobs[name] = bytes
            return name
        }
    }

    func write(tree base: ObjectID?, edits: [TreeEdit]) throws -> ObjectID {
        var all = try flat(base)
        for edit in edits { all[edit.path] = edit.file }
        return build(all.map { (Array($0.key.split(separator: "/").map(String.init)), $0.value) })
    }

    private func build(_ files: [([String], TreeEntry)]) -> ObjectID {
        var entries: [TreeEntry] = []
        for (name, group) in Dictionary(grouping: files, by: { $0.0[0] }) {
            if group.count == 1, group[0].0.count == 1 {
                entries.append(TreeEntry(name: name, id: group[0].1.id, mode: group[0].1.mode))
            } else {
                entries.append(
                    TreeEntry(name: name, id: build(group.map { (Array($0.0.dropFirst()), $0.1) }), mode: .tree))
            }
        }
        entries.sort { $0.name < $1.name }
        return lock.withLock {
            let name = id("tree " + entries.map { "\($0.mode) \($0.name) \($0.id)" }.joined(separator: "\n"))
            trees[name] = entries
            return name
        }
    }

    func write(_ tag: Tag) throws -> ObjectID { id("tag \(tag.name) \(tag.target)") }

    func write(_ draft: CommitDraft) throws -> ObjectID {
        lock.withLock {
            let name = id("commit \(draft.tree) \(draft.parents) \(draft.author) \(draft.message)")
            commits[name] = Commit(
                id: name, tree: draft.tree, parents: draft.parents, author: draft.author, committer: draft.committer,
                message: draft.message)
            return name
        }
    }

    func move(_ reference: String, from old: ObjectID?, to new: ObjectID?, reason: String) throws -> Bool {
        lock.withLock {
            guard references[reference] == old else { return false }
            references[reference] = new
            return true
        }
    }

    func revert(_ commit: ObjectID, on tip: ObjectID) throws -> ObjectID? {
        let reverted = try self.commit(commit)
        let parent = try reverted.parents.first.map { try self.commit($0).tree }
        let now = try flat(self.commit(tip).tree)
        var edits: [TreeEdit] = []
        for change in try changes(from: parent, to: reverted.tree, prefix: "") {
            guard now[change.path] == change.new else { return nil }
            edits.append(
                change.old.map { TreeEdit(set: change.path, to: $0.id, mode: $0.mode) } ?? TreeEdit(remove: change.path)
            )
        }
        return try write(tree: self.commit(tip).tree, edits: edits)
    }
}
