import Domain

extension Controller {
    /// Plans the deployments, running the checks that are missing, and returns the promotions that may be made.
    func plan(_ units: [Unit], _ snapshot: Snapshot) async -> [(unit: Unit, move: Action.Move)] {
        var promotions: [(Unit, Action.Move)] = []
        var failed: [String: [Unit]] = [:]
        for unit in units {
            do {
                guard let (plan, action) = try await decide(unit, snapshot) else {
                    plans[unit] = nil
                    checkRuns.wanted[unit] = nil
                    continue
                }
                if plan.state != .evaluating { checkRuns.wanted[unit] = nil }
                tell(plan)
                plans[unit] = plan
                if let next = plan.nextLook { timers.set(unit, at: next) }
                if case .promote(_, let moves, _)? = action { promotions += moves.map { (unit, $0) } }
            } catch {
                let next = surroundings.tools.now() + .seconds(10)
                let plan = Self.unplanned(unit, deployment(of: unit, snapshot)?.pin, error, next)
                if plan.failure != plans[unit]?.failure { failed["\(error)", default: []].append(unit) }
                plans[unit] = plan
                timers.set(unit, at: next)
            }
        }
        // One damaged object may concern many of them.
        for (why, units) in failed.sorted(by: { $0.key < $1.key }) {
            let more = units.count > 1 ? " and \(units.count - 1) more" : ""
            surroundings.tell(Event(.error, "\(units[0])\(more) cannot be planned: \(why)"))
        }
        return withoutUnfinishedBatches(promotions, snapshot)
    }

    /// Stands for the plan that could not be made: what was decided before may not be so any more.
    private static func unplanned(_ unit: Unit, _ current: Pin?, _ error: any Error, _ next: Timestamp) -> UnitPlan {
        let needsPerson = (error as? any Failure)?.remedy == .askHuman
        var plan = UnitPlan(unit: unit, state: .blocked, current: current, nextLook: next)
        plan.failure = "\(error)"
        plan.blockers = [
            Blocker(
                .person, unit.environment, "it cannot be planned: \(error)",
                unblockedBy: (needsPerson ? "a person, who puts right what is said here; " : "")
                    + "Martlet tries again by itself", nextLook: next)
        ]
        return plan
    }

    /// Where all that is ready moves in one commit, nothing moves before the checks that run beside the passes have ended.
    private func withoutUnfinishedBatches(_ promotions: [(unit: Unit, move: Action.Move)], _ snapshot: Snapshot)
        -> [(unit: Unit, move: Action.Move)]
    {
        // A check that ended while this pass was under way has left its model to the next one.
        guard !promotions.isEmpty, !side.keys.isEmpty || !touched.models.isEmpty else { return promotions }
        let unfinished = Set(plans.values.lazy.filter { $0.state == .evaluating }.map(\.unit.environment)).filter {
            snapshot.environments[$0]?.value.promotion.order == .batch
        }
        touched.models.formUnion(promotions.filter { unfinished.contains($0.unit.environment) }.map(\.unit.model))
        return promotions.filter { !unfinished.contains($0.unit.environment) }
    }

    /// One deployment's plan. Missing evidence is made on the way, unless this is a dry run.
    ///
    /// - Parameter request: Whose head is what people approve; without one it is the version's own commit.
    func decide(
        _ unit: Unit, _ snapshot: Snapshot, by request: (unit: Unit, head: ObjectID)? = nil
    ) async throws -> (UnitPlan, Action?)? {
        guard var facts = try await facts(of: unit, snapshot, by: request) else { return nil }
        for _ in 0..<3 {
            let (plan, action) = planner.promotion(facts, now: surroundings.tools.now())
            guard case .evaluate(_, let version, let requirements)? = action, !options.isDryRun else {
                return (plan, action)
            }
            guard try await evaluate(version, requirements, unit, snapshot) else {
                return (withCheckFailure(plan), nil)
            }
            guard let again = try await self.facts(of: unit, snapshot, by: request) else { return nil }
            facts = again
        }
        return (planner.promotion(facts, now: surroundings.tools.now()).plan, nil)
    }

    func key(
        _ requirement: Gate.Requirement, _ version: ModelVersion, _ deployed: ModelVersion?, _ unit: Unit,
        _ snapshot: Snapshot
    ) -> EvidenceKey? {
        // A check of an unknown name has a key too: its evidence is the error that says so.
        let type = surroundings.checks[requirement.check] ?? UnknownCheck.self
        return EvidenceKey(
            requirement, type, version, deployed: deployed, earlier: earlier(unit, version, deployed),
            statuses: type.looksAt.contains(.verified) ? statuses(unit, snapshot) : [:], unit: unit,
            environment: snapshot.source(ofEnvironment: unit.environment),
            transition: ledger[unit]?.commit, records: records)
    }

    func asks(_ requirements: [Gate.Requirement], for input: CheckInput) -> Bool {
        requirements.contains { surroundings.checks[$0.check]?.looksAt.contains(input) ?? false }
    }

    /// Versions that ran well there before the one that runs now.
    func earlier(_ unit: Unit, _ version: ModelVersion, _ deployed: ModelVersion?) -> [ObjectID] {
        ledger[unit]?.earlier(besides: [version.revision, deployed?.revision]) ?? []
    }

