import Domain

/// A look at a deployment's target and probes, and what it found.
struct Visit: Sendable {
    let unit: Unit
    let environment: Environment
    let release: Release
    let target: (any Target)?
    /// The status for which it was made: what it finds says nothing of another.
    let before: DeploymentStatus
    /// Whether the deployment's file is gone.
    let isGone: Bool
    /// The branch's commit that says what is to run.
    let tip: ObjectID
    let authority: Authority
    /// Of a removal: where other environments run the model, which may be the same place.
    var others: [any Target] = []
    /// Of a removal: whether more goes with it than may without a person's word.
    var isTooMuch = false
    /// `nil` where it never took place.
    var found: Found?
    var wishes = MonitorWishes()

    enum Authority: Sendable {
        case full
        /// The origin does not answer: what was known last counts.
        case last
        /// And the lease may have run out: another may have brought what runs now.
        case doubtful
    }

    enum Found: Sendable {
        case status(DeploymentStatus)
        case stalled(String, needsPerson: Bool)
        case gone
        case tooMuch
    }
}

extension Controller {
    /// Brings the release to its target where it does not run, and looks how it does.
    func make(_ planned: Visit) async {
        var visit = planned
        let unit = visit.unit
        if visit.before == ledger[unit] {
            do {
                visit.found =
                    visit.before.pin == nil
                    ? try await takeAway(visit) : try await look(at: visit, &visit.wishes)
            } catch {
                visit.found = .stalled("\(error)", needsPerson: (error as? any Failure)?.remedy == .askHuman)
            }
        }
        visits[unit] = visit
    }

    private func look(at visit: Visit, _ wishes: inout MonitorWishes) async throws -> Visit.Found? {
        let (unit, status) = (visit.unit, visit.before)
        let former = status.target ?? lastTargets[unit].map { TargetRecord($0) }
        var now = status
        if status.state == .pending || status.state == .stalled {
            tellOfChangedTarget(visit)
            now = try await bring(unit, status, visit.release, visit.target)
        } else if isProbeDue(unit), let target = visit.target,
            let other = try await other(than: visit.release, in: target),
            visit.authority != .doubtful || other == .nothing
        {
            guard try await isStillWanted(visit) else { return nil }
            tellOfChangedTarget(visit, other)
            now = try await bring(unit, status, visit.release, target)
        }
        now = noting(former, visit, now)
        lastTargets[unit] = visit.environment.target
        let served = await visit.release.asServed(by: visit.target, using: surroundings.tools)
        now = try await look(at: served, unit, now, visit.environment, visit.target, &wishes)
        return .status(now.left.isEmpty ? now : await withoutGone(visit, now))
    }

    /// What runs instead of the release.
    private func other(than release: Release, in target: any Target) async throws -> Running? {
        let running = try await target.observe(release, using: surroundings.tools)
        return running == .asWanted ? nil : running
    }

    /// Whether the branch is where it was: else another controller may have brought what it says now, and the next pass decides.
    private func isStillWanted(_ visit: Visit) async throws -> Bool {
        guard visit.authority == .full else { return true }
        let tip = try? await surroundings.remote.references([branchReference])[branchReference]
        if tip == visit.tip { return true }
        timers.set(visit.unit, at: surroundings.tools.now() + .seconds(1))
        return false
    }

    private func takeAway(_ visit: Visit) async throws -> Visit.Found {
        if let target = visit.target {
            let isServed = try await SharedTargets.serve(
                visit.unit.model, from: target, by: visit.others, using: surroundings.tools)
            if visit.isTooMuch, !isServed { return .tooMuch }
            if !isServed { try await target.apply(visit.release, using: surroundings.tools) }
        }
        try await clearLeftovers(visit)
        lastTargets[visit.unit] = nil
        if visit.isGone { return .gone }
        return .status(visit.before.entering(.empty, at: surroundings.tools.now(), "runs nothing"))
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
                do {
                    try await target.apply(release.carrying(artifact), using: surroundings.tools)
                } catch let failure as any BlamesArtifact {
                    if let artifact = failure.blamed { await surroundings.materials.forget(artifact) }
                    throw failure
                }
                isApplied = true
            }
            surroundings.step("after-apply")
        }
        // What stalls because its health cannot be told stays so until it can be.
        guard status.state == .pending || status.state == .stalled && isApplied else {
            guard isApplied else { return status }
            // It did not run meanwhile: being well begins anew.
            health[unit, default: Health()].doubt = Health.missing
            health[unit]?.healthySince = nil
            var again = status
            again.healthySince = nil
            return again
        }
        health[unit] = Health()
        return status.entering(.verifying, at: now, target == nil ? "no target to bring it to" : "the target runs it")
    }

    /// One look at the running deployment, and when the next one is due.
    private func look(
        at release: Release, _ unit: Unit, _ status: DeploymentStatus, _ environment: Environment,
        _ target: (any Target)?, _ wishes: inout MonitorWishes
    ) async throws -> DeploymentStatus {
        var next = status
        if isProbeDue(unit) { next = try await verify(release, unit, status, environment, target) }
        next = try await monitor(release, unit, status, next, environment, &wishes)
        next = countSoak(of: unit, from: status, to: next, environment)
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
        let probe = try environment.verify.probe.map { try surroundings.probes.make($0, as: (any Probe).self) }
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
        let verifier = Verifier(environment.verify, goesOnFromRecord: lease == nil)
        let next = verifier.status(after: result, status, &memory, now: now)
        if probe != nil || target != nil || next.state == .verifying {
            var time = now + environment.verify.pause(isVerified: next.state == .verified)
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

    private func artifact(of unit: Unit, _ pin: Pin) async throws -> Artifact {
        guard let known = try await catalog.version(of: unit.model, at: pin.revision) else {
            throw LoopError.unreadable("\(pin.revision.short) has no readable model '\(unit.model)'")
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
