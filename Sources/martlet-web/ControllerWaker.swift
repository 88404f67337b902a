import Engines
import Glibc
import Synchronization

/// Wakes the controllers of a repository, and says once that none listens, and once that one does again.
final class ControllerWaker: Sendable {
    private let socket: String
    private let wasHeard = Mutex(true)

    init(socket: String) { self.socket = socket }

    /// Returns whether anybody heard it.
    func wake() -> Bool {
        let isHeard = WakeSocket.sendToAll(at: socket)
        let hasChanged = wasHeard.withLock { wasHeard in
            defer { wasHeard = isHeard }
            return wasHeard != isHeard
        }
        guard hasChanged else { return isHeard }
        let words = isHeard ? "a controller listens again at \(socket)\n" : "no controller listens at \(socket)\n"
        write(STDERR_FILENO, words, words.utf8.count)
        return isHeard
    }
}
