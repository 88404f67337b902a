import CLibgit2
import Glibc

/// Turns away repositories of other users, whose settings and hooks could be traps, unless the user trusts them; as the git program does
/// (`safe.directory` in git-config(1)).
enum RepositoryOwner {
    static func expectTrust(in repository: borrowing Owned) throws(GitError) {
        guard let folder = git_repository_path(repository.pointer).map({ String(cString: $0) }) else { return }
        let workTree = git_repository_workdir(repository.pointer).map { String(cString: $0) }
        // Of a linked work tree, `.git` is a file, which leads to the repository.
        let places = [folder] + (workTree.map { [$0, $0 + ".git"] } ?? [])
        guard let foreign = places.first(where: { !isOurs($0) }) else { return }
        let named = real(workTree ?? folder)
        guard try !isTrusted(named, real(folder)) else { return }
        throw GitError(
            .foreignOwner, "open \(named)", "\(real(foreign)) belongs to another user",
            hint: "if you trust it: git config --global --add safe.directory \(named)")
    }

    private static func isOurs(_ path: String) -> Bool {
        var facts = stat()
        guard lstat(path, &facts) == 0 else { return errno == ENOENT }
        if facts.st_uid == geteuid() { return true }
        return geteuid() == 0 && getenv("SUDO_UID").flatMap { uid_t(String(cString: $0)) } == facts.st_uid
    }

    /// What the user's and the system's configuration say, never the repository's own. An empty value takes back those before it.
    private static func isTrusted(_ named: String, _ folder: String) throws(GitError) -> Bool {
        let operation = "read the user's Git configuration"
        let config = try Owned(freedBy: git_config_free, operation) { git_config_open_default(&$0) }
        let settings = config.pointer
        let iterator = try Owned(freedBy: git_config_iterator_free, operation) {
            git_config_iterator_new(&$0, settings)
        }
        var entry: UnsafeMutablePointer<git_config_entry>?
        var isTrusted = false
        while git_config_next(&entry, iterator.pointer) == 0 {
            guard let entry = entry?.pointee, String(cString: entry.name) == "safe.directory" else { continue }
            let value = entry.value.map { String(cString: $0) } ?? ""
            if value.isEmpty {
                isTrusted = false
            } else if covers(value, named, folder) {
                isTrusted = true
            }
        }
        return isTrusted
    }

    private static func covers(_ value: String, _ named: String, _ folder: String) -> Bool {
        if value == "*" { return true }
        let home = getenv("HOME").map { String(cString: $0) } ?? ""
        let path = value.hasPrefix("~/") ? home + value.dropFirst() : value
        if path.hasSuffix("/*") { return named.hasPrefix(path.dropLast()) }
        return path.hasPrefix("/") && [named, folder].contains(real(path))
    }

    /// The path without links and a last slash, as messages and settings write it.
    private static func real(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}
