public import Domain

/// Decides what to do about one deployment: a pure function of facts and clock.
public struct Planner: Sendable {
    private let judge: Judge

    public init(judge: @escaping Judge) { self.judge = judge }

    /// How the deployment stands, and what to do about the version that waits to enter.
    public func promotion(_ facts: UnitFacts, now: Timestamp) -> (plan: UnitPlan, action: Action?) {
        var plan = UnitPlan(
            unit: facts.unit, state: facts.current == nil ? .empty : .upToDate, current: facts.deployment.pin)
        plan.passedOver = facts.passedOver
        plan.blockers = standingBlockers(facts, now)
        guard let candidate = candidate(facts, &plan.blockers) else {
            plan.blockers += facts.upstreamBlockers
            if !plan.blockers.isEmpty { plan.state = .blocked }
            plan.nextLook = plan.blockers.compactMap(\.nextLook).min()
            return (plan, nil)
        }
        plan.candidate = candidate
        plan.waitingSince = facts.waitingSince[candidate.revision]
        let found = facts.evidence[candidate.revision] ?? []
        plan.evidence = found.compactMap(\.self)
        let isFrozenByFiles =
            !facts.brokenFiles.isEmpty || facts.historyWasRewritten || facts.historyProblem != nil
            || !facts.doubts.isEmpty
        if let gate = facts.gate {
            let missing = gate.checks.indices.filter { !found.indices.contains($0) || found[$0] == nil }
            if let problem = facts.signingProblem, !missing.isEmpty {
                plan.state = .blocked
                plan.blockers.append(
                    Blocker(
                        .person, "records", "what its checks find cannot be recorded: \(problem)",
                        unblockedBy: "the Martlet that has the key"))
                return (plan, nil)
            }
            if !missing.isEmpty, !isFrozenByFiles {
                plan.state = .evaluating
                return (plan, .evaluate(facts.unit, candidate, missing.map { gate.checks[$0] }))
            }
        }
        let asked = gateCase(of: candidate, found, facts, now)
        plan.scorecard = asked.scorecard
        plan.blockers += judge(asked)
        sharpen(&plan.blockers, of: candidate, found, facts)
        plan.waivers = waivers(of: candidate, found, facts, now)
        if let asked = facts.gate?.approvals {
            let counted = facts.approvals[candidate.revision]?.counted ?? []
            plan.approvals = counted.filter { $0.counts(among: asked.from) }
        }
        plan.note = Self.note(facts)
        plan.nextLook = (plan.blockers.compactMap(\.nextLook) + plan.waivers.map(\.until)).min()
        guard plan.blockers.isEmpty else {
            plan.state = .blocked
            return (plan, nil)
        }
        plan.state = .ready
        let move = Action.Move(
            model: facts.unit.model, old: facts.deployment.pin, new: candidate,
            evidence: facts.evidenceIDs[candidate.revision] ?? [])
        if facts.environment.promotion.mode != .automatic {
            plan.state = .blocked
            plan.blockers = [
                Blocker(
                    .mode, facts.environment.promotion.mode.rawValue,
                    "promotion into \(facts.unit.environment) is not automatic",
                    unblockedBy: "martlet promote \(facts.unit.model) --to \(facts.unit.environment)",
                    since: facts.waitingSince[candidate.revision])
            ]
            return (plan, nil)
        }
        return (plan, .promote(environment: facts.unit.environment, moves: [move], gate: facts.gateName))
    }

    /// The candidate before its gate; where the environment has none, before one that asks for nothing, as windows and upstreams count all
    /// the same.
    private func gateCase(
        of candidate: ModelVersion, _ found: [Evidence?], _ facts: UnitFacts, _ now: Timestamp
    ) -> GateCase {
        let revision = candidate.revision, upstream = facts.verifiedUpstream[revision] ?? [:]
        guard let gate = facts.gate else {
            return GateCase(
                gateName: "", gate: .placeholder, evidence: [], verifiedUpstream: upstream,
                windows: facts.environment.windows, now: now)
        }
        let scorecard = gate.score.map { _ in
            Scorecard(
                found.compactMap { $0.map { ($0.check, $0.outcome) } }, manual: facts.reviews[revision] ?? [:])
        }
        return GateCase(
            gateName: facts.gateName ?? "", gate: gate, evidence: found, verifiedUpstream: upstream,
            windows: facts.environment.windows, approvals: facts.approvals[revision] ?? Approvals(),
            waivers: facts.waivers[revision] ?? Waivers(), scorecard: scorecard, now: now)
    }

    /// Nothing enters in silence: where nobody asked for a check, that is said.
    private static func note(_ facts: UnitFacts) -> String? {
        guard let name = facts.gateName else {
            let whose = facts.environment.everyGate.isEmpty ? "" : " for \(facts.unit.model)"
            return "no check was asked for: \(facts.unit.environment) has no gate\(whose)"
        }
        // One that cannot be read is a file that blocks.
        guard let gate = facts.gate else { return nil }
        return gate.asksForNoCheck ? "no check was asked for: gate '\(name)' names none" : nil
    }

