import CLibgit2
import Domain

/// Edits to a tree, sorted into its folders, so that each touched folder is read and written once.
struct TreeUpdate {
    private final class Folder {
        var file: TreeEdit?
        var children: [[UInt8]: Folder] = [:]
    }

    private let root = Folder()

    /// Refuses a path that Git would refuse to check out. Of two edits of one path the later counts.
    init(_ edits: [TreeEdit]) throws(GitError) {
        for edit in edits {
            var folder = root
            let components = edit.path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            guard components.count <= PathName.deepest else { throw GitReader.tooDeep(Array(edit.path.utf8)) }
            for component in components {
                if let fault = PathName.fault(of: component) { throw Self.refused(edit.path, "a part of it \(fault)") }
                let name = Array(component)
                let child = folder.children[name] ?? Folder()
                folder.children[name] = child
                folder = child
            }
            folder.file = edit
        }
    }

    /// Writes the changed folders and returns the new tree, which is empty where nothing is left.
    func apply(to base: ObjectID?, with writer: GitWriter) throws(GitError) -> ObjectID {
        if let tree = try write(root, over: base, with: writer) { return tree }
        return try writer.write([], as: GIT_OBJECT_TREE)
    }

    private func write(
        _ folder: Folder, over base: ObjectID?, with writer: GitWriter
    ) throws(GitError) -> ObjectID? {
        let tree = try writer.rawTree(base)
        var present: [[UInt8]: RawTree.Entry] = [:]
        for entry in tree.entries where folder.children[Array(tree.bytes[entry.name])] != nil {
            present[Array(tree.bytes[entry.name])] = entry
        }
        var replaced: [[UInt8]: NewTree.Entry?] = [:]
        for (name, child) in folder.children {
            let old = present[name]
            let new = try entry(child, over: old, with: writer)
            if new?.id != old?.id || new?.mode != old?.canonical { replaced.updateValue(new, forKey: name) }
        }
        if replaced.isEmpty, let base { return tree.entries.isEmpty ? nil : base }
        let bytes = NewTree.bytes(tree, replacing: replaced)
        return bytes.isEmpty ? nil : try writer.write(bytes, as: GIT_OBJECT_TREE)
    }

    /// What stands at one name after the edits: what was there, something else, or nothing.
    private func entry(
        _ folder: Folder, over old: RawTree.Entry?, with writer: GitWriter
    ) throws(GitError) -> NewTree.Entry? {
        let oldTree = old.flatMap { $0.isTree ? $0.id : nil }
        if let edit = folder.file, folder.children.isEmpty {
            // Whole folders are put in place by id only, and never vanish by an edit of one file.
            guard oldTree == nil || edit.file?.mode == .tree else { throw Self.refused(edit.path, "it is a folder") }
            return try edit.file.map { file throws(GitError) in try Self.checked(file, edit.path, writer) }
        }
        let isFile = old != nil && oldTree == nil
        if isFile, folder.file == nil || folder.file?.file != nil {
            throw Self.refused(
                folder.children.values.lazy.compactMap(\.file).first?.path ?? "", "it would lie below a file")
        }
        let below = try write(folder, over: oldTree, with: writer)
        guard let file = folder.file?.file, let edit = folder.file else {
            return below.map { NewTree.Entry(id: $0, mode: .tree) }
        }
        guard below == nil else { throw Self.refused(edit.path, "it is a folder") }
        return try Self.checked(file, edit.path, writer)
    }

    private static func checked(
        _ file: TreeEntry, _ path: String, _ writer: GitWriter
    ) throws(GitError) -> NewTree.Entry {
        if file.mode != .submodule {
            let kind = try writer.header(of: file.id).kind
            guard kind == (file.mode == .tree ? GIT_OBJECT_TREE : GIT_OBJECT_BLOB) else {
                throw refused(path, "its object \(file.id) is a \(GitReader.word(kind))")
            }
        }
        return NewTree.Entry(id: file.id, mode: file.mode)
    }

    private static func refused(_ path: String, _ why: String) -> GitError {
        GitError(.invalid, "change the path \(Sanitized.text(path))", why)
    }
}
