import Glibc
import Synchronization

/// Wakes the thread that watches a program, from whichever thread cancels the task.
final class Interrupt: Sendable {
    private let ends: Mutex<PipeEnds?>

    init() { ends = Mutex(PipeEnds()) }

    /// Becomes readable when ``fire()`` was called; -1 where no pipe could be had, which `poll` ignores.
    var descriptor: Int32 {
        ends.withLock { ends in
            switch ends {
            case .some(let ends): ends.reading.number
            case .none: -1
            }
        }
    }

    func fire() {
        ends.withLock { ends in
            switch ends {
            case .some(let ends):
                var byte: UInt8 = 1
                _ = write(ends.writing.number, &byte, 1)
            case .none: break
            }
        }
    }
}
