import CLibgit2
import Glibc

/// Finds out why a repository cannot be used, in words that help.
enum RepositoryDiagnosis {
    /// libgit2's reason, or a better one.
    static func explain(_ error: GitError, path: String) -> GitError {
        guard let folder = gitFolder(above: path) else {
            return GitError(
                .notFound, error.operation, "there is no Git repository at \(path) or above it",
                hint: "name a clone or a bare repository with -C PATH")
        }
        if let (what, hint) = unsupportedFormat(folder) {
            return GitError(.unsupported, error.operation, what, hint: hint)
        }
        return error
    }

    static func refuseOtherObjects(_ repository: borrowing Owned, path: String) throws(GitError) {
        guard let folder = git_repository_commondir(repository.pointer),
            let config = configuration(String(cString: folder)),
            let format = value("extensions.objectformat", in: config), format != "sha1"
        else { return }
        throw GitError(
            .unsupported, "open \(path)", "its objects are named by \(format)",
            hint: "Martlet works in SHA-1 repositories")
    }

    static func refuseIncomplete(_ repository: borrowing Owned, path: String) throws(GitError) {
        if git_repository_is_shallow(repository.pointer) != 0 {
            throw GitError(
                .unsupported, "work in \(path)", "it is a shallow clone, so history is missing",
                hint: "run: git fetch --unshallow")
        }
        if try isPartial(repository, path: path) {
            throw GitError(
                .unsupported, "work in \(path)", "it is a partial clone, so objects are missing",
                hint: "clone it again without --filter")
        }
    }

    private static func isPartial(_ repository: borrowing Owned, path: String) throws(GitError) -> Bool {
        let pointer = repository.pointer
        let config = try Owned(freedBy: git_config_free, "read the configuration of \(path)") {
            git_repository_config(&$0, pointer)
        }
        let settings = config.pointer
        // Not by libgit2's own pattern matching: it leaks 20 KB for each setting that does not match.
        let iterator = try Owned(freedBy: git_config_iterator_free, "read the configuration of \(path)") {
            git_config_iterator_new(&$0, settings)
        }
        var entry: UnsafeMutablePointer<git_config_entry>?
        while git_config_next(&entry, iterator.pointer) == 0 {
            guard let entry = entry?.pointee, let value = entry.value, isPromise(String(cString: entry.name)) else {
                continue
            }
            if !["false", "no", "off", "0"].contains(String(cString: value)) { return true }
        }
        return false
    }

    private static func isPromise(_ name: String) -> Bool {
        name == "extensions.partialclone" || name.hasPrefix("remote.") && name.hasSuffix(".promisor")
    }

    /// The folder that holds the `config` file: a bare repository, or `.git`, at `path` or above.
    private static func gitFolder(above path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        var folder = String(cString: real)
        while true {
            for candidate in [folder, folder + "/.git"] where access(candidate + "/HEAD", F_OK) == 0 {
                return candidate
            }
            guard let slash = folder.lastIndex(of: "/"), folder != "/" else { return nil }
            folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
        }
    }

    private static func unsupportedFormat(_ folder: String) -> (what: String, hint: String)? {
        guard let config = configuration(folder) else { return nil }
        if let format = value("extensions.objectformat", in: config), format != "sha1" {
            return ("its objects are named by \(format)", "Martlet works in SHA-1 repositories")
        }
        if let format = value("extensions.refstorage", in: config), format != "files" {
            return (
                "its references are stored as \(format)",
                "Martlet works with reference files: git refs migrate --ref-format=files"
            )
        }
        return nil
    }

    private static func configuration(_ folder: String) -> Owned? {
        try? Owned(freedBy: git_config_free, "read \(folder)/config") {
            git_config_open_ondisk(&$0, folder + "/config")
        }
    }

    private static func value(_ key: String, in config: borrowing Owned) -> String? {
        var entry: UnsafeMutablePointer<git_config_entry>?
        guard git_config_get_entry(&entry, config.pointer, key) == 0 else { return nil }
        defer { git_config_entry_free(entry) }
        return entry?.pointee.value.map { String(cString: $0) }
    }
}
