/// One version before one gate: what the decision is made from.
public struct GateCase: Sendable {
    public var gateName: String
    public var gate: Gate
    /// In the order of the gate's checks; `nil` where there is none.
    public var evidence: [Evidence?]
    /// How well the version, which was verified there, has run in each environment that it comes from.
    public var verifiedUpstream: [String: UpstreamHealth]
    public var windows: [Environment.Window]
    /// Who agreed to exactly this version here.
    public var approvals: Approvals
    public var waivers: Waivers
    /// Where the gate asks for a score.
    public var scorecard: Scorecard?
    public var now: Timestamp

    public init(
        gateName: String, gate: Gate, evidence: [Evidence?], verifiedUpstream: [String: UpstreamHealth] = [:],
        windows: [Environment.Window] = [], approvals: Approvals = Approvals(), waivers: Waivers = Waivers(),
        scorecard: Scorecard? = nil, now: Timestamp
    ) {
        self.gateName = gateName
        self.gate = gate
        self.evidence = evidence
        self.verifiedUpstream = verifiedUpstream
        self.windows = windows
        self.approvals = approvals
        self.waivers = waivers
        self.scorecard = scorecard
        self.now = now
    }
}

/// Turns evidence and policy into what still blocks; nothing means that the gate is open.
public typealias Judge = @Sendable (GateCase) -> [Blocker]
