import Glibc

/// Owns one file descriptor and closes it exactly once.
///
/// Its number is 3 or more, so that it never stands in the way of a child's standard streams, and programs that are started do not inherit it.
struct Descriptor: ~Copyable {
    let number: Int32

    /// Takes over `raw`, what a system call gave; `nil` where that failed.
    init?(owning raw: Int32) {
        guard raw >= 0 else { return nil }
        if raw >= 3 {
            _ = fcntl(raw, F_SETFD, FD_CLOEXEC)
            number = raw
        } else {
            let high = fcntl(raw, F_DUPFD_CLOEXEC, 3)
            close(raw)
            guard high >= 0 else { return nil }
            number = high
        }
    }

    deinit { close(number) }

    /// The number, to be closed by whoever takes it.
    consuming func handedOver() -> Int32 {
        let number = number
        discard self
        return number
    }

    func setNonBlocking() { _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK) }
}

/// Both ends of a pipe.
struct PipeEnds: ~Copyable {
    var reading: Descriptor
    var writing: Descriptor

    /// `nil` where the process has no descriptors left.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        let first = Descriptor(owning: ends[0]), second = Descriptor(owning: ends[1])
        guard let first, let second else { return nil }
        first.setNonBlocking()
        reading = first
        writing = second
    }
}
