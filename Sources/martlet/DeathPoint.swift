import Glibc

/// Lets a test kill the program at a chosen point of its work. Does nothing in release builds.
enum DeathPoint {
    static func reached(_ name: String) {
        #if DEBUG
            guard let wanted = getenv("MARTLET_DIE_AT"), let left = Int(String(cString: wanted)) else { return }
            if count.next() == left { kill(getpid(), SIGKILL) }
        #endif
    }

    #if DEBUG
        private static let count = Counter()
    #endif
}

#if DEBUG
    import Synchronization

    /// Counts from one, on any thread.
    private final class Counter: Sendable {
        private let value = Mutex(0)

        func next() -> Int {
            value.withLock { value in
                value += 1
                return value
            }
        }
    }
#endif
