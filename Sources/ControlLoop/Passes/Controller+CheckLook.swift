import Domain

/// One look of a monitor at a version that runs, by a check.
struct CheckLook: Hashable, Sendable {
    let unit: Unit
    let monitor: Environment.Monitor
    let revision: ObjectID
    /// Of the watch that asks. It begins anew where the version or the monitor comes back.
    let watch: Int
}

/// Monitors that look by a check: at the version that runs, with what it serves now.
extension Controller {
    /// What a monitor finds; `nil` while its check goes on beside the passes, as one that takes minutes must not hold up the probe.
    ///
    /// - Parameter watch: The number of the watch that asks.
    func look(_ monitor: Environment.Monitor, _ watch: Int, at release: Release, _ unit: Unit) async throws
        -> ProbeResult?
    {
        switch monitor.look {
        case .probe(let settings):
            let probe = try surroundings.probes.make(settings, as: (any Probe).self)
            return await probe.look(at: release, using: surroundings.tools)
        case .check(let requirement, let files):
            let look = CheckLook(unit: unit, monitor: monitor, revision: release.pin.revision, watch: watch)
            if let found = checkLooks.found.removeValue(forKey: look) { return found }
            let job = SideWork.Job(key: .look(look), unit: unit) {
                await self.keep(await self.run(requirement, files, look, release), of: look)
            }
            begin(.looks, job, group: unit.description)
            guard side.wake == nil else { return nil }
            _ = await wait(for: [job.key])
            return checkLooks.found.removeValue(forKey: look)
        }
    }

    private func keep(_ result: ProbeResult, of look: CheckLook) {
        // Of what runs or is asked no more, nobody takes it in.
        checkLooks.found = checkLooks.found.filter {
            $0.key.unit != look.unit || $0.key.monitor.name != look.monitor.name
        }
        checkLooks.found[look] = result
        health[look.unit]?.nextLook = nil
        health[look.unit]?.nextProbe = nil
    }

    private func run(
        _ requirement: Gate.Requirement, _ files: [String: String], _ look: CheckLook, _ release: Release
    ) async -> ProbeResult {
        do {
            guard let subject = try await subject(of: look) else {
                return ProbeResult(.inconclusive, "\(look.revision.short) cannot be read")
            }
            let live = LiveFiles(files, of: release)
            let outcome = await evaluator.run(requirement, on: subject.reading(live), for: look.monitor.name)
            if outcome.verdict.admits, let unread = live.unread {
                return ProbeResult(.inconclusive, "\(requirement.check) reads no '\(unread)', which files names")
            }
            let worst = outcome.findings.first { $0.verdict == outcome.verdict }
            return ProbeResult(
                outcome.verdict, "\(requirement.check): \(outcome.summary)", value: worst?.value,
                threshold: worst?.threshold)
        } catch {
            return ProbeResult(.error, "\(requirement.check): \(error)")
        }
    }

    /// The version that runs, beside the one that one would go back to.
    private func subject(of look: CheckLook) async throws -> Subject? {
        let unit = look.unit
        guard let snapshot, let environment = snapshot.environments[unit.environment]?.value,
            let known = try await catalog.version(of: unit.model, at: look.revision)
        else { return nil }
        let before = try await catalog.versions(of: unit.model, at: earlier(unit, known.version, nil))
        return evaluator.subject(
            known, environment: (unit.environment, environment), deployed: before.first,
            earlier: Array(before.dropFirst()), statuses: statuses(unit, snapshot), tip: snapshot.revision, of: branch,
            records: trust)
    }
}
