import CLibgit2
public import Domain
import Glibc

extension GitStore {
    /// What the next commit would change: the files that are staged against `HEAD`, in Git's order.
    ///
    /// In a store opened from the environment, `GIT_INDEX_FILE` counts, as `git commit FILE` sets it.
    public func stagedChanges() async throws -> [Change] {
        try await reading { try $0.stagedChanges() }
    }

    /// Lends the regular files that are staged against `HEAD`, without those that are staged to vanish.
    ///
    /// Reads on the calling thread through one handle, as a hook wants it, which looks once and ends.
    public static func readStaged<Value>(
        at path: String, _ body: ([(path: String, id: ObjectID)], any ObjectReader) throws -> Value
    ) throws -> Value {
        let index = getenv("GIT_INDEX_FILE").map { String(cString: $0) }
        let reader = try GitReader(
            RepositoryHandle.open(path, fromEnvironment: true), indexPath: index, Ancestry())
        let files = try reader.stagedChanges().compactMap { change -> (path: String, id: ObjectID)? in
            guard let new = change.new, new.mode == .file || new.mode == .executable else { return nil }
            return (change.path, new.id)
        }
        return try body(files, reader)
    }

    /// The tree that `git commit` would commit now; its objects are written where they are new.
    public func stagedTree() async throws -> ObjectID {
        try await writing { writer in
            let edits = try writer.stagedChanges().map { change in
                change.new.map { TreeEdit(set: change.path, to: $0.id, mode: $0.mode) } ?? TreeEdit(remove: change.path)
            }
            return try writer.write(tree: writer.headTree(), edits: edits)
        }
    }
}

extension GitReader {
    func stagedChanges() throws -> [Change] {
        var comparison = IndexComparison(reader: self, index: try index())
        try comparison.compare(with: headTree())
        return comparison.changes
    }

    func headTree() throws -> ObjectID? { try resolve("HEAD").map { try commit($0).tree } }

    private func index() throws -> IndexFile {
        // Asked for the path, libgit2 would read the whole file first.
        guard let path = indexPath ?? git_repository_path(repository.pointer).map({ String(cString: $0) + "index" }),
            let bytes = try WholeFile.bytes(path)
        else { return .empty }
        return try IndexFile(parsing: bytes)
    }
}
