import Domain

extension Controller {
    /// Makes the target run what the branch says, looks how it does, and rolls it back if it fails.
    func tend(_ unit: Unit, _ snapshot: Snapshot, _ draft: inout BranchDraft) async {
        guard !options.isDryRun, let status = ledger[unit] else { return }
        if snapshot.deployment(of: unit.model, in: unit.environment)?.isBroken ?? false { return }
        do {
            guard let environment = try await settings(of: unit, snapshot) else { return }
            guard !waits(unit, status) else {
                if status.state == .failed { await goBack(unit, status, snapshot, environment, &draft) }
                return
            }
            let release = try await release(unit, status.pin, snapshot)
            let target = try environment.target.map { try surroundings.targets.make($0) as? any Target } ?? nil
            guard status.pin != nil else { return try await takeAway(unit, release, target, snapshot) }
            var now = status
            if status.state == .pending || status.state == .stalled {
                now = try await bring(unit, status, release, target)
            } else if isProbeDue(unit), let target,
                try await target.observe(release, using: surroundings.tools) != .asWanted
            {
                surroundings.tell(Event(.warning, "the target of \(unit) was changed by somebody else; repairing it"))
                now = try await bring(unit, status, release, target)
            }
            syncFailures[unit] = nil
            now = try await look(at: release, unit, now, environment, target, &draft)
            if now.state != status.state { report(unit, now) }
            ledger.set(now, of: unit)
            if now.state == .failed { await goBack(unit, now, snapshot, environment, &draft) }
        } catch {
            stall(unit, status, error)
        }
    }

    /// The environment's settings; where its folder is gone, those that it had last, by which its targets are cleared.
    private func settings(of unit: Unit, _ snapshot: Snapshot) async throws -> Environment? {
        if let environment = snapshot.environments[unit.environment] {
            return environment.isBroken || shared.environments.contains(unit.environment) ? nil : environment.value
        }
        guard snapshot.deployment(of: unit.model, in: unit.environment) == nil else { return nil }
        if let former = formerEnvironments[unit.environment] { return former }
        let (language, revision) = (surroundings.language, snapshot.revision)
        guard let place = ManifestPlace(path: "environments/\(unit.environment)/environment.yaml") else { return nil }
        let file = try await surroundings.store.read { reader in
            try ParsedFile.beforeRemoval(place, at: revision, reader, language)
        }
        guard case .environment(let former)? = file?.own else { return nil }
        formerEnvironments[unit.environment] = former
        return former
    }

    /// Whether it is too early to look again: other deployments of the model move, and this one is not probed more often for that.
    private func waits(_ unit: Unit, _ status: DeploymentStatus) -> Bool {
        let now = surroundings.tools.now()
        guard status.pin != nil, status.state != .pending else { return false }
        let failure = status.state == .stalled ? syncFailures[unit]?.retryAt : nil
        guard let next = failure ?? health[unit]?.nextLook, now < next else { return false }
        timers.set(unit, at: next)
        return true
    }

    /// Applies the release; a state that was only waiting for that becomes `verifying`.
    private func bring(_ unit: Unit, _ status: DeploymentStatus, _ release: Release, _ target: (any Target)?)
        async throws -> DeploymentStatus
    {
        let now = surroundings.tools.now()
        var isApplied = false
        if let target {
            surroundings.step("before-apply")
            if try await target.observe(release, using: surroundings.tools) != .asWanted {
                let artifact = try await artifact(of: unit, release.pin)
                try await target.apply(release.carrying(artifact), using: surroundings.tools)
                isApplied = true
            }
            surroundings.step("after-apply")
        }
        // What stalls because its health cannot be told stays so until it can be.
        guard status.state == .pending || status.state == .stalled && isApplied else {
            guard isApplied else { return status }
            // It did not run meanwhile: being well begins anew.
            health[unit]?.healthySince = nil
            var again = status
            again.healthySince = nil
            return again
        }
        health[unit] = Health()
        return status.entering(.verifying, at: now, target == nil ? "no target to bring it to" : "the target runs it")
    }

