/// What Martlet knows of one deployment besides what the branch says. Kept under `refs/martlet/status`, written on transitions.
public struct DeploymentStatus: Hashable, Sendable {
    /// How far the version that the branch names has come at the target.
    public enum State: String, Sendable {
        /// No version yet.
        case empty
        /// The branch names a version that the target does not run yet.
        case pending
        /// The target runs it; it has not been healthy for long enough.
        case verifying
        /// The target runs it, and it has been healthy for the environment's `verify.for`.
        case verified
        /// It was not healthy, and waits to be rolled back or for a person.
        case failed
        /// The target could not be made to run it, or its health cannot be told.
        case stalled
    }

    /// What a reason is about, where the state does not say that: the loop goes by it, and never by words.
    public enum Cause: Hashable, Sendable {
        /// Its probe cannot tell whether it is well.
        case unclear
        /// A monitor calls for its action.
        case alarm(monitor: String)
        /// A monitor can tell nothing.
        case doubt(monitor: String)

        /// Whether nobody can tell how it is.
        public var isDoubt: Bool { if case .alarm = self { false } else { true } }
        public var isMonitors: Bool { self != .unclear }
    }

    public var pin: Pin?
    public var state: State
    public var since: Timestamp
    public private(set) var reason: String
    public private(set) var cause: Cause?
    /// The commit that set the pin.
    public var commit: ObjectID?
    /// Whether that commit moved the pin back: a rollback is never rolled back.
    public var isRollback: Bool
    /// Whether what it stalls on ends by a person's hand alone.
    public var needsPerson = false
    /// Whether it is to be taken away in a step that takes away so much that a person has to allow it.
    public var awaitsRemoval = false
    /// Why the next version does not enter, or this one does not go back, though no rule keeps it from that.
    public var hindrance: Hindrance?
    /// The monitor that failed it: it stays failed until that one finds it well, also over a restart.
    public var failedBy: String?
    /// The version on which a hold was lifted while a monitor may have found it ill: until that is over, none holds it again.
    public var lifted: ObjectID?
    /// When the present failure was first seen.
    public var failingSince: Timestamp?
    /// Since when every look has found it well, while it is being verified: whoever goes on need not start over.
    public var healthySince: Timestamp?
    /// When it was found well last, while it is being verified: written down where the controller that looked was stopped.
    public var lastWell: Timestamp?
    /// Since when it was well when it was verified first; a failure that passes changes nothing of that.
    public var ready: Timestamp?
    /// By which settings the target runs it, where these name a place; `nil` where that was not written down.
    public var target: TargetRecord?
    /// What earlier settings of the target have left elsewhere, the latest first.
    public var left: [Leftover] = []
    /// Versions that were verified here, newest first.
    public var verified: [Verified]
    public var rejected: [Rejected]

    public init(
        pin: Pin? = nil, state: State = .empty, since: Timestamp, reason: String = "", commit: ObjectID? = nil,
        isRollback: Bool = false,
        failingSince: Timestamp? = nil, verified: [Verified] = [], rejected: [Rejected] = []
    ) {
        self.pin = pin
        self.state = state
        self.since = since
        self.reason = reason
        self.commit = commit
        self.isRollback = isRollback
        self.failingSince = failingSince
        self.verified = verified
        self.rejected = rejected
    }

    /// A version that ran well here, and the commit that had brought it.
    public struct Verified: Hashable, Sendable {
        public var pin: Pin
        public var commit: ObjectID?
        public var at: Timestamp
        /// When the branch named another version instead.
        public var until: Timestamp?
        /// Since when it was well, after that commit; `nil` where nobody wrote it down.
        public var ready: Timestamp?
        /// Whether that commit moved the pin back.
        public var isRollback: Bool
        /// Since when it counts as having run well, where that is later than `at`: by the time in which it was ill, nobody could tell
        /// or nobody looked while a gate behind waited for it.
        public var wellSince: Timestamp?
        /// When it was well last, as far as that was written down for a gate behind: not at each look.
        public var lastWell: Timestamp?

