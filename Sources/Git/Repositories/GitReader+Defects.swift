import CLibgit2
import Domain

/// Finds what whoever clones with `transfer.fsckObjects` would refuse: once it is in a history, it stays there.
extension GitReader {
    func defect(of commit: ObjectID, checked: inout CheckedFolders) throws -> String? {
        if let fault = CommitFault.first(in: try bytes(of: commit, as: GIT_OBJECT_COMMIT)) { return fault }
        let links = try links(of: commit)
        // Where history is cut off, all of it is new.
        let before = links.parents.compactMap { try? self.links(of: $0).tree }
        var waiting = [NewFolder(id: links.tree, path: "", before: before, depth: 0)]
        while let folder = waiting.popLast() {
            guard !folder.before.contains(folder.id), checked.begin(folder.id) else { continue }
            if let fault = try look(through: folder, &checked, &waiting) { return fault }
        }
        return nil
    }

    /// A folder that a commit may bring, and what its parents have there.
    private struct NewFolder {
        let id: ObjectID
        let path: String
        let before: [ObjectID]
        let depth: Int
    }

    /// Adds to `waiting` what is new in it.
    private func look(
        through folder: NewFolder, _ checked: inout CheckedFolders, _ waiting: inout [NewFolder]
    ) throws -> String? {
        guard folder.depth < PathName.deepest else { return "its folders are nested too deeply" }
        for id in [folder.id] + folder.before {
            if let objection = checked.objection(toReading: try size(of: id, as: GIT_OBJECT_TREE)) {
                return "it \(objection)"
            }
        }
        let tree = try rawTree(folder.id)
        if let fault = tree.fault {
            return (folder.path.isEmpty ? "its topmost folder" : "its folder \(folder.path)") + " " + fault
        }
        let older = try folder.before.map { try rawTree($0) }
        let known = Set(older.flatMap { $0.entries.lazy.filter(\.isTree).map(\.id) })
        for entry in tree.entries.reversed() where entry.isTree && !known.contains(entry.id) {
            let name = tree.bytes[entry.name]
            let same = older.compactMap { $0.entry(named: name) }.filter(\.isTree).map(\.id)
            let place = folder.path.isEmpty ? tree.name(entry) : "\(folder.path)/\(tree.name(entry))"
            waiting.append(NewFolder(id: entry.id, path: place, before: same, depth: folder.depth + 1))
        }
        return nil
    }
}