    /// What is known of the model's deployments there and in the environments before, by environment.
    func statuses(_ unit: Unit, _ snapshot: Snapshot) -> [String: DeploymentStatus] {
        let names = [unit.environment] + (snapshot.environments[unit.environment]?.value.from ?? [])
        let known = names.compactMap { name in
            ledger[Unit(environment: name, model: unit.model)].map { (name, $0) }
        }
        return Dictionary(known) { first, _ in first }
    }

    /// The deployment; where its file cannot be read, at what runs. The file's last valid state may be a side parent's.
    func deployment(of unit: Unit, _ snapshot: Snapshot) -> Deployment? {
        guard let entry = snapshot.deployment(of: unit.model, in: unit.environment) else { return nil }
        guard entry.isBroken, let pin = ledger[unit]?.pin else { return entry.value }
        var deployment = entry.value
        deployment.pin = pin
        return deployment
    }

    func deployedVersion(of unit: Unit, _ snapshot: Snapshot) async -> DeployedVersion {
        await catalog.deployed(unit.model, deployment(of: unit, snapshot)?.pin)
    }

    /// Gathers all that the planner may know. `nil` where there is no such deployment or environment any more.
    func facts(
        of unit: Unit, _ snapshot: Snapshot, by request: (unit: Unit, head: ObjectID)? = nil
    ) async throws -> UnitFacts? {
        guard let environment = snapshot.environments[unit.environment],
            let deployment = deployment(of: unit, snapshot)
        else { return nil }
        var gate = snapshot.gate(of: unit.model, in: environment.value)?.value
        if gate?.score != nil {
            gate?.checks = ScoredChecks.all(of: unit.model, in: unit.environment, snapshot, surroundings.checks)
        }
        let status = ledger[unit] ?? DeploymentStatus(pin: deployment.pin, since: surroundings.tools.now())
        var facts = UnitFacts(
            unit: unit, environment: environment.value, gate: gate, deployment: deployment, status: status)
        facts.historyWasRewritten = branchMemory.wasRewritten
        facts.frozenSince = await frozenSince(unit.environment, snapshot)
        facts.historyProblem = branchMemory.problem
        facts.doubts = trust.doubts
        facts.signingProblem = options.isDryRun ? nil : recordKeeping.signingProblem
        facts.brokenFiles = brokenFiles(unit, snapshot)
        for file in facts.brokenFiles { facts.problems[file] = problem(in: file, snapshot) }
        let deployed = await deployedVersion(of: unit, snapshot)
        let current = deployed.known
        facts.current = current?.version
        if case .unreadable(let pin, let why) = deployed {
            var blocker = Blocker.unreadable(pin, of: unit, why)
            blocker.nextLook = surroundings.tools.now() + .seconds(60)
            facts.upstreamBlockers = [blocker]
            return facts
        }
        let search = CandidateSearch(
            catalog: catalog, ledger: ledger, snapshot: snapshot, branch: branch,
            soakFor: gate?.soakFor ?? .zero,
            looks: looksUpstream(of: unit, environment.value, snapshot))
        let candidates: CandidateSearch.Found
        do {
            candidates = try await search.candidates(for: unit, environment.value, current: current)
        } catch {
            // What cannot be read is known already, and that nothing enters by it.
            guard !facts.brokenFiles.isEmpty || branchMemory.problem != nil else { throw error }
            return facts
        }
        facts.candidates = candidates.versions.map(\.version)
        facts.upstreamBlockers = candidates.blockers
        facts.verifiedUpstream = candidates.verifiedUpstream
        facts.passedOver = candidates.passedOver
        for known in candidates.versions {
            let times =
                candidates.verifiedUpstream[known.version.revision].map { $0.values.map(\.since) } ?? [known.time]
            facts.waitingSince[known.version.revision] = times.max()
        }
        let free = facts.candidates.first { status.rejection(of: $0) == nil }
        for version in [free, facts.candidates.last].compactMap(\.self) {
            try await gatherEvidence(version, gate, current?.version, snapshot, &facts)
            try await gatherPeople(version, gate, by: request, snapshot, &facts)
        }
        return facts
    }

    /// What people said of a version: waivers, and approvals and evidence by hand where the gate asks for them.
    private func gatherPeople(
        _ version: ModelVersion, _ gate: Gate?, by request: (unit: Unit, head: ObjectID)?, _ snapshot: Snapshot,
        _ facts: inout UnitFacts
    ) async throws {
        facts.waivers[version.revision] = try await waivers.waivers(
            for: version, into: facts.unit.environment, gate: gate, policy: snapshot, now: surroundings.tools.now())
        if gate?.approvals != nil, facts.approvals[version.revision] == nil {
            facts.approvals[version.revision] = try await agreed(to: version, facts.unit, by: request, snapshot)
        }
        if gate?.score != nil, facts.reviews[version.revision] == nil {
            facts.reviews[version.revision] = try await reviews.reviews(
                of: version, in: snapshot, catalog, now: surroundings.tools.now())
        }
    }

