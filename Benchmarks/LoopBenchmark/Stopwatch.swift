import Synchronization

/// Remembers at which CPU time the loop reached a step.
final class Stopwatch: Sendable {
    private let marks = Mutex<[String: Double]>([:])

    func mark(_ step: String) {
        let now = processSeconds()
        marks.withLock { if $0[step] == nil { $0[step] = now } }
    }

    func clear() { marks.withLock { $0 = [:] } }

    func time(of step: String) -> Double? { marks.withLock { $0[step] } }
}
