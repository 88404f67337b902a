import Domain
import Synchronization

/// A remote whose pushes are refused while a switch is on; all of them, or those that move one reference.
struct FailingRemote: Remote {
    let remote: any Remote
    let isFailing: Switch
    var only: String?

    final class Switch: Sendable {
        private let value = Mutex(false)

        var isOn: Bool { value.withLock { $0 } }

        func set(_ new: Bool) { value.withLock { $0 = new } }
    }

    func references(_ patterns: [String]) async throws -> [String: ObjectID] { try await remote.references(patterns) }

    func fetch(_ patterns: [String]) async throws { try await remote.fetch(patterns) }

    func push(_ updates: [ReferenceUpdate]) async throws -> PushOutcome {
        let isMeant = only.map { name in updates.contains { $0.name == name } } ?? true
        return isFailing.isOn && isMeant ? .refused("no space left") : try await remote.push(updates)
    }
}
