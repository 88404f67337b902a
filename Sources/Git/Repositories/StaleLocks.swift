import Glibc

/// Lock files that killed processes left.
enum StaleLocks {
    /// Older than this, in seconds, is dead in a mirror, which nobody but Martlet writes to: Git holds these locks for milliseconds.
    private static let age = 60
    /// The same where others work as well, perhaps on a clock of their own.
    static let sharedAge = 300

    static func remove(below path: String) {
        for name in ["HEAD.lock", "packed-refs.lock", "config.lock"] { remove("\(path)/\(name)", olderThan: age) }
        Folder.walk("\(path)/refs") { file in if file.hasSuffix(".lock") { remove(file, olderThan: age) } }
    }

    @discardableResult
    static func remove(_ file: String, olderThan limit: Int) -> Bool {
        guard let age = age(of: file), age > limit else { return false }
        return unlink(file) == 0
    }

    /// Removes those of `files` that are dead, and gives them. Only one Martlet at a time does so: between looking and removing, another
    /// could have removed the dead lock and taken a living one.
    static func removeShared(_ files: [String], in repository: String) -> [String] {
        let folder = open(repository, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return [] }
        defer { close(folder) }
        guard flock(folder, LOCK_EX) == 0 else { return [] }
        return files.filter { remove($0, olderThan: sharedAge) }
    }

    /// How many seconds ago a file was written; `nil` where it is not there.
    static func age(of file: String) -> Int? {
        var facts = stat()
        return lstat(file, &facts) == 0 ? time(nil) - facts.st_mtim.tv_sec : nil
    }
}
