import Domain

extension Controller {
    /// Makes the targets run what the branch says, looks how that does, and rolls back what fails.
    ///
    /// Targets and probes are visited beside each other: one that does not answer holds up no other.
    func tend(_ units: [Unit], _ snapshot: Snapshot, _ draft: inout BranchDraft) async {
        guard !options.isDryRun else { return }
        looks = true
        var begun: Set<SideWork.Key> = []
        for unit in units {
            if let visit = await plannedVisit(to: unit, snapshot) {
                begun.insert(.visit(unit))
                let job = SideWork.Job(key: .visit(unit), unit: unit) { await self.make(visit) }
                begin(.visits, job, group: unit.description)
            }
        }
        _ = await wait(for: begun)
        for unit in units { await takeOver(unit, snapshot, &draft) }
    }

    /// The visit that is due; `nil` where there is none, or one that has begun has not been taken over yet.
    private func plannedVisit(to unit: Unit, _ snapshot: Snapshot) async -> Visit? {
        guard let status = ledger[unit], side.isDone([.visit(unit)]) else { return nil }
        let authority = authority
        // Another may act by now, and know more.
        if authority == .doubtful, status.pin == nil || status.state == .pending || status.state == .stalled {
            return nil
        }
        if let past = visits[unit] {
            guard past.before != status else { return nil }
            // It was of another version.
            visits[unit] = nil
            health[unit]?.nextLook = nil
        }
        do {
            guard let environment = try await settings(of: unit, snapshot), !waits(unit, status) else { return nil }
            let isGone = snapshot.deployment(of: unit.model, in: unit.environment) == nil
            var target = try environment.target.map { try surroundings.targets.make($0, as: (any Target).self) }
            var others: [any Target] = [], isTooMuch = false
            if status.pin == nil {
                guard status.state != .empty else { return nil }
                if isGone, let there = target, shared.serve(unit.model, from: there, snapshot) {
                    // It moved to another environment: only the record goes.
                    target = nil
                } else {
                    if isGone, target != nil { others = shared.targets(serving: unit.model, snapshot) }
                    if !options.acceptsRemoval { isTooMuch = try await goesWithTooMuch(unit, status, snapshot) }
                    // Whether it moved by another name, the targets are asked first.
                    if isTooMuch, others.isEmpty {
                        stallRemoval(unit, status, snapshot)
                        return nil
                    }
                }
            }
            var visit = Visit(
                unit: unit, environment: environment, release: try await release(unit, status),
                target: target, before: status, isGone: isGone, tip: snapshot.revision, authority: authority)
            (visit.others, visit.isTooMuch) = (others, isTooMuch)
            return visit
        } catch {
            stall(unit, status, error)
            return nil
        }
    }

    /// Makes what a visit found the deployment's status, and does what follows from it.
    private func takeOver(_ unit: Unit, _ snapshot: Snapshot, _ draft: inout BranchDraft) async {
        if let visit = visits.removeValue(forKey: unit), visit.before == ledger[unit] {
            switch visit.found {
            case nil: break
            case .gone?: ledger.remove(unit, at: surroundings.tools.now())
            case .tooMuch?: stallRemoval(unit, visit.before, snapshot)
            case .stalled(let reason, let needsPerson)?: stall(unit, visit.before, reason, needsPerson: needsPerson)
            case .status(let status)?:
                syncFailures[unit] = nil
                let isUnclear =
                    (status.state == .verifying || status.state == .verified)
                    && status.cause == .unclear
                if status.state != visit.before.state || isUnclear && status.reason != visit.before.reason {
                    report(unit, status)
                }
                ledger.set(status, of: unit)
            }
            if let wish = visit.wishes.retrain { await considerRetraining(unit, wish, snapshot) }
            if let cause = visit.wishes.hold, let status = ledger[unit] {
                do {
                    try await hold(unit, status, cause, &draft)
                } catch {
                    stall(unit, visit.before, error)
                }
            }
        }
        guard let status = ledger[unit], status.state == .failed,
            let environment = try? await settings(of: unit, snapshot)
        else { return }
        await goBack(unit, status, snapshot, environment, &draft)
    }

