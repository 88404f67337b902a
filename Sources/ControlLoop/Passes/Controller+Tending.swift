public import Domain

/// What is to be done about what runs, for people who ask. The passes decide without it.
extension Controller {
    /// The plans of all deployments as the last pass left them, in order; with what still runs though the branch names it no more.
    public var currentPlans: [UnitPlan] {
        get async throws {
            let left = ledger.statuses.filter { unit, status in
                plans[unit] == nil && status.state != .empty && status.state != .verified
            }
            let all = plans.values.map(withRequest) + left.keys.map { UnitPlan(unit: $0, state: .empty, current: nil) }
            var shown: [UnitPlan] = []
            var former = FormerPins(
                of: Set(ledger.statuses.lazy.filter { $0.value.state == .failed }.map(\.key)), from: snapshot?.revision,
                on: branch)
            for plan in all.sorted(by: { $0.unit < $1.unit }) { shown.append(try await withTending(plan, &former)) }
            return shown
        }
    }

    /// The plan with what the deployment itself waits for.
    func withTending(_ plan: UnitPlan, _ former: inout FormerPins) async throws -> UnitPlan {
        guard let status = ledger[plan.unit], let blocker = try await tending(plan.unit, status, &former) else {
            return withHindrance(plan)
        }
        var plan = withHindrance(plan)
        plan.tending = blocker
        if plan.state == .upToDate, status.state == .failed || status.state == .stalled { plan.state = .blocked }
        plan.nextLook = [plan.nextLook, blocker.nextLook].compactMap(\.self).min()
        return plan
    }

    private func tending(_ unit: Unit, _ status: DeploymentStatus, _ former: inout FormerPins) async throws -> Blocker?
    {
        let suspicion = suspicion(of: unit)
        let left = status.left.map { "; \($0.words)" }.joined()
        let words =
            "\(status.state.rawValue): \(status.reason)"
            + (suspicion.map { "; the last look found it ill: \($0.message)" } ?? "") + left
        func blocker(_ kind: Blocker.Kind, _ words: String, _ remedy: String, _ next: Timestamp? = nil) -> Blocker {
            Blocker(kind, unit.environment, words, unblockedBy: remedy, nextLook: next, since: status.since)
        }
        switch status.state {
        case .empty: return nil
        case .verified:
            if let suspicion {
                return blocker(
                    .verify, words, "the next looks: one that fails at all of them has failed", suspicion.next)
            }
            if let hold = status.hold {
                return Blocker(
                    .hold, unit.environment, "held: \(hold.cause)\(left)",
                    unblockedBy: "a newer version, or: martlet hold \(unit.model) \(unit.environment) --lift",
                    since: hold.at)
            }
            if let blocker = try await retrainBlocker(unit, status) { return blocker }
            guard !status.left.isEmpty else { return nil }
            return blocker(
                .person, words,
                "a person, who has nothing read there any more and removes it, or: martlet reconcile --accept-removal")
        case .pending: return blocker(.sync, words, "the controller brings the target to it")
        case .verifying:
            let policy = snapshot?.environments[unit.environment]?.value.verify
            let end = status.healthySince.flatMap { since in policy.map { since + $0.duration } }
            return blocker(.verify, words, "time, while it is well", health[unit]?.nextLook ?? end)
        case .stalled:
            let next = syncFailures[unit]?.retryAt ?? health[unit]?.nextLook
            guard status.needsPerson else { return blocker(.sync, words, "Martlet tries again by itself", next) }
            let allowing = status.pin == nil ? ", or allows what is to go: martlet reconcile --accept-removal" : ""
            return blocker(.person, words, "a person, who puts right what is said here\(allowing)", next)
        case .failed: break
        }
        if let hindrance = status.hindrance, hindrance.needsPerson, hindrance.revision == status.pin?.revision {
            let person = self.blocker(
                unit, hindrance, next: refusedSteps[.init(unit: unit, revision: hindrance.revision)]?.refusal.until)
            return blocker(.person, "\(words); \(hindrance.reason)", person.unblockedBy, person.nextLook)
        }
        let policy = snapshot?.environments[unit.environment]?.value.rollback ?? Environment.Rollback()
        switch try await wayBack(status, policy) {
        case .revert(let target): return blocker(.verify, words, "the controller goes back to \(target.pin.label)")
        case .nothing: return blocker(.person, words, "a person")
        case .askPerson(let reason) where branchMemory.wasRewritten:
            return blocker(
                .person, status.reason.contains(reason) ? words : "\(words); \(reason)",
                "martlet reconcile --accept-rewrite, after a look at what was rewritten")
        case .askPerson(let reason):
            return blocker(
                .person, status.reason.contains(reason) ? words : "\(words); \(reason)",
                "a newer version, what makes it well again, or: \(try await wayOut(unit, status, &former))")
        }
    }

    /// What a person can do where Martlet goes back to nothing by itself.
    private func wayOut(_ unit: Unit, _ status: DeploymentStatus, _ former: inout FormerPins) async throws -> String {
        if try await earlier(unit, &former) != nil { return "martlet rollback \(unit.model) \(unit.environment)" }
        guard let id = status.commit else { return "git revert, of the commit that brought it" }
        let commit = try await surroundings.store.read { try? $0.commit(id) }
        let isMerge = (commit?.parents.count ?? 1) > 1
        // What another's merge brought besides would go with it.
        if isMerge, commit.flatMap({ Trailer.action.value(in: $0.message) }) == nil {
            let path = Snapshot.path(ofDeployment: unit.model, in: unit.environment)
            return "a commit that takes the version out of \(path)"
        }
        return "git revert \(isMerge ? "-m 1 " : "")\(id.short), which brought it, and git push"
    }
}
