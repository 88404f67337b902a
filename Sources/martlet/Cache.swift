import Domain
import Glibc

/// Folders for what can be made again at any time.
enum Cache {
    /// A folder of its own for each repository, by the digest of where it is. It need not be there.
    static func place(for repository: String) -> String {
        "\(base ?? ownFolder)/\(SHA256.digest(of: Array(repository.utf8)).digits.prefix(16))"
    }

    /// The same, made where it is not there and can be. What only saves time does without: then nothing can be read or written there.
    static func folderOrNone(for repository: String) -> String { (try? folder(for: repository)) ?? "/dev/null" }

    /// The same, made where it is not there.
    static func folder(for repository: String) throws -> String {
        if base == nil {
            try make(ownFolder)
            try expectOurs(ownFolder)
        }
        let folder = place(for: repository)
        try make(folder)
        return folder
    }

    /// Where the environment says that caches are.
    private static var base: String? {
        variable("MARTLET_CACHE") ?? variable("XDG_CACHE_HOME").map { $0 + "/martlet" }
            ?? variable("HOME").map { $0 + "/.cache/martlet" }
    }

    /// The user's own folder among those of others, where the environment says nothing.
    private static var ownFolder: String { (variable("TMPDIR") ?? "/tmp") + "/martlet-\(geteuid())" }

    private static func variable(_ name: String) -> String? {
        ProcessFacts.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Anybody may have made the folder before: what another put there, or may put there, counts for nothing.
    private static func expectOurs(_ folder: String) throws {
        var facts = stat()
        guard lstat(folder, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR, facts.st_uid == geteuid(),
            facts.st_mode & 0o077 == 0
        else {
            throw CacheFailure(
                description: "\(folder) is not this user's alone, so it is no cache folder; "
                    + "set HOME, or MARTLET_CACHE to another place")
        }
    }

    private static func make(_ folder: String) throws {
        var path = folder.hasPrefix("/") ? "" : "."
        for part in folder.pathParts() {
            path += "/\(part)"
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
                throw CacheFailure(
                    description: "cannot make the cache folder \(path): \(String(cString: strerror(errno))); "
                        + "MARTLET_CACHE names another place")
            }
        }
    }
}

struct CacheFailure: Failure {
    let description: String
    var remedy: Remedy { .askHuman }
}
