/// One person's word for exactly one commit to enter one environment: a signed tag, or a review on a forge.
public struct Approval: Hashable, Sendable {
    /// As the list of signers names them.
    public let person: String
    /// The teams of `martlet.yaml` that the person is in.
    public let teams: [String]
    /// The tag object; `nil` where it was a review on a forge.
    public let tag: ObjectID?
    /// The commit that was approved.
    public let commit: ObjectID
    public let time: Timestamp

    public init(person: String, teams: [String] = [], tag: ObjectID? = nil, commit: ObjectID, time: Timestamp) {
        self.person = person
        self.teams = teams
        self.tag = tag
        self.commit = commit
        self.time = time
    }

    /// Whether the person or one of their teams is named; an empty list names everybody.
    public func counts(among names: [String]) -> Bool {
        names.isEmpty || names.contains { $0.lowercased() == person.lowercased() || teams.contains($0) }
    }
}

/// What the approval tags of one deployment amount to.
public struct Approvals: Hashable, Sendable {
    /// Those that count, one a person, in order of the person.
    public var counted: [Approval]
    public var refused: [Refusal]
    /// When one of those that are refused may count by itself.
    public var nextLook: Timestamp?
    /// Whether the branch names nobody who may sign.
    public var nobodyMaySign: Bool

    /// A tag or review that does not count, and why.
    public struct Refusal: Hashable, Sendable, CustomStringConvertible {
        /// Without `refs/tags/`, or whose review it is.
        public let tag: String
        public let reason: String

        public init(tag: String, reason: String) {
            self.tag = tag
            self.reason = reason
        }

        public var description: String { "\(tag) does not count: \(reason)" }
    }

    public init(counted: [Approval] = [], refused: [Refusal] = [], nobodyMaySign: Bool = false) {
        self.counted = counted
        self.refused = refused
        self.nobodyMaySign = nobodyMaySign
    }
}

/// `approve/ENV/MODEL/WHO`: the name of a tag that approves.
public struct ApprovalTag: Hashable, Sendable, LosslessStringConvertible {
    public static let prefix = "refs/tags/approve/"

    public let unit: Unit
    public let who: String

    public init(unit: Unit, who: String) {
        self.unit = unit
        self.who = who
    }

    /// Reads the name with or without `refs/tags/`. Models nest, environments and people do not.
    public init?(_ name: String) {
        let parts = (name.hasPrefix("refs/tags/") ? String(name.dropFirst(10)) : name).split(
            separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0] == "approve", !parts.contains("") else { return nil }
        let model = parts[2..<(parts.count - 1)].joined(separator: "/")
        guard ManifestName.isValid(String(parts[1])), ManifestName.isValid(model) else { return nil }
        self.init(unit: Unit(environment: String(parts[1]), model: model), who: String(parts[parts.count - 1]))
    }

    public var description: String { "approve/\(unit.environment)/\(unit.model)/\(who)" }

    public var reference: String { "refs/tags/\(description)" }

    /// Whether WHO is that signer: all of the name, or what stands before the @.
    public func names(_ signer: String) -> Bool {
        let (who, signer) = (who.lowercased(), signer.lowercased())
        return who == signer || signer.hasPrefix(who + "@")
    }

    /// The models whose approvals differ between two looks at the remote.
    public static func models(movedBetween old: [String: ObjectID], and new: [String: ObjectID]) -> Set<String> {
        let names = Set(old.keys).union(new.keys).filter { $0.hasPrefix(prefix) && old[$0] != new[$0] }
        return Set(names.compactMap { ApprovalTag($0)?.unit.model })
    }
}
