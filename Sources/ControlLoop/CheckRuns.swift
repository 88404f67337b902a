import Dispatch
import Domain
import Synchronization

/// Runs checks, each on a thread of its own, and leaves those that do not come to their end in time.
///
/// What blocks or computes for long must not hold one of the concurrency pool's few threads: the clock that ends it runs there.
final class CheckRuns: Sendable {
    /// The runs under way, those among them that were left.
    private let running = Mutex<Set<String>>([])

    enum Ending: Sendable {
        case outcome(Outcome)
        /// Its time was over. It was told to stop, and what it may still find is lost.
        case overdue
        /// An earlier run under the same name was left and goes on: another one would only take as much again.
        case stuck
    }

    /// How long what was told to stop is waited for: so long programs have to end.
    private static let grace = Duration.seconds(3)

    /// - Parameter name: Of what is run; two runs of one name never go on at a time.
    func run(_ name: String, within limit: Duration, _ body: @escaping @Sendable () async -> Outcome) async -> Ending {
        guard running.withLock({ $0.insert(name).inserted }) else { return .stuck }
        let (events, event) = AsyncStream.makeStream(of: Outcome?.self)
        let thread = CheckThread()
        let work = Task(executorPreference: thread) {
            let outcome = await body()
            _ = self.running.withLock { $0.remove(name) }
            event.yield(outcome)
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
        for await outcome in events {
            if isOverdue { break }
            if let outcome { return .outcome(outcome) }
            isOverdue = true
        }
        return .overdue
    }
}

/// A thread for one task.
private final class CheckThread: TaskExecutor {
    private let queue = DispatchQueue(label: "martlet.check")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
