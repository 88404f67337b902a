import Domain

/// Writes to a repository in which one folder cannot be read.
struct StumblingWriter: ObjectWriter {
    let writer: any ObjectWriter
    let folder: ObjectID
    let remedy: Remedy

    struct Unreadable: Failure, Equatable {
        let remedy: Remedy
        var description: String { "cannot read" }
    }

    private func stumble() throws { throw Unreadable(remedy: remedy) }

    func tree(_ id: ObjectID) throws -> [TreeEntry] {
        if id == folder { try stumble() }
        return try writer.tree(id)
    }

    func files(in tree: ObjectID, prefix: String, _ visit: (String, TreeEntry) throws -> Void) throws {
        try stumble()
    }

    func write(tree base: ObjectID?, edits: [TreeEdit]) throws -> ObjectID {
        let first = edits.first?.path.split(separator: "/").first.map(String.init) ?? ""
        let isNew = edits.contains { $0.path == first }
        if let base, !isNew, try writer.entry(at: first, in: base)?.id == folder { try stumble() }
        return try writer.write(tree: base, edits: edits)
    }

    func resolve(_ reference: String) throws -> ObjectID? { try writer.resolve(reference) }
    func references(matching glob: String) throws -> [Reference] { try writer.references(matching: glob) }
    func commit(_ id: ObjectID) throws -> Commit { try writer.commit(id) }
    func has(_ id: ObjectID) -> Bool { writer.has(id) }
    func tag(_ id: ObjectID) throws -> Tag? { try writer.tag(id) }
    func entry(at path: String, in tree: ObjectID) throws -> TreeEntry? { try writer.entry(at: path, in: tree) }
    func blob(_ id: ObjectID, atMost limit: Int) throws -> [UInt8] { try writer.blob(id, atMost: limit) }
    func size(ofBlob id: ObjectID) throws -> Int { try writer.size(ofBlob: id) }
    func changes(from old: ObjectID?, to new: ObjectID?, prefix: String) throws -> [Change] {
        try writer.changes(from: old, to: new, prefix: prefix)
    }
    func reaches(_ commit: ObjectID, from descendant: ObjectID) throws -> Bool {
        try writer.reaches(commit, from: descendant)
    }
    func mergeBase(_ one: ObjectID, _ other: ObjectID) throws -> ObjectID? { try writer.mergeBase(one, other) }
    func firstParents(from start: ObjectID, _ visit: (Commit) throws -> Bool) throws {
        try writer.firstParents(from: start, visit)
    }
    func write(blob bytes: [UInt8]) throws -> ObjectID { try writer.write(blob: bytes) }
    func write(_ commit: CommitDraft) throws -> ObjectID { try writer.write(commit) }
    func write(_ tag: Tag) throws -> ObjectID { try writer.write(tag) }
    func move(_ reference: String, from old: ObjectID?, to new: ObjectID?, reason: String) throws -> Bool {
        try writer.move(reference, from: old, to: new, reason: reason)
    }
    func merge(ours: ObjectID, theirs: ObjectID?, base: ObjectID?) throws -> TreeMerge {
        try writer.merge(ours: ours, theirs: theirs, base: base)
    }
    func revert(_ commit: ObjectID, on tip: ObjectID) throws -> ObjectID? { try writer.revert(commit, on: tip) }
}
