import Synchronization

/// Runs checks and reads artifacts, each on a thread of its own, and leaves those that do not come to their end in time.
///
/// The clock that ends them runs on the concurrency pool, which they therefore must not hold.
final class TimedRuns: Sendable {
    /// The runs under way, those among them that were left.
    private let running = Mutex<Set<String>>([])

    enum Ending<Value: Sendable>: Sendable {
        case value(Value)
        /// Its time was over. It was told to stop, and what it may still find is lost.
        case overdue
        /// An earlier run under the same name was left and goes on: another one would only take as much again.
        case stuck
    }

    /// How long what was told to stop is waited for: so long programs have to end.
    private static let grace = Duration.seconds(3)

    /// - Parameter name: Of what is run; two runs of one name never go on at a time.
    func run<Value: Sendable>(
        _ name: String, within limit: Duration, _ body: @escaping @Sendable () async -> Value
    ) async -> Ending<Value> {
        guard running.withLock({ $0.insert(name).inserted }) else { return .stuck }
        let (events, event) = AsyncStream.makeStream(of: Value?.self)
        let thread = TaskThread("timed")
        let work = Task(executorPreference: thread) {
            let value = await body()
            _ = self.running.withLock { $0.remove(name) }
            event.yield(value)
            withExtendedLifetime(thread) {}
        }
        let timer = Task {
            try await Task.sleep(for: limit)
            event.yield(nil)
            work.cancel()
            try await Task.sleep(for: Self.grace)
            event.finish()
        }
        defer {
            timer.cancel()
            work.cancel()
        }
        var isOverdue = false
        for await value in events {
            if isOverdue { break }
            if let value { return .value(value) }
            isOverdue = true
        }
        return .overdue
    }
}
