import Domain
import Glibc

/// Lets one writer at a time into a directory: a lock that the system takes back when its holder dies.
enum DirectoryLock {
    /// Runs `body` while nobody else writes. Waits up to half a minute for that.
    static func hold(_ root: String, _ body: () throws(TargetFailure) -> Void) throws(TargetFailure) {
        let path = "\(root)/.martlet.lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw TargetFailure(system: "cannot open \(path)") }
        defer { close(descriptor) }
        for _ in 0..<300 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return try body() }
            usleep(100_000)
        }
        throw TargetFailure("another process has been writing to \(root) for half a minute", remedy: .retry)
    }
}
