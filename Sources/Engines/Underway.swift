import Domain
import Glibc
import Synchronization

/// What this process has under way outside of itself: programs that run, and folders in which they do.
///
/// A signal is for the process as a whole, so there is one of it for the process as a whole.
enum Underway {
    private struct State {
        var programs: [ObjectIdentifier: Interrupt] = [:]
        var folders: Set<String> = []
        var isOver = false
        /// Kept, since nobody goes on who waits for what was ended.
        var waiting: [CheckedContinuation<CommandResult, Never>] = []
    }

    private static let state = Mutex(State())

    /// Whether there still is anything to wait for.
    static var isBusy: Bool { state.withLock { !$0.programs.isEmpty } }

    /// Whether a program may be started.
    static func begin(_ interrupt: Interrupt) -> Bool {
        state.withLock { state in
            guard !state.isOver else { return false }
            state.programs[ObjectIdentifier(interrupt)] = interrupt
            return true
        }
    }

    /// Whether anybody is to hear how it ended.
    static func end(_ interrupt: Interrupt) -> Bool {
        state.withLock { state in
            state.programs[ObjectIdentifier(interrupt)] = nil
            return !state.isOver
        }
    }

    static func hold(_ continuation: CheckedContinuation<CommandResult, Never>) {
        state.withLock { $0.waiting.append(continuation) }
    }

    static func add(folder: String) { state.withLock { _ = $0.folders.insert(folder) } }

    static func remove(folder: String) { state.withLock { _ = $0.folders.remove(folder) } }

    /// From here on nothing begins. Returns what is under way.
    static func close() -> (programs: [Interrupt], folders: Set<String>) {
        state.withLock { state in
            state.isOver = true
            return (Array(state.programs.values), state.folders)
        }
    }
}
