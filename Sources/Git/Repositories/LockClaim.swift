import Glibc

/// What this process is about to lock, in a file beside the references, so that whoever comes next knows whose a lock is that stays.
///
/// Git's lock files do not say who made them. This file is held by `flock`, which ends with the process, however that dies: one that
/// nobody holds was a dead process's, and the locks that it names and that were made in its time died with it.
final class LockClaim {
    private static let start = "martlet-claim-"
    /// Moving references takes milliseconds: a lock that was made this much later, in seconds, or before the claim is somebody else's.
    private static let span = 0.5
    /// A lock that is younger, in seconds, is left for the next look: its holder may be alive.
    private static let youth = 0.2

    private let path: String
    private let file: Int32

    /// - Parameter locks: Of references: other locks wait for their age.
    ///
    /// `nil` where no file can be made or held there; the locks of dead processes then wait for their age.
    init?(on locks: [String], in repository: String) {
        path = "\(repository)\(Self.start)\(getpid())-\(UInt32.random(in: 0 ... .max))"
        file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard file >= 0 else { return nil }
        let text = Array(locks.joined(separator: "\n").utf8)
        var facts = stat()
        // Between making and holding it, another may have taken it for a dead one's and removed it.
        guard flock(file, LOCK_EX | LOCK_NB) == 0, write(file, text, text.count) == text.count,
            fstat(file, &facts) == 0, facts.st_nlink == 1
        else { return nil }
    }

    deinit {
        guard file >= 0 else { return }
        unlink(path)
        close(file)
    }

    /// Removes the locks of processes that died while they moved references, and gives them.
    static func clear(in repository: String) -> [String] {
        let claims = Folder.names(in: repository).filter { $0.hasPrefix(start) }
        guard !claims.isEmpty else { return [] }
        // One at a time: between looking and removing, another could have removed the dead lock, and a third taken a living one.
        let folder = open(repository, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return [] }
        defer { close(folder) }
        guard flock(folder, LOCK_EX) == 0 else { return [] }
        return claims.flatMap { locks(of: repository + $0, in: repository) }
    }

    private static func locks(of claim: String, in repository: String) -> [String] {
        let file = open(claim, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var facts = stat()
        guard flock(file, LOCK_EX | LOCK_NB) == 0, fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG,
            facts.st_nlink == 1, let names = names(in: file, size: Int(facts.st_size))
        else { return [] }
        var removed: [String] = [], mayLive = false
        for lock in names where lock.hasPrefix(repository + "refs/") && lock.hasSuffix(".lock") {
            var made = stat(), now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            guard !lock.contains("/../"), lstat(lock, &made) == 0, made.st_mode & S_IFMT == S_IFREG,
                (0..<span).contains(seconds(made.st_mtim) - seconds(facts.st_mtim))
            else { continue }
            if seconds(now) - seconds(made.st_mtim) < youth {
                mayLive = true
            } else if unlink(lock) == 0 {
                removed.append(lock)
            }
        }
        if !mayLive { unlink(claim) }
        return removed
    }

    private static func names(in file: Int32, size: Int) -> [String]? {
        guard size < 1 << 24 else { return nil }
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = max(0, pread(file, buffer.baseAddress, size, 0))
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private static func seconds(_ time: timespec) -> Double { Double(time.tv_sec) + Double(time.tv_nsec) / 1e9 }
}
