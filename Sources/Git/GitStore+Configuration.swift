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
