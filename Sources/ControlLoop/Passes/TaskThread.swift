import Dispatch

/// A thread for one task, for as long as that keeps it: what blocks or computes for long must not hold one of the concurrency pool's few.
public final class TaskThread: TaskExecutor {
    private let queue: DispatchQueue

    public init(_ label: String) { queue = DispatchQueue(label: "martlet.\(label)") }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
