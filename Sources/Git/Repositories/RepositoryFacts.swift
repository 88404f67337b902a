import CLibgit2

/// What a repository says about itself when it is opened.
struct RepositoryFacts: Sendable {
    let path: String
    let commonPath: String
    let workTree: String?
    let isBare: Bool
    let headBranch: String?
    /// Whether the work tree leaves out files that are in the repository.
    let isSparse: Bool
    /// The folder that `lfs.storage` names; what is relative is in the folder of the repository.
    let lfsStorage: String?

    init(_ repository: borrowing Owned) {
        let repository = repository.pointer
        path = git_repository_path(repository).map(Self.folder) ?? ""
        commonPath = git_repository_commondir(repository).map(Self.folder) ?? path
        lfsStorage = Self.setting("lfs.storage", of: repository).map { [commonPath] in
            $0.hasPrefix("/") ? $0 : "\(commonPath)/\($0)"
        }
        isSparse = Self.isSparse(repository, path)
        workTree = git_repository_workdir(repository).map(Self.folder)
        isBare = git_repository_is_bare(repository) != 0
        var head: OpaquePointer?
        git_reference_lookup(&head, repository, "HEAD")
        defer { git_reference_free(head) }
        let target = head.flatMap { git_reference_symbolic_target($0) }.map { String(cString: $0) }
        headBranch = target.flatMap { $0.hasPrefix("refs/heads/") ? String($0.dropFirst(11)) : nil }
    }

    /// `git sparse-checkout` writes it into a file of the work tree's own, which this libgit2 does not read by itself.
    private static func isSparse(_ repository: OpaquePointer, _ path: String) -> Bool {
        var config: OpaquePointer?
        guard git_repository_config_snapshot(&config, repository) == 0 else { return false }
        defer { git_config_free(config) }
        var own: OpaquePointer?
        guard git_config_open_ondisk(&own, path + "/config.worktree") == 0 else { return false }
        defer { git_config_free(own) }
        var value: Int32 = 0
        for place in [own, config] where git_config_get_bool(&value, place, "core.sparseCheckout") == 0 {
            return value != 0
        }
        return false
    }

    private static func setting(_ key: String, of repository: OpaquePointer) -> String? {
        var config: OpaquePointer?
        guard git_repository_config_snapshot(&config, repository) == 0 else { return nil }
        defer { git_config_free(config) }
        var value: UnsafePointer<CChar>?
        guard git_config_get_string(&value, config, key) == 0, let value else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : folder(text)
    }

    private static func folder(_ text: UnsafePointer<CChar>) -> String {
        let path = String(cString: text)
        return path.utf8.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}