    private func gatherEvidence(
        _ version: ModelVersion, _ gate: Gate?, _ current: ModelVersion?, _ snapshot: Snapshot, _ facts: inout UnitFacts
    ) async throws {
        guard let gate, facts.evidence[version.revision] == nil else { return }
        let keys = gate.checks.map { key($0, version, current, facts.unit, snapshot) }
        let (store, checks, now) = (evidenceStore, gate.checks, surroundings.tools.now())
        let stored = try await surroundings.store.read { reader in
            try zip(checks, keys).map { check, key in
                try key.flatMap { try store.find(check.check, $0, of: version, reader) }
            }
        }
        var found: [Evidence?] = []
        for (index, key) in keys.enumerated() {
            // What cannot be written down so that it counts opens no gate.
            let fresh = facts.signingProblem == nil ? key.flatMap { checkRuns.fresh[$0.digest] } : nil
            let usable = fresh.flatMap { entry in
                let isLonger = Evaluator.timeLimit(checks[index]) > entry.limit
                let isDue = entry.retryAt.map { now >= $0 || isLonger && entry.evidence.outcome.verdict == .error }
                return isDue ?? false ? nil : entry.evidence
            }
            let known = stored[index].flatMap { stored in
                // Others may have brought what was missing: whoever can looks again.
                stored.evidence.outcome.mayChange && !options.isDryRun ? nil : stored.evidence
            }
            let evidence = usable ?? known
            let looksAtClock = asks([checks[index]], for: .clock)
            found.append(
                looksAtClock && (evidence.map { now - $0.time > .seconds(7 * 86_400) } ?? false) ? nil : evidence)
        }
        facts.evidence[version.revision] = found
        facts.evidenceIDs[version.revision] = zip(keys, stored).compactMap { key, stored in
            key.flatMap { checkRuns.ids[$0.digest] } ?? stored?.id
        }
    }

    private func problem(in file: String, _ snapshot: Snapshot) -> Diagnostic? {
        snapshot.problem(in: file) ?? shared.diagnostics(snapshot).first { $0.file == file }
            ?? missing(file, snapshot)
    }

    private func missing(_ file: String, _ snapshot: Snapshot) -> Diagnostic? {
        let isThere: Bool? =
            switch ManifestPlace(path: file) {
            case let place? where place.kind == Gate.kind: snapshot.gates[place.name] != nil
            case let place? where place.kind == Model.kind: snapshot.models[place.name] != nil
            default: nil
            }
        guard isThere == false else { return nil }
        return Diagnostic(file: file, code: "missing", message: "there is no such file")
    }

    private func brokenFiles(_ unit: Unit, _ snapshot: Snapshot) -> [String] {
        var files: [String] = []
        func add(_ path: String, _ isBroken: Bool?) { if isBroken ?? false { files.append(path) } }
        add(
            Snapshot.file(ofEnvironment: unit.environment),
            shared.environments.contains(unit.environment) ? true : snapshot.environments[unit.environment]?.isBroken)
        add(
            Snapshot.path(ofDeployment: unit.model, in: unit.environment),
            snapshot.deployment(of: unit.model, in: unit.environment)?.isBroken)
        if let gate = snapshot.environments[unit.environment]?.value.gate(of: unit.model) {
            add("gates/\(gate).yaml", snapshot.gates[gate].map(\.isBroken) ?? true)
        }
        let takesFromModels = snapshot.environments[unit.environment]?.value.from.isEmpty ?? true
        if takesFromModels {
            add("models/\(unit.model)/model.yaml", snapshot.models[unit.model].map(\.manifest.isBroken) ?? true)
        }
        return files
    }

    /// Says what blocks a version, and what is passed over, once.
    private func tell(_ plan: UnitPlan) {
        let known = plans[plan.unit]?.passedOver ?? []
        for entry in plan.passedOver where !known.contains(entry) {
            surroundings.tell(
                Event(
                    .warning, "\(plan.unit.environment) passes over \(entry.version.title): \(entry.reason)",
                    [("environment", plan.unit.environment), ("model", plan.unit.model)]))
        }
        // A blocker that is as it was is no news, though it was looked at anew.
        func words(_ plan: UnitPlan?) -> [String]? {
            plan?.blockers.map { "\($0.kind.rawValue) \($0.name): \($0.reason)" }
        }
        guard plan.state == .blocked, let candidate = plan.candidate, words(plans[plan.unit]) != words(plan) else {
            return
        }
        for blocker in plan.blockers {
            surroundings.tell(
                Event(
                    .info,
                    "\(candidate.title) waits before \(plan.unit.environment): \(blocker.kind.rawValue) \(blocker.name): \(blocker.reason)",
                    [
                        ("environment", plan.unit.environment), ("model", plan.unit.model),
                        ("blocker", blocker.kind.rawValue),
                    ]))
        }
    }
}

/// Stands for a check that a gate names and that does not exist.
struct UnknownCheck: Check {
    static let id = ""
    static let summary = ""
    init(_ fields: Fields) throws(FieldErrors) {}
    func run(on subject: Subject) async throws -> Outcome { Outcome(.error, "there is no such check") }
}
