import CLibgit2
import Domain
import Glibc

extension GitWriter {
    /// Moves all references or none; `false` where one is not where its update says.
    ///
    /// All are locked before one is read, so nobody comes in between. Dying in the middle can leave some moved: Git's
    /// reference files know nothing better.
    func moveAll(_ updates: [ReferenceUpdate], reason: String) throws(GitError) -> Bool {
        let operation = "move \(updates.count) references"
        try refuseInQuarantine(operation)
        for update in updates {
            try expectName(update.name, operation)
            if let new = update.new { _ = try header(of: new) }
        }
        return try waitingForLock(operation, on: updates.map(\.name)) { () throws(GitError) in
            try transact(updates.sorted { $0.name < $1.name }, reason, operation)
        }
    }

    /// Whether the branch is checked out here or in a linked work tree, so that moving it would confuse its files.
    func isCheckedOut(_ reference: String) throws(GitError) -> Bool {
        var found: OpaquePointer?
        defer { git_reference_free(found) }
        let code = git_reference_lookup(&found, repository.pointer, reference)
        if code == GIT_ENOTFOUND.rawValue { return false }
        try check(code, "look at \(Sanitized.text(reference))")
        return git_branch_is_checked_out(found) == 1
    }

    private func transact(
        _ updates: [ReferenceUpdate], _ reason: String, _ operation: String
    ) throws(GitError) -> Bool {
        let repository = repository.pointer
        let transaction = try Owned(freedBy: git_transaction_free, operation) { git_transaction_new(&$0, repository) }
        for update in updates { try check(git_transaction_lock_ref(transaction.pointer, update.name), operation) }
        for update in updates {
            guard try current(update.name) == update.old else { return false }
            if update.old == nil, update.new != nil { try expectRoom(for: update.name, operation) }
        }
        for update in updates where update.old != update.new {
            if var new = update.new?.libgit2 {
                try check(git_transaction_set_target(transaction.pointer, update.name, &new, nil, reason), operation)
            } else {
                try check(git_transaction_remove(transaction.pointer, update.name), operation)
            }
        }
        try check(git_transaction_commit(transaction.pointer), operation)
        return true
    }

    private func current(_ name: String) throws(GitError) -> ObjectID? {
        var id = git_oid()
        let code = git_reference_name_to_id(&id, repository.pointer, name)
        if code == GIT_ENOTFOUND.rawValue { return nil }
        try check(code, "resolve \(name)")
        return ObjectID(id)
    }

    /// A name can be a reference or a folder of references, not both; libgit2's transactions do not look.
    private func expectRoom(for name: String, _ operation: String) throws(GitError) {
        var folder = name[...]
        while let slash = folder.lastIndex(of: "/"), slash != folder.firstIndex(of: "/") {
            folder = folder[..<slash]
            guard try current(String(folder)) == nil else {
                throw GitError(.invalid, operation, "\(folder) is a reference, so \(name) cannot be one")
            }
        }
    }
}
