/// How one deployment stands: its state, the version that waits to enter, and what keeps it out.
public struct UnitPlan: Hashable, Sendable {
    public var unit: Unit
    /// `up-to-date`, `blocked`, `ready`, `evaluating`, `empty`.
    public var state: State
    public var current: Pin?
    public var candidate: ModelVersion?
    /// Since when the candidate could have entered, were it not for the gate; where that is known.
    public var waitingSince: Timestamp?
    public var blockers: [Blocker]
    /// What was found about the candidate, check by check.
    public var evidence: [Evidence]
    /// The ML Test Score of the candidate here, where the gate asks for one.
    public var scorecard: Scorecard?
    /// What lets the candidate in although a check says no.
    public var waivers: [Waivers.Granted] = []
    /// Who has agreed to the candidate, of those whom the gate asks.
    public var approvals: [Approval] = []
    /// What to know of the candidate though it keeps nothing out: that no check was asked for.
    public var note: String?
    /// Versions that would have come before the candidate and never enter.
    public var passedOver: [PassedOver] = []
    /// Why nothing could be decided, or a promotion that its gate allows could not be written: a disk, a record or an artifact, no rule.
    public var failure: String?
    /// What is to be done about what runs; nothing where it runs well. Filled in for people alone.
    public var tending: Blocker?
    /// When to look again though nothing changed.
    public var nextLook: Timestamp?

    /// What the checks said that keep the candidate out because they could not be run.
    public var checkErrors: [Evidence] {
        evidence.filter { evidence in
            evidence.outcome.verdict == .error
                && blockers.contains { $0.kind == .check && $0.name == evidence.check }
        }
    }

    /// A version that never enters, and why.
    public struct PassedOver: Hashable, Sendable {
        public let version: ModelVersion
        public let reason: String

        public init(_ version: ModelVersion, _ reason: String) {
            self.version = version
            self.reason = reason
        }
    }

    public enum State: String, Sendable {
        case upToDate = "up-to-date"
        case blocked, ready, evaluating, empty
    }

    public init(
        unit: Unit, state: State, current: Pin?, candidate: ModelVersion? = nil, blockers: [Blocker] = [],
        evidence: [Evidence] = [],
        nextLook: Timestamp? = nil
    ) {
        self.unit = unit
        self.state = state
        self.current = current
        self.candidate = candidate
        self.blockers = blockers
        self.evidence = evidence
        self.nextLook = nextLook
    }
}

/// One thing that a plan asks for. Doing it twice is harmless, and so is dying half-way.
public enum Action: Hashable, Sendable {
    /// Run these checks of a candidate for an environment.
    case evaluate(Unit, ModelVersion, [Gate.Requirement])
    /// Move pins of one environment in one commit.
    case promote(environment: String, moves: [Move], gate: String?)

    public struct Move: Hashable, Sendable {
        public let model: String
        public let old: Pin?
        public let new: ModelVersion
        public let evidence: [ObjectID]

        public init(model: String, old: Pin?, new: ModelVersion, evidence: [ObjectID] = []) {
            self.model = model
            self.old = old
            self.new = new
            self.evidence = evidence
        }
    }
}