    private func takeAway(_ unit: Unit, _ release: Release, _ target: (any Target)?, _ snapshot: Snapshot) async throws
    {
        guard let status = ledger[unit], status.state != .empty else { return }
        let isGone = snapshot.deployment(of: unit.model, in: unit.environment) == nil
        if isGone, removesTooMuch(unit.environment, snapshot), !options.acceptsRemoval {
            let reason =
                "more than \(Int(snapshot.settings.maxRemovedShare * 100)) % of \(unit.environment) would go in one step; "
                + "a person must allow it: martlet reconcile --accept-removal"
            let stalled = status.entering(.stalled, at: surroundings.tools.now(), reason)
            if stalled != status { report(unit, stalled) }
            return ledger.set(stalled, of: unit)
        }
        try await target?.apply(release, using: surroundings.tools)
        if isGone { return ledger.remove(unit) }
        let empty = status.entering(.empty, at: surroundings.tools.now(), "runs nothing")
        ledger.set(empty, of: unit)
        report(unit, empty)
    }

    /// Counted once a pass, before anything is taken away: what a person is asked about is the step as a whole.
    private func removesTooMuch(_ environment: String, _ snapshot: Snapshot) -> Bool {
        if let known = removesTooMuch[environment] { return known }
        let units = ledger.statuses.filter { $0.key.environment == environment && $0.value.state != .empty }
        let gone = units.filter { snapshot.deployment(of: $0.key.model, in: environment) == nil }.count
        let isTooMuch = Double(gone) > snapshot.settings.maxRemovedShare * Double(units.count)
        removesTooMuch[environment] = isTooMuch
        return isTooMuch
    }

    /// One look at the running deployment, and when the next one is due.
    private func look(
        at release: Release, _ unit: Unit, _ status: DeploymentStatus, _ environment: Environment,
        _ target: (any Target)?, _ draft: inout BranchDraft
    ) async throws -> DeploymentStatus {
        var next = status
        if isProbeDue(unit) { next = try await verify(release, unit, status, environment, target) }
        next = try await monitor(release, unit, status, next, environment, &draft)
        if let time = [health[unit]?.nextProbe, nextMonitorLook(unit)].compactMap(\.self).min() {
            health[unit]?.nextLook = time
            timers.set(unit, at: time)
        }
        return next
    }

    private func isProbeDue(_ unit: Unit) -> Bool {
        health[unit]?.nextProbe.map { surroundings.tools.now() >= $0 } ?? true
    }

    /// One look through the environment's own probe, or at the target where there is none.
    private func verify(
        _ release: Release, _ unit: Unit, _ status: DeploymentStatus, _ environment: Environment,
        _ target: (any Target)?
    ) async throws -> DeploymentStatus {
        let probe = try environment.verify.probe.map { try surroundings.probes.make($0) as? any Probe } ?? nil
        let result: ProbeResult
        if let probe {
            result = await probe.look(at: release, using: surroundings.tools)
        } else if let target {
            result = await Self.look(at: release, through: target, surroundings.tools)
        } else {
            result = ProbeResult(.pass, "nothing to probe")
        }
        var memory = health[unit] ?? Health()
        let now = surroundings.tools.now()
        let next = Verifier(environment.verify).status(after: result, status, &memory, now: now)
        if probe != nil || target != nil || next.state == .verifying {
            let wait =
                next.state == .verified ? max(environment.verify.interval, .seconds(30)) : environment.verify.interval
            var time = now + wait
            if let since = memory.healthySince, next.state == .verifying {
                time = min(time, max(since + environment.verify.duration, now))
            }
            memory.nextProbe = time
        }
        health[unit] = memory
        return next
    }

    private static func look(at release: Release, through target: any Target, _ tools: Tools) async -> ProbeResult {
        do {
            switch try await target.observe(release, using: tools) {
            case .asWanted: return ProbeResult(.pass, "the target runs it")
            case .nothing: return ProbeResult(.fail, "the target runs nothing")
            case .other(let words): return ProbeResult(.fail, words)
            }
        } catch {
            return ProbeResult(.error, "\(error)")
        }
    }

    private func goBack(
        _ unit: Unit, _ status: DeploymentStatus, _ snapshot: Snapshot, _ environment: Environment,
        _ draft: inout BranchDraft
    ) async {
        // Only what the branch still names can be taken back; where it was rewritten, a person looks first.
        guard !historyWasRewritten, let pin = snapshot.deployment(of: unit.model, in: unit.environment)?.value.pin,
            pin.revision == status.pin?.revision
        else { return }
        do {
            try await rollBack(unit, status, environment, &draft)
        } catch {
            surroundings.tell(Event(.error, "\(unit) cannot be rolled back: \(error)"))
            timers.set(unit, at: surroundings.tools.now() + .seconds(10))
        }
    }

