import Glibc

/// Lock files that a killed process left in a mirror, which nobody but Martlet writes to.
enum StaleLocks {
    /// Older than this is dead: Git holds these locks for milliseconds.
    private static let age = 60

    static func remove(below path: String) {
        for name in ["HEAD.lock", "packed-refs.lock", "config.lock"] { remove("\(path)/\(name)", olderThan: age) }
        Folder.walk("\(path)/refs") { file in if file.hasSuffix(".lock") { remove(file, olderThan: age) } }
    }

    static func remove(_ file: String, olderThan age: Int) {
        var facts = stat()
        if lstat(file, &facts) == 0, time(nil) - facts.st_mtim.tv_sec > age { unlink(file) }
    }
}
