import Domain
import Synchronization

/// A remote at which somebody else does something, once, in the moment before a push, around a fetch or after a look.
final class MeddlingRemote: Remote {
    typealias Meddling = @Sendable () throws -> Void

    private let remote: any Remote
    private let pushing = Mutex<Meddling?>(nil)
    private let looking = Mutex<(@Sendable () async throws -> Void)?>(nil)
    private let fetching = Mutex<(before: Meddling, after: Meddling)?>(nil)

    init(_ remote: any Remote) { self.remote = remote }

    func before(push meddle: @escaping Meddling) { pushing.withLock { $0 = meddle } }

    func around(fetch before: @escaping Meddling, _ after: @escaping Meddling) {
        fetching.withLock { $0 = (before, after) }
    }

    func after(look meddle: @escaping @Sendable () async throws -> Void) { looking.withLock { $0 = meddle } }

    func references(_ patterns: [String]) async throws -> [String: ObjectID] {
        let found = try await remote.references(patterns)
        let meddle = looking.withLock { $0.take() }
        try await meddle?()
        return found
    }

    func fetch(_ patterns: [String]) async throws {
        let meddling = fetching.withLock { $0.take() }
        try meddling?.before()
        try await remote.fetch(patterns)
        try meddling?.after()
    }

    func push(_ updates: [ReferenceUpdate]) async throws -> PushOutcome {
        let meddle = pushing.withLock { $0.take() }
        try meddle?()
        return try await remote.push(updates)
    }
}
