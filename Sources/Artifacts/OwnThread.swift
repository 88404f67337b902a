import Dispatch

/// Runs work that blocks on a thread of its own, so that it never holds one of the concurrency pool's few.
final class OwnThread: TaskExecutor {
    private let queue = DispatchQueue(label: "martlet.artifacts")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Where the task that waits is cancelled, so is the work.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let thread = OwnThread()
        let work = Task(executorPreference: thread) {
            defer { withExtendedLifetime(thread) {} }
            return try body()
        }
        return try await withTaskCancellationHandler {
            try await work.value
        } onCancel: {
            work.cancel()
        }
    }
}
