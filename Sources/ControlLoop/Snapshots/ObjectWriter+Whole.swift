import Domain

extension ObjectWriter {
    /// A tree like `base` with `edits` made, where folders of it that these lead through cannot be read: they are written anew, with
    /// nothing but what `whole` says of them. One that cannot be read for the moment may hold more: then this throws.
    func write(tree base: ObjectID?, edits: [TreeEdit], whole: () throws -> [TreeEdit]) throws -> ObjectID {
        do { return try write(tree: base, edits: edits) } catch {
            guard let base, !error.isPassing else { throw error }
            let lost = Set(try edits.compactMap { try unreadableFolder(on: $0.path, in: base) })
            guard !lost.isEmpty else { throw error }
            let all = try whole().filter { $0.file != nil }
            guard !lost.contains("") else { return try write(tree: nil, edits: all) }
            var rest = edits.filter { edit in !lost.contains { edit.path.hasPrefix($0 + "/") } }
            for folder in lost {
                let inner = all.compactMap { edit -> TreeEdit? in
                    guard edit.path.hasPrefix(folder + "/"), let file = edit.file else { return nil }
                    return TreeEdit(
                        set: String(edit.path.dropFirst(folder.count + 1)), to: file.id, mode: file.mode)
                }
                rest.append(TreeEdit(set: folder, to: try write(tree: nil, edits: inner), mode: .tree))
            }
            return try write(tree: base, edits: rest)
        }
    }

    /// The outermost folder on the way to a path that cannot be read.
    private func unreadableFolder(on path: String, in base: ObjectID) throws -> String? {
        guard try isReadable(base) else { return "" }
        let parts = path.pathParts()
        for count in parts.indices.dropFirst() {
            let folder = parts[..<count].joined(separator: "/")
            guard let entry = try entry(at: folder, in: base), entry.mode == .tree else { return nil }
            guard try isReadable(entry.id) else { return folder }
        }
        return nil
    }

    private func isReadable(_ folder: ObjectID) throws -> Bool {
        do { _ = try tree(folder) } catch {
            guard !error.isPassing else { throw error }
            return false
        }
        return true
    }
}
