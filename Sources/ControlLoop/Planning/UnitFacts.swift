public import Domain

/// All that the planner may know of one deployment. Nothing else is looked at, so the same facts always give the same plan.
public struct UnitFacts: Sendable {
    public var unit: Unit
    public var environment: Environment
    public var gate: Gate?
    public var deployment: Deployment
    public var status: DeploymentStatus
    public var current: ModelVersion?
    /// Versions that may enter and are newer than the current one, oldest first.
    public var candidates: [ModelVersion]
    /// Why there is no candidate though there might be: something upstream.
    public var upstreamBlockers: [Blocker]
    /// How well each candidate, which was verified there, has run since, by environment that it comes from.
    public var verifiedUpstream: [ObjectID: [String: UpstreamHealth]]
    /// Versions that are passed over because they can never enter, and why.
    public var passedOver: [UnitPlan.PassedOver]
    /// Since when each candidate could have entered, were it not for the gate.
    public var waitingSince: [ObjectID: Timestamp]
    /// Since when its environment is frozen, where it is and that is known.
    public var frozenSince: Timestamp?
    /// Files that this deployment depends on and that cannot be read.
    public var brokenFiles: [String]
    /// What is wrong in them, where that is known.
    public var problems: [String: Diagnostic]
    /// What the gate's checks found, by candidate and requirement; `nil` where that is still to be found out.
    public var evidence: [ObjectID: [Evidence?]]
    public var evidenceIDs: [ObjectID: [ObjectID]]
    /// Who has agreed to each candidate, where the gate asks for it.
    public var approvals: [ObjectID: Approvals]
    public var waivers: [ObjectID: Waivers]
    /// What people ran and documented, by candidate and check; looked for only where the gate asks for a score.
    public var reviews: [ObjectID: [String: [Scorecard.Manual]]]
    public var historyWasRewritten: Bool
    /// Why it is not known what the branch took back or held.
    public var historyProblem: String?
    /// Records that are not believed: all that is known of what ran and was found may be forged, or missing.
    public var doubts: [RecordDoubt] = []
    /// Why what checks find now could not be written down so that others believe it.
    public var signingProblem: String?

    /// The name of the gate that counts for its model.
    var gateName: String? { environment.gate(of: unit.model) }

    public init(unit: Unit, environment: Environment, gate: Gate?, deployment: Deployment, status: DeploymentStatus) {
        self.unit = unit
        self.environment = environment
        self.gate = gate
        self.deployment = deployment
        self.status = status
        candidates = []
        upstreamBlockers = []
        verifiedUpstream = [:]
        passedOver = []
        waitingSince = [:]
        brokenFiles = []
        problems = [:]
        evidence = [:]
        evidenceIDs = [:]
        approvals = [:]
        waivers = [:]
        reviews = [:]
        historyWasRewritten = false
    }
}
