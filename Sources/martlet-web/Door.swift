import Engines
import Glibc
import Synchronization

/// The controller's door: rings there, and says once that nobody opens, and once that somebody does again.
final class Door: Sendable {
    private let socket: String
    private let isOpen = Mutex(true)

    init(socket: String) { self.socket = socket }

    /// Returns whether anybody heard it.
    func ring() -> Bool {
        let isHeard = Bell.ringAll(at: socket)
        let hasChanged = isOpen.withLock { isOpen in
            defer { isOpen = isHeard }
            return isOpen != isHeard
        }
        guard hasChanged else { return isHeard }
        let words = isHeard ? "a controller listens again at \(socket)\n" : "no controller listens at \(socket)\n"
        write(STDERR_FILENO, words, words.utf8.count)
        return isHeard
    }
}
