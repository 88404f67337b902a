import CLibgit2
import Glibc

/// Opens repositories, and turns away those that Martlet cannot work in, each with its reason.
enum RepositoryHandle {
    /// Opens the repository at `path` or above it, as the git program would.
    ///
    /// - Parameter fromEnvironment: Honours `GIT_DIR`, `GIT_INDEX_FILE`, `GIT_OBJECT_DIRECTORY` and so on. A hook needs
    ///   that: only so does it see the objects of a push that is still in quarantine.
    static func open(_ path: String, fromEnvironment: Bool) throws(GitError) -> Owned {
        _ = Library.ready
        var flags: UInt32 = 0
        var start: String? = path
        if fromEnvironment {
            flags = GIT_REPOSITORY_OPEN_FROM_ENV.rawValue
            if getenv("GIT_DIR") != nil { start = nil }
            // libgit2 refuses to open at all where one of these is set; the object database needs neither.
            unsetenv("GIT_WORK_TREE")
            unsetenv("GIT_COMMON_DIR")
        }
        let repository: Owned
        do throws(GitError) {
            repository = try Owned(freedBy: git_repository_free, "open \(path)") {
                git_repository_open_ext(&$0, start, flags, nil)
            }
        } catch {
            throw RepositoryDiagnosis.explain(error, path: start ?? String(cString: getenv("GIT_DIR")))
        }
        try RepositoryOwner.expectTrust(in: repository)
        try RepositoryDiagnosis.refuseOtherObjects(repository, path: path)
        try RepositoryDiagnosis.refuseIncomplete(repository, path: path)
        try LooseObjects.read(in: repository, fromEnvironment: fromEnvironment)
        return repository
    }

    /// Makes an empty repository whose first branch is `branch`. One that is there already stays as it is.
    static func create(_ path: String, bare: Bool, branch: String) throws(GitError) {
        _ = Library.ready
        var options = git_repository_init_options()
        try check(
            git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION)), "create \(path)")
        options.flags = GIT_REPOSITORY_INIT_MKDIR.rawValue | GIT_REPOSITORY_INIT_MKPATH.rawValue
        if bare { options.flags |= GIT_REPOSITORY_INIT_BARE.rawValue }
        let name = strdup(branch)
        defer { free(name) }
        options.initial_head = UnsafePointer(name)
        _ = try Owned(freedBy: git_repository_free, "create \(path)") {
            git_repository_init_ext(&$0, path, &options)
        }
    }
}
