import CLibgit2
import Domain
import Glibc

extension GitWriter {
    func move(_ reference: String, from old: ObjectID?, to new: ObjectID?, reason: String) throws -> Bool {
        let operation = "move \(Sanitized.text(reference))"
        try refuseInQuarantine(operation)
        try expectName(reference, operation)
        guard old != new else { return try resolve(reference) == old }
        return try waitingForLock(operation, on: [reference]) { () throws(GitError) in
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

    /// Tries again for a second where another process holds the lock; git waits as well, libgit2 does not. What dead processes left in
    /// the way is removed.
    func waitingForLock(
        _ operation: String, on references: [String], _ body: () throws(GitError) -> Bool
    ) throws(GitError) -> Bool {
        var pause: UInt32 = 1000
        let locks = locks(on: references), claimed = Array(locks.prefix(references.count))
        while true {
            do throws(GitError) {
                return try withExtendedLifetime(LockClaim(on: claimed, in: common), body)
            } catch {
                guard error.code == .locked else { throw error }
                if removeDead(locks) { continue }
                guard pause < 500_000 else { throw stillLocked(operation, locks) }
                usleep(pause)
                pause *= 2
            }
        }
    }

    /// The lock files that moving these references, here or by git itself, needs.
    private func locks(on references: [String]) -> [String] {
        let own = git_repository_path(repository.pointer).map { String(cString: $0) } ?? ""
        return references.map { "\(common)\($0).lock" } + ["\(common)packed-refs.lock", "\(own)HEAD.lock"]
    }

    /// The folder that all linked work trees share, with a slash at its end.
    private var common: String { git_repository_commondir(repository.pointer).map { String(cString: $0) } ?? "" }

    private func removeDead(_ locks: [String]) -> Bool {
        let removed = StaleLocks.removeShared(locks, in: common)
        for lock in removed {
            tell("removed \(lock): the process that made it more than \(Self.deadAge) ago must have died")
        }
        return removeClaimed() || !removed.isEmpty
    }

    /// Removes the locks that a Martlet left that was killed.
    @discardableResult
    func removeClaimed() -> Bool {
        let removed = LockClaim.clear(in: common)
        for lock in removed { tell("removed \(lock): the Martlet that made it was killed") }
        return !removed.isEmpty
    }

    private func stillLocked(_ operation: String, _ locks: [String]) -> GitError {
        let held = locks.compactMap { lock in
            StaleLocks.age(of: lock).map { "\(lock), \(Duration.seconds(max(0, $0)).text) old" }
        }
        return GitError(
            .locked, operation,
            "another Git process holds it, or died: " + (held.isEmpty ? "its lock" : held.joined(separator: "; ")),
            hint: "if no Git process runs there, delete the lock; one that is \(Self.deadAge) old is removed for you")
    }

    private static var deadAge: String { Duration.seconds(StaleLocks.sharedAge).text }
}
