import Synchronization

/// How much is open at a time, over all connections: what anybody may send must not fill the machine.
final class Load: Sendable {
    private struct Held {
        var connections = 0
        var bytes = 0
    }

    private let mostConnections: Int
    private let mostBytes: Int
    private let held = Mutex(Held())

    init(connections: Int, bytes: Int) {
        mostConnections = connections
        mostBytes = bytes
    }

    /// Counts a connection; `false` where it is one too many, which is counted, too.
    func open() -> Bool {
        held.withLock { held in
            held.connections += 1
            return held.connections <= mostConnections
        }
    }

    /// Counts bytes that are kept; `false`, and nothing counted, where they are too many.
    func keep(_ bytes: Int) -> Bool {
        held.withLock { held in
            guard held.bytes + bytes <= mostBytes else { return false }
            held.bytes += bytes
            return true
        }
    }

    func drop(_ bytes: Int) { held.withLock { $0.bytes -= bytes } }

    func close() { held.withLock { $0.connections -= 1 } }
}
