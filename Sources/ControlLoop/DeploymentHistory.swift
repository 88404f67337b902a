public import Domain

/// The promotions and rollbacks that the branch's commits hold.
public enum DeploymentHistory {
    public struct Entry: Hashable, Sendable {
        public enum Kind: String, Sendable { case promotion, rollback, removal }

        public let unit: Unit
        public let kind: Kind
        public let commit: ObjectID
        public let time: Timestamp
        public let old: Pin?
        public let new: Pin?
        public let cause: String

        public var json: JSON {
            [
                "environment": .string(unit.environment), "model": .string(unit.model), "kind": .string(kind.rawValue),
                "commit": .string(commit.description), "time": .string(time.description), "old": old?.json ?? .null,
                "new": new?.json ?? .null, "cause": .string(cause),
            ]
        }
    }

    /// All of them, newest first.
    public static func read(_ store: any Store, _ language: any ManifestLanguage, branch: String) async throws
        -> [Entry]
    {
        let history = try await store.read { reader in
            guard let tip = try reader.resolve("refs/heads/\(branch)") else { throw LoopError.noBranch(branch) }
            return try BranchHistory(from: nil, to: tip, of: branch, reader, language)
        }
        return history.events.reversed().compactMap { event in
            guard case .transition(let transition) = event, transition.old != nil || transition.new != nil else {
                return nil
            }
            return Entry(
                unit: transition.unit,
                kind: transition.movesBack ? .rollback : transition.isRemoval ? .removal : .promotion,
                commit: transition.commit, time: transition.time, old: transition.old, new: transition.new,
                cause: transition.cause)
        }
    }
}
