import Dispatch

/// Runs work that blocks on a thread of its own, so that it never holds one of the concurrency pool's few.
enum OwnThread {
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "martlet.targets").async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
