import Domain
import Synchronization

/// A remote at which somebody else does something, once, in the moment before a push.
final class MeddlingRemote: Remote {
    private let remote: any Remote
    private let meddling = Mutex<(@Sendable () throws -> Void)?>(nil)

    init(_ remote: any Remote) { self.remote = remote }

    func before(push meddle: @escaping @Sendable () throws -> Void) { meddling.withLock { $0 = meddle } }

    func references(_ patterns: [String]) async throws -> [String: ObjectID] { try await remote.references(patterns) }

    func fetch(_ patterns: [String]) async throws { try await remote.fetch(patterns) }

    func push(_ updates: [ReferenceUpdate]) async throws -> PushOutcome {
        let meddle = meddling.withLock { meddling in
            defer { meddling = nil }
            return meddling
        }
        try meddle?()
        return try await remote.push(updates)
    }
}
