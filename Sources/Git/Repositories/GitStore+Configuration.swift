import CLibgit2

extension GitStore {
    /// The names of the remotes that the repository knows.
    public func remotes() async throws -> [String] {
        try await reading { reader in
            var names = git_strarray()
            try check(git_remote_list(&names, reader.repository.pointer), "list the remotes")
            defer { git_strarray_dispose(&names) }
            return (0..<names.count).compactMap { index in names.strings[index].map { String(cString: $0) } }
        }
    }

    /// The default branch of a remote, as a clone remembers it; `nil` where it does not.
    public func defaultBranch(of remote: String) async throws -> String? {
        try await reading { reader in
            var head: OpaquePointer?
            defer { git_reference_free(head) }
            let start = "refs/remotes/\(remote)/"
            guard git_reference_lookup(&head, reader.repository.pointer, start + "HEAD") == 0, let head,
                let target = git_reference_symbolic_target(head).map({ String(cString: $0) }), target.hasPrefix(start),
                // Git does not follow where the remote's default branch is another by now.
                try reader.resolve(target) != nil
            else { return nil }
            return String(target.dropFirst(start.utf8.count))
        }
    }

    /// What this repository's own configuration says of the way to remotes: proxies, certificates, headers, programs for SSH and
    /// credentials, rewritten addresses.
    ///
    /// Git commands in another repository, such as a mirror of it, do not see these.
    public func waysToRemotes() async throws -> [(key: String, value: String)] {
        try await reading { reader in
            let repository = reader.repository.pointer
            let config = try Owned(freedBy: git_config_free, "read the configuration") {
                git_repository_config_snapshot(&$0, repository)
            }
            let pattern = #"^(core\.(sshcommand|gitproxy)|(http|credential|url|ssh|protocol)\..*)$"#
            let entries = try Owned(freedBy: git_config_iterator_free, "read the configuration") {
                git_config_iterator_glob_new(&$0, config.pointer, pattern)
            }
            var found: [(key: String, value: String)] = []
            var entry: UnsafeMutablePointer<git_config_entry>?
            while git_config_next(&entry, entries.pointer) == 0, let entry {
                guard entry.pointee.level.rawValue >= GIT_CONFIG_LEVEL_LOCAL.rawValue, let name = entry.pointee.name,
                    let value = entry.pointee.value
                else { continue }
                found.append((String(cString: name), String(cString: value)))
            }
            return found
        }
    }

    /// The last value of a setting such as `remote.origin.url`, from the repository's, the user's and the system's
    /// configuration, or `nil`.
    public func configuration(_ key: String) async throws -> String? {
        try await reading { reader in
            let repository = reader.repository.pointer
            let config = try Owned(freedBy: git_config_free, "read the configuration") {
                git_repository_config_snapshot(&$0, repository)
            }
            var entry: UnsafeMutablePointer<git_config_entry>?
            defer { git_config_entry_free(entry) }
            let code = git_config_get_entry(&entry, config.pointer, key)
            if code == GIT_ENOTFOUND.rawValue || code == GIT_EINVALIDSPEC.rawValue { return nil }
            try check(code, "read the setting \(Sanitized.text(key))")
            return entry?.pointee.value.map { String(cString: $0) }
        }
    }
}