    /// The environment's settings, the last valid ones where its file is broken: that keeps versions out, and leaves what runs watched.
    /// Where its folder is gone, those that it had last, by which its targets are cleared.
    private func settings(of unit: Unit, _ snapshot: Snapshot) async throws -> Environment? {
        if let environment = snapshot.environments[unit.environment] {
            return shared.environments.contains(unit.environment) ? nil : environment.value
        }
        guard snapshot.deployment(of: unit.model, in: unit.environment) == nil else { return nil }
        if let former = branchMemory.formerEnvironments[unit.environment] { return former }
        let (language, revision, branch) = (surroundings.language, snapshot.revision, branch)
        guard let place = ManifestPlace(path: Snapshot.file(ofEnvironment: unit.environment)) else { return nil }
        let file = try await surroundings.store.read { reader in
            try ParsedFile.beforeRemoval(place, at: revision, on: branch, reader, language)
        }
        guard case .environment(let written)? = file?.own else { return nil }
        let former = written.resolved(by: snapshot.settings.defaults)
        branchMemory.formerEnvironments[unit.environment] = former
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

    private func goBack(
        _ unit: Unit, _ status: DeploymentStatus, _ snapshot: Snapshot, _ environment: Environment,
        _ draft: inout BranchDraft
    ) async {
        guard !isMeanwhile else { return }
        // Only what the branch still names can be taken back.
        let isNamed = deployment(of: unit, snapshot)?.pin.map { $0.revision == status.pin?.revision } ?? false
        guard isNamed || branchMemory.wasRewritten, resting(unit, status.pin?.revision) == nil else { return }
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
        switch try await wayBack(status, environment.rollback) {
        case .nothing: break
        case .askPerson(let reason):
            // Reasons are cut at 1000: what a person has to know stays.
            let words = Excerpt.line(status.reason, limit: max(0, 990 - reason.unicodeScalars.count))
            let text = status.reason.contains(reason) ? status.reason : "\(words); \(reason)"
            let waiting = status.entering(.failed, at: surroundings.tools.now(), text)
            if waiting.reason != status.reason {
                surroundings.tell(Event(.error, "\(unit) needs a person: \(waiting.reason)"))
            }
            ledger.set(waiting, of: unit)
        case .revert(let target):
            let commits = RollbackCommits(
                unit: unit, running: status.pin, target: target,
                cause: "\(unit.model) \(status.pin?.label ?? "") failed in \(unit.environment): \(status.reason)",
                author: author, branch: branch)
            let language = surroundings.language
            let step = BranchStep(
                kind: .rollback, environment: unit.environment,
                subjects: status.pin.map { [(unit, $0.revision)] } ?? [],
                title: "the rollback of \(unit) to \(target.pin.label)",
                note: "roll back \(unit) to \(target.pin.label): \(status.reason)"
            ) { try commits.write(on: $0, $1, language) }
            if try await put(step, on: &draft) {
                draft.rolledBack.insert(unit.environment)
                surroundings.step("after-rollback-commit")
            }
        }
    }

    /// Whether what failed goes back, and to what. Where the branch was rewritten, what it says now may not be what went before.
    func wayBack(_ status: DeploymentStatus, _ policy: Environment.Rollback) async throws -> RollbackRule.Decision {
        if branchMemory.wasRewritten { return .askPerson(RollbackRule.rewritten) }
        return RollbackRule.decide(try await withoutNewer(status), policy, now: surroundings.tools.now())
    }

    /// The status without the verified versions that are newer than the present one: to go there is no way back.
    func withoutNewer(_ status: DeploymentStatus) async throws -> DeploymentStatus {
        guard let pin = status.pin else { return status }
        var older = status
        older.verified = []
        for verified in status.verified where try await !catalog.isOlder(pin.revision, than: verified.pin.revision) {
            older.verified.append(verified)
        }
        return older
    }

    private func stall(_ unit: Unit, _ status: DeploymentStatus, _ error: any Error) {
        stall(unit, status, "\(error)", needsPerson: (error as? any Failure)?.remedy == .askHuman)
    }

    private func stall(_ unit: Unit, _ status: DeploymentStatus, _ reason: String, needsPerson: Bool) {
        let count = (syncFailures[unit]?.count ?? 0) + 1
        let now = surroundings.tools.now()
        let retryAt = now + .seconds(2).doubled(after: count, upTo: .seconds(300))
        syncFailures[unit] = (count, retryAt)
        timers.set(unit, at: retryAt)
        var stalled = status.entering(.stalled, at: now, reason)
        stalled.needsPerson = needsPerson
        if stalled.state != status.state || stalled.reason != status.reason { report(unit, stalled) }
        ledger.set(stalled, of: unit)
    }

    func report(_ unit: Unit, _ status: DeploymentStatus) {
        let isUnclear = status.state == .stalled || status.cause == .unclear
        let level: Event.Level = status.state == .failed ? .error : isUnclear ? .warning : .info
        surroundings.tell(
            Event(
                level, "\(unit) \(status.pin.map { $0.label + " " } ?? "")\(status.state.rawValue): \(status.reason)",
                [("environment", unit.environment), ("model", unit.model), ("state", status.state.rawValue)]))
    }

    /// The release that a pin stands for, without its artifact.
    private func release(_ unit: Unit, _ status: DeploymentStatus) async throws -> Release {
        guard let pin = status.pin else {
            return Release(
                environment: unit.environment, model: unit.model, pin: Pin(revision: .zero), artifact: nil, digest: nil,
                format: nil, number: 0, ranBefore: !status.verified.isEmpty)
        }
        guard let known = try await catalog.version(of: unit.model, at: pin.revision) else {
            throw LoopError.unreadable("\(pin.revision.short) has no readable model '\(unit.model)'")
        }
        return Release(
            environment: unit.environment, model: unit.model, pin: pin, artifact: nil,
            digest: pin.digest ?? known.manifest.artifact.sha256,
            format: known.manifest.artifact.format, number: Int(known.time.seconds))
    }
}
