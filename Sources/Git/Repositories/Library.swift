import CGitShims
import CLibgit2

/// libgit2 itself, set up once for the whole process and never shut down.
enum Library {
    /// Touch it before the first call.
    static let ready: Void = {
        git_libgit2_init()
        // The default of 4 KB keeps no tree of more than about 100 entries.
        _ = martlet_git_cache_objects(GIT_OBJECT_TREE.rawValue, 8 << 20)
        _ = martlet_git_cache_size(64 << 20)
        // It knows no `safe.directory = *`, and its versions differ: RepositoryOwner looks instead.
        _ = martlet_git_check_owner(0)
        // `git sparse-checkout` sets the first; it adds settings for work trees, which nothing here reads. The second may say that objects
        // are named by SHA-1, as they are; RepositoryHandle turns away what says anything else.
        _ = martlet_git_allow_extensions("worktreeconfig", "objectformat")
    }()
}
