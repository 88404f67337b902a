import Glibc
import Synchronization

/// Runs loops of independent steps on several threads of their own, off the concurrency pool.
enum Workers {
    /// Runs `body` for 0..<count on `threads` threads, this one among them, and returns when all are done.
    static func each(_ count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let work = Work(count: count, body: body)
        let helpers = (1..<max(1, min(threads, count))).compactMap { _ in start(work) }
        work.run()
        for helper in helpers { pthread_join(helper, nil) }
    }

    /// Hands out the steps one by one.
    private final class Work: Sendable {
        private let next = Atomic<Int>(0)
        private let count: Int
        private let body: @Sendable (Int) -> Void

        init(count: Int, body: @escaping @Sendable (Int) -> Void) {
            self.count = count
            self.body = body
        }

        func run() {
            while true {
                let step = next.add(1, ordering: .relaxed).oldValue
                guard step < count else { return }
                body(step)
            }
        }
    }

    /// `nil` where the system gives no thread: the others then do its share.
    private static func start(_ work: Work) -> pthread_t? {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(work).toOpaque()
        let code = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, context)
        if code == 0 { return thread }
        Unmanaged<Work>.fromOpaque(context).release()
        return nil
    }
}

/// A value that threads take turns to change.
final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    func update<Result: Sendable>(_ body: (inout Value) -> Result) -> Result { value.withLock { body(&$0) } }
}
