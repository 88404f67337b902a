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
        let new = updates.filter { $0.old == nil && $0.new != nil }.map(\.name)
        let repository = repository.pointer
        let transaction = try Owned(freedBy: git_transaction_free, operation) { git_transaction_new(&$0, repository) }
        do throws(GitError) {
            for update in updates { try check(git_transaction_lock_ref(transaction.pointer, update.name), operation) }
        } catch {
            // What lies in the way on the disk cannot even be locked.
            try expectRoom(for: new, operation)
            throw error
        }
        for update in updates { guard try current(update.name) == update.old else { return false } }
        try expectRoom(for: new, operation)
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

    /// A name can be a reference or a folder of references, not both; libgit2's transactions do not look, and would fail half-way.
    private func expectRoom(for names: [String], _ operation: String) throws(GitError) {
        guard let first = names.first else { return }
        let wanted = Set(names)
        for name in names {
            for folder in Self.folders(around: name) {
                guard try current(folder) == nil else { throw occupied(name, by: folder, operation) }
            }
        }
        // One look at what lies below them, however many there are: each copies all packed references.
        let common = names.dropFirst().reduce(first) { String(zip($0, $1).prefix { $0 == $1 }.map(\.0)) }
        for other in try self.names(matching: names.count == 1 ? "\(first)/*" : "\(common)*", operation) {
            if let name = Self.folders(around: other).first(where: wanted.contains) {
                throw occupied(name, by: other, operation)
            }
        }
    }

    private func occupied(_ name: String, by other: String, _ operation: String) -> GitError {
        GitError(
            .occupied, operation, "\(Sanitized.text(other)) is a reference, so \(Sanitized.text(name)) cannot be one",
            hint: "delete or rename it")
    }

    /// `refs/heads/a` and `refs/heads` for `refs/heads/a/b`.
    private static func folders(around name: String) -> [String] {
        var folders: [String] = []
        var folder = name[...]
        while let slash = folder.lastIndex(of: "/"), slash != folder.firstIndex(of: "/") {
            folder = folder[..<slash]
            folders.append(String(folder))
        }
        return folders
    }

    private func names(matching glob: String, _ operation: String) throws(GitError) -> [String] {
        let repository = repository.pointer
        let iterator = try Owned(freedBy: git_reference_iterator_free, operation) {
            git_reference_iterator_glob_new(&$0, repository, glob)
        }
        var found: [String] = []
        var name: UnsafePointer<CChar>?
        while true {
            let code = git_reference_next_name(&name, iterator.pointer)
            if code == GIT_ITEROVER.rawValue { return found }
            try check(code, operation)
            if let name { found.append(String(cString: name)) }
        }
    }
}