        public init(
            pin: Pin, commit: ObjectID?, at: Timestamp, until: Timestamp? = nil, ready: Timestamp? = nil,
            isRollback: Bool = false
        ) {
            self.pin = pin
            self.commit = commit
            self.at = at
            self.until = until
            self.ready = ready
            self.isRollback = isRollback
        }
    }

    /// A version that must not come back by itself.
    public struct Rejected: Hashable, Sendable {
        public var revision: ObjectID
        /// The tree of the model there: the same content under another commit is rejected too.
        public var tree: ObjectID?
        public var by: ObjectID
        public var at: Timestamp
        public var cause: String

        public init(revision: ObjectID, tree: ObjectID?, by: ObjectID, at: Timestamp, cause: String) {
            self.revision = revision
            self.tree = tree
            self.by = by
            self.at = at
            self.cause = cause
        }
    }

    /// The same deployment in another state.
    public func entering(_ state: State, at now: Timestamp, _ reason: String, _ cause: Cause? = nil) -> DeploymentStatus
    {
        var status = self
        if state != self.state {
            (status.since, status.healthySince, status.lastWell, status.needsPerson) = (now, nil, nil, false)
            status.awaitsRemoval = false
        }
        status.state = state
        status.explain(reason, cause)
        return status
    }

    /// Gives it another reason, and leaves it in its state.
    public mutating func explain(_ reason: String, _ cause: Cause? = nil) {
        // Others' words, such as what a program said: they are shown in tables.
        self.reason = Excerpt.line(reason, limit: 1000)
        self.cause = cause
    }

    /// The versions that ran well here besides these, newest first, without those that were rejected later.
    public func earlier(besides revisions: [ObjectID?]) -> [ObjectID] {
        let left = revisions + rejected.map(\.revision)
        return Array(verified.map(\.pin.revision).filter { !left.contains($0) }.prefix(Subject.mostEarlier))
    }

    /// Why the version that runs is to go no further.
    public var hold: Rejected? { pin.flatMap { pin in rejected.first { $0.revision == pin.revision } } }

    /// Why a version may not come back here: it was rejected, or its content was under another commit; `nil` where it was not.
    public func rejection(of version: ModelVersion) -> Rejected? {
        rejected.first { $0.revision == version.revision || ($0.tree != nil && $0.tree == version.tree) }
    }
}

extension DeploymentStatus {
    public var json: JSON {
        [
            "pin": pin?.json ?? .null, "state": .string(state.rawValue), "since": .string(since.description),
            "failedBy": JSON(failedBy), "lifted": JSON(lifted?.description),
            "needsPerson": .bool(needsPerson), "awaitsRemoval": .bool(awaitsRemoval),
            "reason": .string(reason), "cause": cause?.json ?? .null,
            "commit": JSON(commit?.description), "rollback": .bool(isRollback),
            "failingSince": JSON(failingSince?.description), "healthySince": JSON(healthySince?.description),
            "lastWell": JSON(lastWell?.description), "ready": JSON(ready?.description), "target": target?.json ?? .null,
            "left": .array(left.map(\.json)), "hindrance": hindrance?.json ?? .null,
            "verified": .array(
                verified.map {
                    [
                        "pin": $0.pin.json, "commit": JSON($0.commit?.description), "at": .string($0.at.description),
                        "until": JSON($0.until?.description), "ready": JSON($0.ready?.description),
                        "rollback": .bool($0.isRollback), "wellSince": JSON($0.wellSince?.description),
                        "lastWell": JSON($0.lastWell?.description),
                    ]
                }),
            "rejected": .array(
                rejected.map {
                    [
                        "revision": .string($0.revision.description), "tree": JSON($0.tree?.description),
                        "by": .string($0.by.description),
                        "at": .string($0.at.description), "cause": .string($0.cause),
                    ]
                }),
        ]
    }

