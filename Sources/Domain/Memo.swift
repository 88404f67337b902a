import Synchronization

/// What one check of a subject found out and others need, too; kept as long as the subject is.
public final class Memo: Sendable {
    private let values = Mutex<[String: any Sendable]>([:])

    public init() {}

    /// What is kept by that name, or else what `make` gives. What throws is not kept.
    public func value<Value: Sendable>(_ name: String, or make: () async throws -> Value) async throws -> Value {
        if let known = values.withLock({ $0[name] }) as? Value { return known }
        let value = try await make()
        values.withLock { $0[name] = value }
        return value
    }
}
