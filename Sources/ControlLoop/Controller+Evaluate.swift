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

    /// Returns whether all of it is done.
    func evaluate(
        _ version: ModelVersion, _ requirements: [Gate.Requirement], _ unit: Unit, _ snapshot: Snapshot
    ) async throws -> Bool {
        guard let known = try await catalog.version(of: version.model, at: version.revision),
            let environment = snapshot.environments[unit.environment]?.value
        else { return true }
        let deployed = try await deployedVersion(of: unit, snapshot)
        let subject = evaluator.subject(
            known, environment: (unit.environment, environment), deployed: deployed,
            earlier: asks(requirements, for: .earlier)
                ? try await catalog.versions(of: unit.model, at: earlier(unit, known.version, deployed?.version)) : [],
            tip: snapshot.revision, references: prefix)
        let orders = requirements.compactMap { requirement in
            key(requirement, known.version, deployed?.version, unit, snapshot).map {
                Order(requirement: requirement, subject: subject, key: $0, version: version, unit: unit)
            }
        }
        let keys = Set(orders.map(\.key.digest))
        wantedChecks[unit] = keys
        for order in orders {
            let job = SideWork.Job(key: .check(order.key.digest), unit: unit) { await self.run(order) }
            begin(.checks, job, group: unit.model)
        }
        return await wait(for: Set(keys.map { .check($0) }))
    }

    private func run(_ order: Order) async {
        guard wantedChecks.values.contains(where: { $0.contains(order.key.digest) }) else { return }
        surroundings.step("before-check")
        let outcome = await evaluator.run(order.requirement, on: order.subject)
        // What was stopped in the middle says nothing.
        guard !Task.isCancelled else { return }
        do {
            try await finish(order, outcome)
        } catch {
            surroundings.tell(Event(.error, "\(order.version.title) \(order.requirement.check): \(error)"))
            timers.set(order.unit, at: surroundings.tools.now() + .seconds(60))
        }
    }

    private func finish(_ order: Order, _ outcome: Outcome) async throws {
        let (version, check, now) = (order.version, order.requirement.check, surroundings.tools.now())
        let evidence = Evidence(
            check: check, key: order.key.digest, model: version.model, revision: version.revision, tree: version.tree,
            outcome: outcome, time: now, inputs: order.key.inputs)
        // An error says nothing of the version: it is tried again, and not written down for good.
        if outcome.verdict == .error {
            freshEvidence[order.key.digest] = (evidence, now + .seconds(60))
            timers.set(order.unit, at: now + .seconds(60))
        } else {
            let bytes = EvidenceStore.bytes(of: evidence)
            let id = try await surroundings.store.write { try $0.write(blob: bytes) }
            // All at once: a pass between them would promote without naming it.
            evidenceIDs[order.key.digest] = id
            freshEvidence[order.key.digest] = (evidence, nil)
            unsavedEvidence.append(evidence)
        }
        surroundings.tell(
            Event(
                outcome.verdict.admits ? .info : .warning,
                "\(version.title) \(check) \(outcome.verdict.rawValue): \(outcome.summary)",
                [("model", version.model), ("check", check), ("verdict", outcome.verdict.rawValue)]))
    }
}