    /// Reads what ``json`` wrote; `nil` where something is missing.
    public init?(json: JSON) {
        guard let state = json["state"]?.string.flatMap({ State(rawValue: $0) }),
            let since = json["since"]?.string.flatMap({ Timestamp($0) })
        else { return nil }
        self.init(
            pin: json["pin"].flatMap { Pin(json: $0) }, state: state, since: since,
            reason: json["reason"]?.string ?? "",
            commit: json["commit"]?.string.flatMap { ObjectID($0) }, isRollback: json["rollback"]?.bool ?? false,
            failingSince: json["failingSince"]?.string.flatMap { Timestamp($0) },
            verified: (json["verified"]?.array ?? []).compactMap { Verified(json: $0) },
            rejected: (json["rejected"]?.array ?? []).compactMap { Rejected(json: $0) })
        cause = json["cause"].flatMap { Cause(json: $0) }
        needsPerson = json["needsPerson"]?.bool ?? false
        awaitsRemoval = json["awaitsRemoval"]?.bool ?? false
        hindrance = json["hindrance"].flatMap { Hindrance(json: $0) }
        failedBy = json["failedBy"]?.string
        lifted = json["lifted"]?.string.flatMap { ObjectID($0) }
        target = json["target"].flatMap { TargetRecord(json: $0) }
        left = (json["left"]?.array ?? []).prefix(Leftover.limit).compactMap { Leftover(json: $0) }
        healthySince = json["healthySince"]?.string.flatMap { Timestamp($0) }
        lastWell = json["lastWell"]?.string.flatMap { Timestamp($0) }
        // Records of before that was written down say when the version was verified.
        let old = verified.first { $0.pin.revision == pin?.revision && $0.commit == commit }?.at
        ready = json["ready"].map { $0.string.flatMap { Timestamp($0) } } ?? old
    }
}

extension DeploymentStatus.Cause {
    fileprivate var json: JSON {
        switch self {
        case .unclear: ["kind": "unclear"]
        case .alarm(let monitor): ["kind": "alarm", "monitor": .string(monitor)]
        case .doubt(let monitor): ["kind": "doubt", "monitor": .string(monitor)]
        }
    }

    fileprivate init?(json: JSON) {
        switch (json["kind"]?.string, json["monitor"]?.string) {
        case ("unclear", _): self = .unclear
        case ("alarm", let monitor?): self = .alarm(monitor: monitor)
        case ("doubt", let monitor?): self = .doubt(monitor: monitor)
        default: return nil
        }
    }
}

extension DeploymentStatus.Verified {
    fileprivate init?(json: JSON) {
        guard let pin = json["pin"].flatMap({ Pin(json: $0) }), let at = json["at"]?.string.flatMap({ Timestamp($0) })
        else { return nil }
        self.init(
            pin: pin, commit: json["commit"]?.string.flatMap { ObjectID($0) }, at: at,
            until: json["until"]?.string.flatMap { Timestamp($0) },
            ready: json["ready"]?.string.flatMap { Timestamp($0) }, isRollback: json["rollback"]?.bool ?? false)
        wellSince = json["wellSince"]?.string.flatMap { Timestamp($0) }
        lastWell = json["lastWell"]?.string.flatMap { Timestamp($0) }
    }
}

extension DeploymentStatus.Rejected {
    fileprivate init?(json: JSON) {
        guard let revision = json["revision"]?.string.flatMap({ ObjectID($0) }),
            let by = json["by"]?.string.flatMap({ ObjectID($0) }),
            let at = json["at"]?.string.flatMap({ Timestamp($0) })
        else { return nil }
        self.init(
            revision: revision, tree: json["tree"]?.string.flatMap { ObjectID($0) }, by: by, at: at,
            cause: json["cause"]?.string ?? "")
    }
}

extension Pin {
    public var json: JSON {
        ["revision": .string(revision.description), "version": JSON(version), "digest": JSON(digest?.description)]
    }

    public init?(json: JSON) {
        guard let revision = json["revision"]?.string.flatMap({ ObjectID($0) }) else { return nil }
        self.init(
            revision: revision, version: json["version"]?.string, digest: json["digest"]?.string.flatMap { Digest($0) })
    }
}