    /// Says since when people are waited for, and where versions enter in turn, that a newer one does not help.
    private func sharpen(
        _ blockers: inout [Blocker], of candidate: ModelVersion, _ evidence: [Evidence?], _ facts: UnitFacts
    ) {
        let unit = facts.unit
        let pass =
            "martlet hold \(unit.model) \(unit.environment) passes over \(candidate.title); 'order: every' lets no "
            + "newer version in before it"
        for index in blockers.indices {
            let blocker = blockers[index]
            if blocker.kind == .approval { blockers[index].since = facts.waitingSince[candidate.revision] }
            guard facts.environment.promotion.order == .every, blocker.kind == .check else { continue }
            let outcome = evidence.compactMap(\.self).first { $0.check == blocker.name }?.outcome
            let isFinal = outcome?.verdict == .fail && outcome?.mayChange == false
            blockers[index].unblockedBy = isFinal ? pass : "\(blocker.unblockedBy); or: \(pass)"
        }
    }

    /// The waivers that the candidate needs.
    private func waivers(
        of candidate: ModelVersion, _ evidence: [Evidence?], _ facts: UnitFacts, _ now: Timestamp
    ) -> [Waivers.Granted] {
        guard let waivers = facts.waivers[candidate.revision], let gate = facts.gate else { return [] }
        return zip(gate.checks, evidence).compactMap { requirement, evidence in
            guard requirement.required, let evidence, !evidence.outcome.verdict.admits else { return nil }
            return waivers.waiver(of: requirement.check, at: now)
        }
    }

    /// What stops any version from entering.
    private func standingBlockers(_ facts: UnitFacts, _ now: Timestamp) -> [Blocker] {
        var blockers: [Blocker] = []
        if facts.historyWasRewritten {
            blockers.append(
                Blocker(
                    .forcePush, "branch",
                    "the protected branch was rewritten: commits that Martlet had acted on are gone",
                    unblockedBy: "martlet reconcile --accept-rewrite, after a look at what was rewritten"))
        }
        if let problem = facts.historyProblem {
            blockers.append(
                Blocker(
                    .person, "branch",
                    "the branch's history cannot be read, so it is not known what was taken back or held: \(problem)",
                    unblockedBy: "a person, who puts right what is said here; Martlet tries again by itself"))
        }
        for doubt in facts.doubts {
            blockers.append(
                Blocker(
                    .person, "records", "\(doubt.words), so nothing enters", unblockedBy: "a person: \(doubt.remedy)"))
        }
        for file in facts.brokenFiles {
            blockers.append(
                Blocker(
                    .manifest, file,
                    facts.problems[file].map { "\($0); nothing enters by it" }
                        ?? "\(file) is not valid, so nothing enters by it",
                    unblockedBy: "martlet validate says what is wrong in it"))
        }
        if let freeze = facts.environment.freeze, freeze.until.map({ now < $0 }) ?? true {
            blockers.append(
                Blocker(
                    .freeze, facts.unit.environment, "\(facts.unit.environment) is frozen: \(freeze.reason)",
                    unblockedBy: freeze.until.map { "ends at \($0)" } ?? "a commit that removes spec.freeze",
                    nextLook: freeze.until, since: facts.frozenSince))
        }
        return blockers
    }

    /// The version whose turn it is. A rejected one is passed over, and said to be.
    private func candidate(_ facts: UnitFacts, _ blockers: inout [Blocker]) -> ModelVersion? {
        let free = facts.candidates.filter { facts.status.rejection(of: $0) == nil }
        switch facts.environment.promotion.order {
        case .every:
            let settled =
                facts.status.state == .verified || facts.status.state == .empty || facts.status.state == .failed
            if let next = free.first, !settled, facts.deployment.pin != nil {
                blockers.append(
                    Blocker(
                        .order, next.label ?? next.revision.short,
                        "the version before it is still \(facts.status.state.rawValue)",
                        unblockedBy: "it is verified or rolled back", since: facts.status.since))
                return nil
            }
            if let next = free.first { return next }
        case .latest, .batch:
            // Only the newest counts: an older one must not enter because the newest was rejected.
            if let newest = facts.candidates.last, facts.status.rejection(of: newest) == nil { return newest }
        }
        if let held = facts.candidates.last, let rejection = facts.status.rejection(of: held) {
            blockers.append(
                Blocker(
                    .hold, held.label ?? held.revision.short,
                    "\(held.title) was rejected in \(facts.unit.environment): \(rejection.cause)",
                    unblockedBy:
                        "a newer version, or: martlet hold \(facts.unit.model) \(facts.unit.environment) --lift",
                    since: rejection.at))
        }
        return nil
    }
}
