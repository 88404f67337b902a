/// One thing that keeps a version out of an environment: what, why, and who or what can change it.
public struct Blocker: Hashable, Sendable {
    /// What sort of thing it is; users meet these words in `why`, statuses and notices.
    public enum Kind: String, Sendable {
        case check, score, approval, soak, window, freeze, hold, upstream, artifact, manifest, mode, order, releaseSet =
            "release-set"
        case forcePush = "force-push"
        /// Nobody but a person can change it.
        case person
        /// Of what runs: the target does not run yet what the branch names, or it has not proved itself.
        case sync, verify
        /// Of what runs: a monitor asks for another training, and this keeps it from beginning.
        case retrain
    }

    public var kind: Kind
    /// Which check, environment, window or version.
    public var name: String
    public var reason: String
    public var value: Double?
    public var threshold: Double?
    /// What a person can do, or what happens by itself.
    public var unblockedBy: String
    /// When Martlet looks again by itself; `nil` means as soon as the repository changes.
    public var nextLook: Timestamp?
    /// Since when, where that is known.
    public var since: Timestamp?

    public init(
        _ kind: Kind, _ name: String, _ reason: String, value: Double? = nil, threshold: Double? = nil,
        unblockedBy: String, nextLook: Timestamp? = nil, since: Timestamp? = nil
    ) {
        self.kind = kind
        self.name = name
        self.reason = reason
        self.value = value
        self.threshold = threshold
        self.unblockedBy = unblockedBy
        self.nextLook = nextLook
        self.since = since
    }

    public var json: JSON {
        [
            kind.rawValue: .string(name), "reason": .string(reason), "value": JSON(value), "threshold": JSON(threshold),
            "unblockedBy": .string(unblockedBy), "nextLook": JSON(nextLook?.description),
            "since": JSON(since?.description),
        ]
    }
}