    /// Puts the commits that go back onto the draft, or says why a person is needed.
    private func rollBack(
        _ unit: Unit, _ status: DeploymentStatus, _ environment: Environment, _ draft: inout BranchDraft
    ) async throws {
        switch RollbackRule.decide(status, environment.rollback, now: surroundings.tools.now()) {
        case .nothing: break
        case .askPerson(let reason):
            let text = status.reason.contains(reason) ? status.reason : "\(status.reason); \(reason)"
            if text != status.reason { surroundings.tell(Event(.error, "\(unit) needs a person: \(text)")) }
            ledger.set(status.entering(.failed, at: surroundings.tools.now(), text), of: unit)
        case .revert(let target):
            let commits = RollbackCommits(
                unit: unit, target: target,
                cause: "\(status.pin?.label ?? "it") failed in \(unit.environment): \(status.reason)",
                author: author)
            let (head, language) = (draft.head, surroundings.language)
            if let new = try await surroundings.store.write({ try commits.write(on: head, $0, language) }) {
                draft.head = try await surroundings.sign(new, head)
                draft.rolledBack.insert(unit.environment)
                draft.notes.append("roll back \(unit) to \(target.pin.label): \(status.reason)")
                surroundings.step("after-rollback-commit")
            }
        }
    }

    private func stall(_ unit: Unit, _ status: DeploymentStatus, _ error: any Error) {
        let count = (syncFailures[unit]?.count ?? 0) + 1
        let now = surroundings.tools.now()
        let retryAt = now + .milliseconds(min(300_000, 1000 << min(count, 9)))
        syncFailures[unit] = (count, retryAt)
        timers.set(unit, at: retryAt)
        let stalled = status.entering(.stalled, at: now, "\(error)")
        if stalled.state != status.state || stalled.reason != status.reason { report(unit, stalled) }
        ledger.set(stalled, of: unit)
    }

    private func report(_ unit: Unit, _ status: DeploymentStatus) {
        let level: Event.Level = status.state == .failed ? .error : status.state == .stalled ? .warning : .info
        surroundings.tell(
            Event(
                level, "\(unit) \(status.pin.map { $0.label + " " } ?? "")\(status.state.rawValue): \(status.reason)",
                [("environment", unit.environment), ("model", unit.model), ("state", status.state.rawValue)]))
    }

    /// The release that a pin stands for, without its artifact.
    private func release(_ unit: Unit, _ pin: Pin?, _ snapshot: Snapshot) async throws -> Release {
        guard let pin else {
            return Release(
                environment: unit.environment, model: unit.model, pin: Pin(revision: .zero), artifact: nil, digest: nil,
                format: nil, number: 0)
        }
        guard let known = try await catalog.version(of: unit.model, at: pin.revision) else {
            throw LoopError.notFound("\(pin.revision.short) has no readable model '\(unit.model)'")
        }
        return Release(
            environment: unit.environment, model: unit.model, pin: pin, artifact: nil,
            digest: pin.digest ?? known.manifest.artifact.sha256,
            format: known.manifest.artifact.format, number: Int(known.time.seconds))
    }

    private func artifact(of unit: Unit, _ pin: Pin) async throws -> Artifact {
        guard let known = try await catalog.version(of: unit.model, at: pin.revision) else {
            throw LoopError.notFound("\(pin.revision.short) has no readable model '\(unit.model)'")
        }
        let artifact = try await surroundings.materials.artifact(known.version, known.manifest.artifact)
        if let promised = pin.digest, promised != artifact.digest {
            throw ArtifactFailure(
                .digestMismatch,
                "the artifact of \(unit.model) \(pin.label) is \(artifact.digest), the deployment promises \(promised)")
        }
        return artifact
    }
}

extension Release {
    func carrying(_ artifact: Artifact) -> Release {
        Release(
            environment: environment, model: model, pin: pin, artifact: artifact, digest: artifact.digest,
            format: format, number: number)
    }
}
