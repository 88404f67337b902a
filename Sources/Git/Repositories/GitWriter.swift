import CLibgit2
import Domain

/// Writes objects and moves references through one repository handle. Belongs to one thread at a time.
final class GitWriter: GitReader {
    /// Where blobs wait until they are packed; owned by the object database.
    var memory: UnsafeMutablePointer<git_odb_backend>?
    /// Hears what was put right on the way.
    var tell: @Sendable (String) -> Void = { _ in }

    func write(_ bytes: [UInt8], as kind: git_object_t) throws(GitError) -> ObjectID {
        var id = git_oid()
        let operation = "write a \(Self.word(kind)) of \(bytes.count) bytes"
        // Nobody would read it.
        guard bytes.count <= Self.most(kind) else {
            throw GitError(.tooLarge, operation, "\(Self.most(kind)) are allowed")
        }
        let code = bytes.withUnsafeBytes { git_odb_write(&id, objects.pointer, $0.baseAddress, $0.count, kind) }
        try check(code, operation)
        return ObjectID(id)
    }
}

extension GitWriter: ObjectWriter {
    func write(blob bytes: [UInt8]) throws -> ObjectID { try write(bytes, as: GIT_OBJECT_BLOB) }

    func write(tree base: ObjectID?, edits: [TreeEdit]) throws -> ObjectID {
        try TreeUpdate(edits).apply(to: base, with: self)
    }

    func write(_ commit: CommitDraft) throws -> ObjectID { try write(commit, signature: nil) }

    /// Writes a commit with the signature that was made of ``CommitText/bytes(of:signature:)`` without one.
    func write(_ commit: CommitDraft, signature: String?) throws -> ObjectID {
        try expect(commit.tree, toBe: GIT_OBJECT_TREE)
        for parent in commit.parents { try expect(parent, toBe: GIT_OBJECT_COMMIT) }
        return try write(CommitText.bytes(of: commit, signature: signature), as: GIT_OBJECT_COMMIT)
    }

    func write(_ tag: Tag) throws -> ObjectID {
        try expect(tag.target, toBe: GIT_OBJECT_COMMIT)
        return try write(CommitText.bytes(of: tag), as: GIT_OBJECT_TAG)
    }

    func revert(_ commit: ObjectID, on tip: ObjectID) throws -> ObjectID? {
        let (reverted, tip) = (try self.commit(commit), try self.commit(tip))
        let before = try reverted.parents.first.map { try self.commit($0).tree }
        return try merge(ours: tip.tree, theirs: before, base: reverted.tree).tree
    }

    private func expect(_ id: ObjectID, toBe kind: git_object_t) throws(GitError) {
        let found = try header(of: id).kind
        guard found == kind else {
            throw GitError(.invalid, "write an object", "\(id) is a \(Self.word(found)), not a \(Self.word(kind))")
        }
    }
}
