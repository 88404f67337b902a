public import Domain

/// What is remembered of a deployment's health between two looks. After a restart, since when it has been well is known from its status.
public struct Health: Hashable, Sendable {
    public var healthySince: Timestamp?
    /// When this process last found it well.
    public var lastWell: Timestamp?
    public var failures = 0
    /// How many looks in a row could tell nothing.
    public var unclear = 0
    public var lastMessage = ""
    public var monitors: [String: MonitorWatch] = [:]
    /// When probe and monitors last found it well, and why the last look did not: what soak time is counted by.
    public var soundAt: Timestamp?
    public var doubt: String?
    /// When the environment's own probe is due.
    public var nextProbe: Timestamp?
    /// Before this time another look would only count the same moment twice.
    public var nextLook: Timestamp?

    public init() {}
}

/// Decides what one look at a running deployment means: a pure function.
public struct Verifier: Sendable {
    private let policy: Environment.Verify
    private let goesOnFromRecord: Bool

    private static func unclear(_ result: ProbeResult) -> String { "its health cannot be told: \(result.message)" }

    /// - Parameter goesOnFromRecord: Whether what an earlier process wrote counts on however long ago that was: for one that only goes
    ///   around once, whose looks lie as far apart as its starts.
    public init(_ policy: Environment.Verify, goesOnFromRecord: Bool = true) {
        self.policy = policy
        self.goesOnFromRecord = goesOnFromRecord
    }

    /// The status after `result`, seen at `now`.
    public func status(after result: ProbeResult, _ old: DeploymentStatus, _ health: inout Health, now: Timestamp)
        -> DeploymentStatus
    {
        health.lastMessage = result.message
        switch result.verdict {
        case .pass, .warn: return healthy(old, &health, now)
        case .fail: return ill(result, old, &health, now)
        case .error, .inconclusive, .skipped: return unknown(result, old, &health, now)
        }
    }

    private func healthy(_ old: DeploymentStatus, _ health: inout Health, _ now: Timestamp) -> DeploymentStatus {
        (health.failures, health.unclear) = (0, 0)
        // What a monitor found ill is well again when that monitor says so.
        if let monitor = old.failedBy {
            return old.state == .failed
                ? old
                : old.entering(.failed, at: now, "monitor \(monitor) has not passed since it failed")
        }
        // A clock may have been set back.
        let known = min(health.healthySince ?? old.healthySince ?? now, now)
        let since = min(known + unwatched(old, health, now), now)
        (health.healthySince, health.lastWell) = (since, now)
        var status = old
        status.failingSince = nil
        guard old.state != .verified else {
            if status.cause == .unclear { status.explain("well again") }
            return status
        }
        guard now - since >= policy.duration else {
            var next = status.entering(.verifying, at: now, "healthy since \(since), needs \(policy.duration.text)")
            next.healthySince = since
            return next
        }
        if let pin = status.pin {
            let same = status.verified.first { $0.pin.revision == pin.revision && $0.commit == status.commit }
            status.ready = status.ready ?? same?.ready ?? since
            status.verified.removeAll { $0.pin.revision == pin.revision }
            status.verified.insert(
                .init(pin: pin, commit: status.commit, at: now, ready: status.ready, isRollback: status.isRollback),
                at: 0)
            status.verified = Array(status.verified.prefix(20))
        }
        return status.entering(
            .verified, at: now, policy.duration == .zero ? "healthy" : "healthy for \(policy.duration.text)")
    }

    /// The time since the last look, beyond what looks may come late, in which it may have been ill: it does not count as healthy.
    private func unwatched(_ old: DeploymentStatus, _ health: Health, _ now: Timestamp) -> Duration {
        let recorded = old.healthySince.map { max($0, old.lastWell ?? $0) }
        guard !goesOnFromRecord, let last = health.lastWell ?? recorded else { return .zero }
        // Of a short time half is not left out.
        return max(.zero, now - last - max(policy.interval * 3, min(.seconds(90), policy.duration / 2)))
    }

    private func ill(_ result: ProbeResult, _ old: DeploymentStatus, _ health: inout Health, _ now: Timestamp)
        -> DeploymentStatus
    {
        health.healthySince = nil
        health.failures += 1
        health.unclear = 0
        var status = old
        status.healthySince = nil
        if status.failingSince == nil { status.failingSince = now }
        let isOverdue = old.state == .verifying && now - old.since > policy.timeout
        guard health.failures >= policy.failureThreshold || isOverdue else { return status }
        // A version that fails after all was not as well as it looked: it is no place to return to.
        if let pin = status.pin { status.verified.removeAll { $0.pin.revision == pin.revision } }
        // The first reason stands: words that change with every look are no transition.
        return old.state == .failed ? status : status.entering(.failed, at: now, result.message)
    }

    private func unknown(_ result: ProbeResult, _ old: DeploymentStatus, _ health: inout Health, _ now: Timestamp)
        -> DeploymentStatus
    {
        health.healthySince = nil
        health.unclear += 1
        var old = old
        old.healthySince = nil
        // A look or two that tell nothing are no news where it has been well; more are.
        if old.state == .verified, health.unclear >= policy.failureThreshold, old.cause != .unclear {
            return old.entering(.verified, at: now, Self.unclear(result), .unclear)
        }
        guard old.state == .verifying else { return old }
        guard now - old.since > policy.timeout else {
            // The first reason stands: words that change with every look are no transition.
            guard old.cause != .unclear else { return old }
            return old.entering(.verifying, at: now, Self.unclear(result), .unclear)
        }
        return old.entering(.stalled, at: now, "not verified within \(policy.timeout.text): \(result.message)")
    }
}
