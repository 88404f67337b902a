import Domain

/// What looks at a deployment say to the gates behind it.
struct UpstreamLook: Sendable {
    /// When it was found well last; `nil` where time alone counts.
    var until: Timestamp?
    /// Why it cannot be said to run well now.
    var doubt: String?
    var nextLook: Timestamp?
}

/// How long versions have run well: the soak time that gates behind their environment ask for.
extension Controller {
    private static let slowest: Duration = .seconds(90)

    /// What is known of a model in the environments that another takes it from.
    func looksUpstream(of unit: Unit, _ environment: Environment, _ snapshot: Snapshot) -> [String: UpstreamLook] {
        let known = environment.from.map { ($0, lastLook(at: Unit(environment: $0, model: unit.model), snapshot)) }
        return Dictionary(known) { first, _ in first }
    }

    private func lastLook(at unit: Unit, _ snapshot: Snapshot) -> UpstreamLook {
        guard let status = ledger[unit], let environment = snapshot.environments[unit.environment]?.value else {
            return UpstreamLook()
        }
        // Whoever only decides goes by what was written down.
        guard looks else {
            return UpstreamLook(until: recordedEnd(unit, status), doubt: Self.recordedDoubt(status, environment))
        }
        guard environment.isLookedAt else { return UpstreamLook() }
        let memory = health[unit]
        let doubt =
            memory?.doubt ?? (memory?.soundAt == nil ? "nobody has looked at it since this controller started" : nil)
        // One that is under way already tells when it has ended.
        let next = memory?.nextLook.flatMap { $0 > surroundings.tools.now() ? $0 : nil }
        return UpstreamLook(until: memory?.soundAt, doubt: doubt, nextLook: next)
    }

    /// When it was found well last, where the next record of that is overdue: then no controller looks any more.
    private func recordedEnd(_ unit: Unit, _ status: DeploymentStatus) -> Timestamp? {
        guard let last = status.verified.first(where: { $0.pin.revision == status.pin?.revision })?.lastWell,
            let wait = soakTimes(behind: unit, status).min(),
            surroundings.tools.now() - last > Self.step(wait) + Self.slowest
        else { return nil }
        return last
    }

    /// How often what soaks is written down: a controller that is killed loses no more.
    private static func step(_ wait: Duration) -> Duration { min(.seconds(3600), max(.seconds(60), wait / 4)) }

    private static func recordedDoubt(_ status: DeploymentStatus, _ environment: Environment) -> String? {
        if status.failingSince != nil { return Health.ill }
        let isUnclear =
            status.cause == .unclear
            || environment.monitors.contains {
                $0.action.isAgainstVersion && status.cause == .doubt(monitor: $0.name)
            }
        return isUnclear ? Health.untold : nil
    }

    /// The status with what a look means for soak time: none is the time in which the version was ill, its health could not be told or
    /// nobody looked. That is written down when it changes something, not at each look.
    func countSoak(
        of unit: Unit, from old: DeploymentStatus, to status: DeploymentStatus, _ environment: Environment
    ) -> DeploymentStatus {
        guard status.state == .verified, var memory = health[unit] else { return status }
        let (last, lastDoubt) = (memory.soundAt, memory.doubt)
        memory.doubt = memory.currentDoubt(environment.monitors)
        defer { health[unit] = memory }
        guard memory.doubt == nil, let now = memory.lastWell else { return status }
        memory.soundAt = now
        let waits = soakTimes(behind: unit, status)
        guard let index = status.verified.firstIndex(where: { $0.pin.revision == status.pin?.revision }),
            let shortest = waits.min()
        else { return status }
        var next = status
        var entry = status.verified[index]
        let known = max(last ?? entry.lastWell ?? entry.start, entry.start)
        let wasWell = lastDoubt == nil && (last != nil || Self.recordedDoubt(old, environment) == nil)
        var lost = Duration.zero
        if !wasWell {
            lost = now - (last ?? (lease == nil ? old.failingSince : nil) ?? known)
        } else if lease != nil {
            // Looks may come late; of what was before this process, of a short time half is not left out.
            let late = last == nil ? min(Self.slowest, shortest / 2) : environment.verify.pause(isVerified: true) * 3
            lost = max(.zero, now - known - late)
        }
        if lost > .zero { entry.wellSince = min(entry.start + lost, now) }
        // What has soaked stays so over a restart, and of what is on its way some.
        let isNews = waits.contains { wait in
            let end = entry.start + wait, recorded = max(entry.lastWell ?? entry.start, entry.start)
            return recorded < end && (now >= end || now - recorded >= Self.step(wait))
        }
        // Only of a controller that always looks does a record that ends say that nobody looked after it.
        if lease != nil, lost > .zero || isNews || old.state != .verified { entry.lastWell = now }
        next.verified[index] = entry
        // The time ends with a look.
        let ends = waits.map { entry.start + $0 }.filter { $0 > now }
        if let probe = memory.nextProbe, let end = ends.min() { memory.nextProbe = min(probe, end) }
        return next
    }

    /// The soak times that gates behind ask for, of environments that do not run the version yet.
    func soakTimes(behind unit: Unit, _ status: DeploymentStatus) -> [Duration] {
        guard let snapshot else { return [] }
        return snapshot.environments.compactMap { name, entry in
            guard entry.value.from.contains(unit.environment),
                let gate = snapshot.gate(of: unit.model, in: entry.value)?.value, gate.soakFor > .zero,
                let deployment = snapshot.deployment(of: unit.model, in: name),
                deployment.value.pin?.revision != status.pin?.revision
            else { return nil }
            return gate.soakFor
        }
    }
}

extension Health {
    fileprivate static let ill = "the last look found it ill"
    fileprivate static let untold = "the last look could not tell its health"
    static let missing = "it did not run at its target"

    /// Why the last look did not find it well. A monitor that only alerts, or has it trained anew, has no say.
    fileprivate func currentDoubt(_ rules: [Environment.Monitor]) -> String? {
        if failures > 0 { return Self.ill }
        if unclear > 0 { return Self.untold }
        for rule in rules where rule.action.isAgainstVersion {
            guard let watch = monitors[rule.name], watch.hasLooked else {
                return "monitor \(rule.name) has not looked yet"
            }
            guard !watch.isWell else { continue }
            return
                "the last look of monitor \(rule.name) \(watch.failures > 0 ? "found it ill" : "could not tell its health")"
        }
        return nil
    }
}

extension Environment {
    /// Whether anything says how a version does there.
    fileprivate var isLookedAt: Bool {
        verify.probe != nil || target != nil || monitors.contains { $0.action.isAgainstVersion }
    }
}

extension DeploymentStatus.Verified {
    /// Since when it counts as having run well.
    fileprivate var start: Timestamp { wellSince ?? at }
}
