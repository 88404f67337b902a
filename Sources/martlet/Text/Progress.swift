import Data
import Domain
import Synchronization

/// Says on a terminal how far long work has come: one line on standard error, from a second after its start until its end.
///
/// The work itself only counts; the line is drawn beside it, a few times a second.
final class Progress: Sendable {
    /// What a table's readers write down, which the line tells, too.
    let watch = ReadingWatch()
    private let line: Line?
    private let state = Mutex<(text: String, isDrawn: Bool, isOver: Bool)>(("", false, false))

    /// Where it is drawn: an empty text takes it away.
    struct Line: Sendable {
        var delay: Duration = .seconds(1)
        var pause: Duration = .milliseconds(300)
        var draw: @Sendable (_ text: String) -> Void

        /// `nil` where nobody looks.
        static var onTerminal: Line? { Terminal.showsProgress ? Line(draw: Terminal.progress) : nil }
    }

    init(_ line: Line? = nil) { self.line = line }

    /// What is done now.
    func tell(_ text: String) {
        watch.begin()
        state.withLock { $0.text = text }
    }

    /// Does the work, and takes the line away at its end.
    static func during<Value, Failure: Error>(
        on line: Line? = .onTerminal, _ work: (Progress) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let progress = Progress(line)
        let drawing = progress.start()
        defer { progress.end(drawing) }
        return try work(progress)
    }

    /// The same for work that waits.
    static func during<Value>(
        on line: Line? = .onTerminal, isolation: isolated (any Actor)? = #isolation,
        _ work: (Progress) async throws -> Value
    ) async rethrows -> Value {
        let progress = Progress(line)
        let drawing = progress.start()
        defer { progress.end(drawing) }
        return try await work(progress)
    }

    private func start() -> Task<Void, any Error>? {
        guard let line else { return nil }
        return Task.detached { [self] in
            try await Task.sleep(for: line.delay)
            while true {
                state.withLock { state in
                    guard !state.isOver, !state.text.isEmpty else { return }
                    line.draw(state.text + read)
                    state.isDrawn = true
                }
                try await Task.sleep(for: line.pause)
            }
        }
    }

    /// How much of a table was read; nothing where no table is.
    private var read: String {
        let rows = watch.rows
        guard rows > 0 else { return "" }
        return ": \(rows) rows" + (watch.share.map { ", \(Int($0 * 100)) %" } ?? "")
    }

    private func end(_ drawing: Task<Void, any Error>?) {
        drawing?.cancel()
        state.withLock { state in
            state.isOver = true
            if state.isDrawn { line?.draw("") }
        }
    }
}
