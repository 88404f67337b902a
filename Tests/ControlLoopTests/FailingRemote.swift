import Domain
import Synchronization

/// A remote whose pushes are refused while a switch is on.
struct FailingRemote: Remote {
    let remote: any Remote
    let isFailing: Switch

    final class Switch: Sendable {
        private let value = Mutex(false)

        var isOn: Bool { value.withLock { $0 } }

        func set(_ new: Bool) { value.withLock { $0 = new } }
    }

    func references(_ patterns: [String]) async throws -> [String: ObjectID] { try await remote.references(patterns) }

    func fetch(_ patterns: [String]) async throws { try await remote.fetch(patterns) }

    func push(_ updates: [ReferenceUpdate]) async throws -> PushOutcome {
        isFailing.isOn ? .refused("no space left") : try await remote.push(updates)
    }
}
