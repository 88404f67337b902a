import Domain

extension GitWriter {
    /// Costs what `theirs` changed, whatever the size of the trees. Follows no renames: where git would, this is a
    /// conflict. Files that both sides changed are merged line by line.
    func merge(ours: ObjectID, theirs: ObjectID?, base: ObjectID?) throws -> TreeMerge {
        var edits: [TreeEdit] = []
        var conflicts: [String] = []
        for change in try changes(from: base, to: theirs, prefix: "") {
            let present = try entry(at: change.path, in: ours)
            guard !change.isSame(change.new, present) else { continue }
            if change.isSame(change.old, present) {
                edits.append(change.edit)
            } else if let merged = try content(of: change, over: present) {
                edits.append(TreeEdit(set: change.path, to: merged.id, mode: merged.mode))
            } else if present?.mode == .tree, change.old == nil {
                // A file where ours has a folder: fine if all that the folder holds goes away, which the edits show.
                edits.append(change.edit)
            } else {
                conflicts.append(change.path)
            }
        }
        guard conflicts.isEmpty else { return .conflicts(conflicts) }
        do {
            return .merged(try write(tree: ours, edits: edits))
        } catch let error as GitError where error.code == .invalid {
            return .conflicts(edits.map(\.path))
        }
    }

    private func content(of change: Change, over present: TreeEntry?) throws -> (id: ObjectID, mode: FileMode)? {
        guard let old = change.old, let new = change.new, let present,
            [old, new, present].allSatisfy({ $0.mode == .file || $0.mode == .executable }),
            let mode = Self.pick(old.mode, new.mode, present.mode)
        else { return nil }
        if let id = Self.pick(old.id, new.id, present.id) { return (id, mode) }
        let limit = LineMerge.largest
        guard try [old, new, present].allSatisfy({ try size(ofBlob: $0.id) <= limit }) else { return nil }
        let merged = try LineMerge.merge(
            base: blob(old.id, atMost: limit), ours: blob(present.id, atMost: limit),
            theirs: blob(new.id, atMost: limit))
        return try merged.map { (try write(blob: $0), mode) }
    }

    /// The side that differs from the base, or `nil` where both do.
    private static func pick<Value: Equatable>(_ base: Value, _ theirs: Value, _ ours: Value) -> Value? {
        ours == base ? theirs : theirs == base || ours == theirs ? ours : nil
    }
}

extension Change {
    fileprivate var edit: TreeEdit {
        new.map { TreeEdit(set: path, to: $0.id, mode: $0.mode) } ?? TreeEdit(remove: path)
    }

    fileprivate func isSame(_ one: TreeEntry?, _ other: TreeEntry?) -> Bool {
        one?.id == other?.id && one?.mode == other?.mode
    }
}
