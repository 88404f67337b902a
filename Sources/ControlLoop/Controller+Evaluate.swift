import Domain

/// Runs the checks that are missing.
///
/// A loop does not wait for one that takes long: it goes on beside the passes, which watch what runs and roll it back meanwhile. One runs
/// at a time. All that it leaves is evidence by key, so that nothing is lost or doubled when it dies or comes too late.
extension Controller {
    /// A check that is to be run.
    struct Order: Sendable {
        let requirement: Gate.Requirement
        let subject: Subject
        let key: EvidenceKey
        let version: ModelVersion
        let unit: Unit
    }

    /// What runs beside the passes.
    struct Orders: Sendable {
        /// Called when one has come to its end.
        let ring: @Sendable () async -> Void
        var waiting: [Order] = []
        /// How many of them have been taken.
        var taken = 0
        /// Of those that wait, and the one that runs.
        var keys: Set<Digest> = []
        /// What each deployment asked for last: the rest is not worth running any more.
        var wanted: [Unit: Set<Digest>] = [:]
        var worker: Task<Void, Never>?
        /// How long this pass still waits for checks, so that quick ones are used at once.
        var patience: Duration = .zero
        /// The pass that waits.
        var waiter: CheckedContinuation<Void, Never>?

        mutating func takeNext() -> Order? {
            guard taken < waiting.count else {
                (waiting, taken) = ([], 0)
                return nil
            }
            defer { taken += 1 }
            return waiting[taken]
        }
    }

    /// From now on, checks run beside the passes; `ring` is called when there is something to decide.
    func runChecksBeside(ring: @escaping @Sendable () async -> Void) { orders = Orders(ring: ring) }

    /// Ends what runs, with its programs; its evidence is made anew next time.
    func stopChecks() {
        orders?.worker?.cancel()
        wakeWaiter()
        orders = nil
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
        let new = requirements.compactMap { requirement in
            key(requirement, known.version, deployed?.version, unit, snapshot).map {
                Order(requirement: requirement, subject: subject, key: $0, version: version, unit: unit)
            }
        }
        if orders != nil { return await runBeside(new, for: unit) }
        for order in new {
            surroundings.step("before-check")
            try await finish(order, await evaluator.run(order.requirement, on: subject))
        }
        return true
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

    // MARK: Beside the passes

    private func runBeside(_ new: [Order], for unit: Unit) async -> Bool {
        let keys = Set(new.map(\.key.digest))
        orders?.wanted[unit] = keys
        for order in new where orders?.keys.insert(order.key.digest).inserted == true { orders?.waiting.append(order) }
        if orders?.worker == nil { orders?.worker = Task { await workOff() } }
        while let left = orders?.patience, left > .zero, orders?.keys.isDisjoint(with: keys) == false {
            let start = ContinuousClock.now
            let timer = Task {
                try await Task.sleep(for: left)
                wakeWaiter()
            }
            await withCheckedContinuation { orders?.waiter = $0 }
            timer.cancel()
            orders?.patience -= ContinuousClock.now - start
        }
        return orders?.keys.isDisjoint(with: keys) ?? true
    }

    private func wakeWaiter() {
        orders?.waiter?.resume()
        orders?.waiter = nil
    }

    private func workOff() async {
        while let order = orders?.takeNext() {
            if orders?.wanted.values.contains(where: { $0.contains(order.key.digest) }) == true {
                surroundings.step("before-check")
                let outcome = await evaluator.run(order.requirement, on: order.subject)
                // What was stopped in the middle says nothing.
                guard !Task.isCancelled, orders != nil else { return }
                do {
                    try await finish(order, outcome)
                } catch {
                    surroundings.tell(Event(.error, "\(order.version.title) \(order.requirement.check): \(error)"))
                    timers.set(order.unit, at: surroundings.tools.now() + .seconds(60))
                }
            }
            orders?.keys.remove(order.key.digest)
            touched.models.insert(order.version.model)
            wakeWaiter()
            await orders?.ring()
        }
        orders?.worker = nil
    }
}
