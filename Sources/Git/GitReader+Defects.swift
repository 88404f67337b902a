import CLibgit2
import Domain

/// Finds what whoever clones with `transfer.fsckObjects` would refuse: once it is in a history, it stays there.
extension GitReader {
    /// More folders are not looked at for one request or pull request.
    private static let mostFolders = 100_000

    func defect(of commit: ObjectID, checked: inout Set<ObjectID>) throws -> String? {
        if let fault = CommitFault.first(in: try bytes(of: commit, as: GIT_OBJECT_COMMIT)) { return fault }
        let links = try links(of: commit)
        // Where history is cut off, all of it is new.
        let before = links.parents.compactMap { try? self.links(of: $0).tree }
        return try defect(of: links.tree, at: "", before, &checked, depth: 0)
    }

    /// - Parameter before: What the parents have there.
    private func defect(
        of folder: ObjectID, at path: String, _ before: [ObjectID], _ checked: inout Set<ObjectID>, depth: Int
    ) throws -> String? {
        guard !before.contains(folder), checked.insert(folder).inserted else { return nil }
        guard checked.count <= Self.mostFolders else {
            let words = "more than \(Self.mostFolders) folders would be new"
            throw GitError(.tooLarge, "look for damage in the folders", words)
        }
        guard depth < PathName.deepest else { throw Self.tooDeep(Array(path.utf8)) }
        let tree = try rawTree(folder)
        if let fault = tree.fault { return (path.isEmpty ? "its topmost folder" : "its folder \(path)") + " " + fault }
        let older = try before.map { try rawTree($0) }
        let known = Set(older.flatMap { $0.entries.lazy.filter(\.isTree).map(\.id) })
        for entry in tree.entries where entry.isTree && !known.contains(entry.id) {
            let name = tree.bytes[entry.name]
            let same = older.compactMap { $0.entry(named: name) }.filter(\.isTree).map(\.id)
            let place = path.isEmpty ? tree.name(entry) : "\(path)/\(tree.name(entry))"
            if let fault = try defect(of: entry.id, at: place, same, &checked, depth: depth + 1) { return fault }
        }
        return nil
    }
}
