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
        /// Where the deployment is new: what it was before, as whoever renames an environment has it.
        let origins: [Unit]

        /// A deployment that a commit took away.
        fileprivate struct Leaving: Hashable {
            let unit: Unit
            let commit: ObjectID
        }

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
                cause: transition.cause, origins: transition.origins)
        }
    }

    /// Those of a model or an environment. What an environment's deployments did under the name that it had before is their history, too.
    ///
    /// - Parameter entries: Newest first.
    public static func entries(_ entries: [Entry], model: String?, environment: String?) -> [Entry] {
        let own = entries.filter { (model ?? $0.unit.model) == $0.unit.model }
        guard let environment else { return own }
        // By model: the names of its environment from there on back, and the commits that took a former name away.
        var names: [String: Set<String>] = [:], renamed: Set<Entry.Leaving> = []
        return own.filter { entry in
            let unit = entry.unit, known = names[unit.model] ?? [environment]
            guard known.contains(unit.environment), !renamed.contains(Entry.Leaving(unit: unit, commit: entry.commit))
            else { return false }
            names[unit.model] = known.union(entry.origins.map(\.environment))
            renamed.formUnion(entry.origins.map { Entry.Leaving(unit: $0, commit: entry.commit) })
            return true
        }
    }
}
