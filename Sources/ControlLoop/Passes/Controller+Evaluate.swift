import Domain

/// Runs the checks that are missing, in a loop beside the passes: one that takes long holds up neither what runs nor other models.
extension Controller {
    /// A check that is to be run.
    struct Order: Sendable {
        let requirement: Gate.Requirement
        let subject: Subject
        let key: EvidenceKey
        let version: ModelVersion
        let unit: Unit
    }

    /// Returns whether all of it is done and known.
    func evaluate(
        _ version: ModelVersion, _ requirements: [Gate.Requirement], _ unit: Unit, _ snapshot: Snapshot
    ) async throws -> Bool {
        guard let known = try await catalog.version(of: version.model, at: version.revision),
            let environment = snapshot.environments[unit.environment]?.value
        else { return true }
        let deployed = await deployedVersion(of: unit, snapshot).known
        let subject = evaluator.subject(
            known, environment: (unit.environment, environment), deployed: deployed,
            earlier: asks(requirements, for: .earlier)
                ? try await catalog.versions(of: unit.model, at: earlier(unit, known.version, deployed?.version)) : [],
            statuses: asks(requirements, for: .verified) ? statuses(unit, snapshot) : [:], tip: snapshot.revision,
            of: branch, records: trust)
        let orders = requirements.compactMap { requirement in
            key(requirement, known.version, deployed?.version, unit, snapshot).map {
                Order(requirement: requirement, subject: subject, key: $0, version: version, unit: unit)
            }
        }
        let keys = Set(orders.map(\.key.digest))
        checkRuns.wanted[unit] = keys
        for order in orders {
            let job = SideWork.Job(key: .check(order.key.digest), unit: unit) { await self.run(order) }
            begin(.checks, job, group: unit.model)
        }
        return await wait(for: Set(keys.map { .check($0) })) && keys.allSatisfy { checkRuns.failures[$0] == nil }
    }

    /// The plan with why the checks that it waits for came to nothing though they ran, such as a disk that is full.
    func withCheckFailure(_ plan: UnitPlan) -> UnitPlan {
        guard let failure = checkRuns.wanted[plan.unit]?.compactMap({ checkRuns.failures[$0] }).min() else {
            return plan
        }
        var plan = plan
        plan.failure = failure
        plan.blockers.append(
            Blocker(
                .person, plan.unit.environment, failure,
                unblockedBy: "a person, who puts right what is said here; Martlet tries again by itself"))
        return plan
    }

    private func run(_ order: Order) async {
        guard checkRuns.wanted.values.contains(where: { $0.contains(order.key.digest) }) else { return }
        surroundings.step("before-check")
        checkRuns.failures[order.key.digest] = nil
        let start = surroundings.tools.now()
        let outcome = await evaluator.run(order.requirement, on: order.subject)
        // What takes long and comes to nothing, such as a large download of wrong bytes, is to take a tenth of the time at most.
        let pause = max(.seconds(60), min(.seconds(3600), (surroundings.tools.now() - start) * 9))
        // What was stopped in the middle says nothing.
        guard !Task.isCancelled else { return }
        do {
            try await finish(order, outcome, pause)
        } catch {
            let words = "\(order.version.title) \(order.requirement.check): what it found could not be kept: \(error)"
            let wanted = checkRuns.wanted.values.reduce(into: Set()) { $0.formUnion($1) }
            checkRuns.failures = checkRuns.failures.filter { wanted.contains($0.key) }
            checkRuns.failures[order.key.digest] = words
            surroundings.tell(Event(.error, words))
            timers.set(order.unit, at: surroundings.tools.now() + .seconds(60))
        }
    }

    /// - Parameter pause: After which a check that could not be made is tried again.
    private func finish(_ order: Order, _ outcome: Outcome, _ pause: Duration) async throws {
        let (version, check, now) = (order.version, order.requirement.check, surroundings.tools.now())
        let digest = order.key.digest
        let last = checkRuns.fresh[digest]?.evidence
        var known: Evidence?
        if outcome.mayChange {
            let store = evidenceStore
            known = try await surroundings.store.read { try store.find(check, order.key, of: version, $0)?.evidence }
        }
        let again = outcome.verdict == .error || outcome.mayChange ? now + pause : nil
        // What stays as it was is from when it was found first; but evidence that grows old is as old as the last look.
        let isSince = again != nil && !asks([order.requirement], for: .clock)
        let same = isSince ? [last, known].compactMap(\.self).first { $0.outcome == outcome } : nil
        let evidence = Evidence(
            check: check, key: digest, model: version.model, revision: version.revision, tree: version.tree,
            outcome: outcome, time: same?.time ?? now, inputs: order.key.inputs)
        // An error says nothing of the version, and is not written down; what is missing outside of Git is, once.
        let isKnown = outcome.mayChange && [last, known].contains { $0?.outcome.verdict == outcome.verdict }
        if outcome.verdict != .error, !isKnown {
            let bytes = EvidenceStore.bytes(of: evidence)
            // All at once from here: a pass between them would promote without naming it.
            checkRuns.ids[digest] = try await surroundings.store.write { try $0.write(blob: bytes) }
            checkRuns.unsaved.append(evidence)
        }
        checkRuns.fresh[digest] = (evidence, again, Evaluator.timeLimit(order.requirement))
        if let again { timers.set(order.unit, at: again) }
        guard last?.outcome != outcome else { return }
        surroundings.tell(
            Event(
                outcome.verdict.admits ? .info : .warning,
                "\(version.title) \(check) \(outcome.verdict.rawValue): \(outcome.summary)",
                [("model", version.model), ("check", check), ("verdict", outcome.verdict.rawValue)]))
    }
}
