import CLibgit2
import Domain
import Glibc

extension GitWriter {
    func move(_ reference: String, from old: ObjectID?, to new: ObjectID?, reason: String) throws -> Bool {
        let operation = "move \(Sanitized.text(reference))"
        try refuseInQuarantine(operation)
        try expectName(reference, operation)
        guard old != new else { return try resolve(reference) == old }
        return try waitingForLock(operation) { () throws(GitError) in
            if let new { return try set(reference, from: old, to: new, reason, operation) }
            return try delete(reference, from: old, operation)
        }
    }

    /// git itself refuses this; libgit2 does not, and would leave a reference to objects that vanish with a refusal.
    func refuseInQuarantine(_ operation: String) throws(GitError) {
        guard getenv("GIT_QUARANTINE_PATH") == nil else {
            throw GitError(
                .quarantined, operation, "the push is not accepted yet",
                hint: "move references in post-receive, not in pre-receive")
        }
    }

    func expectName(_ reference: String, _ operation: String) throws(GitError) {
        guard reference.hasPrefix("refs/"), git_reference_is_valid_name(reference) == 1 else {
            throw GitError(.invalid, operation, "it is no full reference name such as refs/heads/main")
        }
    }

    private func set(
        _ reference: String, from old: ObjectID?, to new: ObjectID, _ reason: String, _ operation: String
    ) throws(GitError) -> Bool {
        _ = try header(of: new)
        // The zero id stands for "must not exist", compared under the lock as every other id is.
        var (target, expected) = (new.libgit2, (old ?? .zero).libgit2)
        var made: OpaquePointer?
        defer { git_reference_free(made) }
        git_error_clear()
        let code = git_reference_create_matching(
            &made, repository.pointer, reference, &target, 1, &expected, Sanitized.text(reason, limit: 200))
        switch code {
        case GIT_EMODIFIED.rawValue, GIT_ENOTFOUND.rawValue: return false
        case GIT_EEXISTS.rawValue where old == nil: return false
        default:
            try check(code, operation)
            return true
        }
    }

    private func delete(_ reference: String, from old: ObjectID?, _ operation: String) throws(GitError) -> Bool {
        var found: OpaquePointer?
        defer { git_reference_free(found) }
        let code = git_reference_lookup(&found, repository.pointer, reference)
        if code == GIT_ENOTFOUND.rawValue { return false }
        try check(code, operation)
        guard let found, let target = git_reference_target(found), ObjectID(target.pointee) == old else { return false }
        git_error_clear()
        // It deletes only what it looked up: the old id is compared again under the lock.
        let deleted = git_reference_delete(found)
        if deleted == GIT_EMODIFIED.rawValue || deleted == GIT_ENOTFOUND.rawValue { return false }
        try check(deleted, operation)
        return true
    }

    /// Tries again for a second where another process holds the lock; git waits as well, libgit2 does not.
    func waitingForLock(
        _ operation: String, _ body: () throws(GitError) -> Bool
    ) throws(GitError) -> Bool {
        var pause: UInt32 = 1000
        while true {
            do throws(GitError) {
                return try body()
            } catch {
                guard error.code == .locked else { throw error }
                guard pause < 500_000 else {
                    throw GitError(
                        .locked, operation, error.message,
                        hint: "if no git process runs there, one died: delete the .lock file")
                }
                usleep(pause)
                pause *= 2
            }
        }
    }
}
