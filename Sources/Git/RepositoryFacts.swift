import CLibgit2

/// What a repository says about itself when it is opened.
struct RepositoryFacts: Sendable {
    let path: String
    let commonPath: String
    let workTree: String?
    let isBare: Bool
    let headBranch: String?

    init(_ repository: borrowing Owned) {
        let repository = repository.pointer
        path = git_repository_path(repository).map(Self.folder) ?? ""
        commonPath = git_repository_commondir(repository).map(Self.folder) ?? path
        workTree = git_repository_workdir(repository).map(Self.folder)
        isBare = git_repository_is_bare(repository) != 0
        var head: OpaquePointer?
        git_reference_lookup(&head, repository, "HEAD")
        defer { git_reference_free(head) }
        let target = head.flatMap { git_reference_symbolic_target($0) }.map { String(cString: $0) }
        headBranch = target.flatMap { $0.hasPrefix("refs/heads/") ? String($0.dropFirst(11)) : nil }
    }

    private static func folder(_ text: UnsafePointer<CChar>) -> String {
        let path = String(cString: text)
        return path.utf8.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}
