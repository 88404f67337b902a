import Glibc

/// Lock files that a killed process left in a mirror, which nobody but Martlet writes to.
enum StaleLocks {
    /// Older than this is dead: Git holds these locks for milliseconds.
    private static let age = 60

    static func remove(below path: String) {
        let now = time(nil)
        for name in ["HEAD.lock", "packed-refs.lock", "config.lock"] { remove("\(path)/\(name)", now) }
        Folder.walk("\(path)/refs") { file in if file.hasSuffix(".lock") { remove(file, now) } }
    }

    private static func remove(_ file: String, _ now: time_t) {
        var facts = stat()
        if lstat(file, &facts) == 0, now - facts.st_mtim.tv_sec > age { unlink(file) }
    }
}
