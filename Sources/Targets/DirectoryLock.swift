import Domain
import Glibc

/// Lets one writer at a time to a model's folder, while others write to theirs: a lock that the system takes back when its holder dies.
///
/// Each folder has one byte of `.martlet.lock`, found by its name; were it another's byte as well, the two would wait for each other. Byte 0
/// is for the folders around them. Locks of open file descriptions (`man fcntl`) keep threads of one process apart, too.
enum DirectoryLock {
    /// `F_OFD_SETLK`, which is not in the headers that Swift sees.
    private static let setLock: Int32 = 37

    /// Runs `body` while nobody else writes to that folder below `root`, or makes and removes folders where none is given. Waits up to
    /// half a minute for that.
    static func hold(
        _ root: String, _ folder: String? = nil, _ body: () throws(TargetFailure) -> Void
    ) throws(TargetFailure) {
        let path = "\(root)/.martlet.lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw TargetFailure(system: "cannot open \(path)") }
        defer { close(descriptor) }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = folder.map(byte) ?? 0
        lock.l_len = 1
        var waited: UInt32 = 0
        while waited < 30_000_000 {
            if fcntl(descriptor, setLock, &lock) == 0 { return try body() }
            guard [EAGAIN, EACCES, EINTR].contains(errno) else { throw TargetFailure(system: "cannot lock \(path)") }
            let pause = min(100_000, 1000 + waited / 4)
            usleep(pause)
            waited += pause
        }
        let place = folder.map { "\(root)/\($0)" } ?? root
        throw TargetFailure("another process has been writing to \(place) for half a minute", remedy: .retry)
    }

    private static func byte(of folder: String) -> Int {
        1 + (Int(SHA256.digest(of: folder.utf8).digits.prefix(15), radix: 16) ?? 0)
    }
}
