import Domain

/// What monitors ask for of a version that runs on.
struct MonitorWishes: Sendable {
    /// Why it is to go no further.
    var hold: String?
    var retrain: RetrainWish?
}

extension Controller {
    /// Looks through the environment's monitors at a deployment that is verified or has failed, and does what those that fail ask for.
    ///
    /// - Parameters:
    ///   - old: The status before this look.
    ///   - verified: What the environment's own verification makes of it.
    ///   - wishes: What monitors ask for while it runs on.
    func monitor(
        _ release: Release, _ unit: Unit, _ old: DeploymentStatus, _ verified: DeploymentStatus,
        _ environment: Environment, _ wishes: inout MonitorWishes
    ) async throws -> DeploymentStatus {
        var next = verified
        // Nobody looks any more through a monitor that is gone.
        if !environment.monitors.contains(where: { $0.name == next.failedBy && $0.action == .rollback }) {
            next.failedBy = nil
        }
        let holding = environment.monitors.filter { $0.action == .hold }
        if holding.isEmpty { next.lifted = nil }
        let names = Set(environment.monitors.map(\.name))
        var watches = (health[unit]?.monitors ?? [:]).filter { names.contains($0.key) }
        guard !environment.monitors.isEmpty, next.state == .verified || old.state == .failed else {
            // Nobody is asked now, and nobody is waited for.
            for name in watches.keys { watches[name]?.nextLook = nil }
            health[unit]?.monitors = watches
            return next
        }
        for monitor in environment.monitors {
            let now = surroundings.tools.now()
            guard watches[monitor.name]?.nextLook.map({ now >= $0 }) ?? true else { continue }
            var watch = watches[monitor.name] ?? newWatch()
            guard let result = try await look(monitor, watch.number, at: release, unit) else {
                // It goes on beside the passes, and says itself when it has ended.
                watch.nextLook = nil
                watches[monitor.name] = watch
                continue
            }
            let (hadAlarm, hadDoubt) = (watch.alarm != nil, watch.doubt != nil)
            watch.note(result, of: monitor, now: surroundings.tools.now())
            if let alarm = watch.alarm, !hadAlarm, old.failedBy != monitor.name { tell(alarm, of: monitor, unit) }
            if let doubt = watch.doubt, !hadDoubt { tell(doubt, of: monitor, unit, .warning) }
            watches[monitor.name] = watch
        }
        health[unit]?.monitors = watches
        // One that can tell nothing is not waited for, but one that has not looked yet is.
        let looked = holding.compactMap { watches[$0.name] }.filter(\.hasLooked)
        let heard = looked.filter { $0.isWell || $0.alarm != nil || $0.failures > 0 }
        if looked.count == holding.count, !heard.isEmpty, heard.allSatisfy(\.isWell) { next.lifted = nil }
        if let name = next.failedBy, watches[name]?.isWell ?? false { next.failedBy = nil }
        let failing = environment.monitors.filter { watches[$0.name]?.alarm != nil }
        if let gone = failing.first(where: { $0.action == .rollback }), let watch = watches[gone.name] {
            var failed = old.state == .failed ? old : fail(next, watch)
            failed.failedBy = next.failedBy ?? gone.name
            return failed
        }
        guard next.state == .verified else { return next }
        let unheard = environment.monitors.first { $0.action.isAgainstVersion && watches[$0.name]?.hasLooked != true }
        if let unheard, old.state != .verified {
            // Behind this environment it would go on before anybody has looked.
            return old.entering(
                .verifying, at: surroundings.tools.now(), "healthy; monitor \(unheard.name) has not looked yet")
        }
        wishes.hold = failing.first { $0.action == .hold }.flatMap { watches[$0.name]?.alarm }
        wishes.retrain = failing.first { $0.action == .retrain }.flatMap { monitor in
            watches[monitor.name]?.alarm.map { RetrainWish(monitor: monitor.name, reason: $0) }
        }
        return explain(next, environment.monitors, watches)
    }

    private func newWatch() -> MonitorWatch {
        checkLooks.watchCount += 1
        return MonitorWatch(number: checkLooks.watchCount)
    }

    /// When a monitor of the unit looks next.
    func nextMonitorLook(_ unit: Unit) -> Timestamp? { health[unit]?.monitors.values.compactMap(\.nextLook).min() }

    /// A version that fails after all is no place to return to.
    private func fail(_ status: DeploymentStatus, _ watch: MonitorWatch) -> DeploymentStatus {
        var failed = status
        failed.failingSince = watch.failingSince
        if let pin = status.pin { failed.verified.removeAll { $0.pin.revision == pin.revision } }
        return failed.entering(.failed, at: surroundings.tools.now(), watch.alarm ?? "")
    }

    /// The running version stays, and goes no further: a commit says so, once. Where a person lifted that, it is not said again.
    func hold(_ unit: Unit, _ status: DeploymentStatus, _ cause: String, _ draft: inout BranchDraft)
        async throws
    {
        // On a rewritten branch nothing is written; and what the history says of holds is not read.
        guard !branchMemory.wasRewritten, let pin = status.pin, status.hold == nil, status.lifted != pin.revision,
            resting(unit, pin.revision) == nil
        else { return }
        let name = VersionName(model: unit.model, revision: pin.revision)
        let commit = HoldCommit(unit: unit, names: [name], isLift: false, cause: cause)
        let author = author
        let step = BranchStep(
            kind: .hold, environment: unit.environment, subjects: [(unit, pin.revision)],
            title: "the hold on \(unit.model) \(pin.label) in \(unit.environment)",
            note: "hold \(unit) \(pin.label): \(cause)"
        ) { try commit.write(on: $0, by: author, $1) }
        try await put(step, on: &draft)
    }

    /// The status with a reason that names the monitor, and without one when all monitors are well again.
    private func explain(
        _ status: DeploymentStatus, _ monitors: [Environment.Monitor], _ watches: [String: MonitorWatch]
    ) -> DeploymentStatus {
        var status = status
        if let failing = monitors.first(where: { watches[$0.name]?.alarm != nil }) {
            status.explain(watches[failing.name]?.alarm ?? "", .alarm(monitor: failing.name))
        } else if let doubtful = Self.gravest(monitors.filter { watches[$0.name]?.doubt != nil }) {
            // The first reason stands, also over a restart: words that change with every look are no transition.
            if case .doubt(let name) = status.cause,
                !doubtful.action.isAgainstVersion
                    || monitors.contains(where: { $0.name == name && $0.action.isAgainstVersion })
            {
                return status
            }
            status.explain(watches[doubtful.name]?.doubt ?? "", .doubt(monitor: doubtful.name))
        } else if status.cause?.isMonitors ?? false, monitors.allSatisfy({ watches[$0.name]?.isWell ?? false }) {
            status.explain("well again")
        }
        return status
    }

    /// The first whose action is against the version, since soak time does not count while it can tell nothing; else the first.
    private static func gravest(_ monitors: [Environment.Monitor]) -> Environment.Monitor? {
        monitors.first(where: \.action.isAgainstVersion) ?? monitors.first
    }

    private func tell(
        _ words: String, of monitor: Environment.Monitor, _ unit: Unit, _ level: Event.Level = .error
    ) {
        surroundings.tell(
            Event(
                level, "\(unit): \(words)",
                [
                    ("environment", unit.environment), ("model", unit.model), ("monitor", monitor.name),
                    ("action", monitor.action.rawValue),
                ]))
    }
}
