public import Domain

/// What a person asks for about requests on the command line.
extension Controller {
    public enum HandProposal: Hashable, Sendable {
        case proposed(RequestStatus)
        /// The branch proposes this version already.
        case isOpen(RequestStatus)
        /// Somebody else's request is in the way.
        case occupied(RequestStatus)
        case upToDate
        case blocked([Blocker])
        case unknown
    }

    /// Whether versions enter an environment by requests.
    public func isByRequest(_ environment: String) async throws -> Bool {
        _ = try await observe()
        return snapshot?.environments[environment]?.value.promotion.mode == .pullRequest
    }

    /// Pushes a request for the version that waits, with what waits of its release set, as a person's own. It is judged when the controller
    /// next looks.
    public func proposeByHand(_ unit: Unit, by person: Person) async throws -> HandProposal {
        for _ in 0..<20 {
            _ = try await observe()
            try await readRequests()
            guard let snapshot, let (plan, _) = try await decide(unit, snapshot) else { return .unknown }
            plans[unit] = plan
            guard plan.candidate != nil else {
                return plan.blockers.isEmpty ? .upToDate : .blocked(plan.blockers)
            }
            let groups = try await groups(with: unit, snapshot)
            guard let group = groups.groups.first(where: { $0.moves.contains { $0.model == unit.model } }) else {
                return .blocked(groups.incomplete[unit].map { [$0] } ?? [])
            }
            let shared = Self.unit(of: group)
            let head = requests.heads[shared]
            if let head {
                let present = try await present(shared, head)
                let proposed = Set(present.moves.map { VersionName(model: $0.model, revision: $0.new.revision) })
                let wanted = group.moves.map { VersionName(model: $0.model, revision: $0.new.revision) }
                if proposed == Set(wanted) { return .isOpen(present) }
                guard present.isOwn || present.author.hasSuffix("<\(person.email)>") else { return .occupied(present) }
            }
            var draft = BranchDraft(tip: snapshot.revision)
            let status = try await propose(
                shared, group, on: snapshot, by: person, isOwn: false, replacing: head, &draft)
            if try await !publish(draft).lostRace { return .proposed(try pushed(shared) ?? status) }
        }
        throw LoopError.alwaysBeaten
    }

    /// The waiting versions of the unit's release set, which enter together; elsewhere the unit's alone.
    private func groups(with unit: Unit, _ snapshot: Snapshot) async throws -> PromotionGroups {
        let sets = snapshot.environments[unit.environment]?.value.releaseSets ?? []
        var waiting: [(unit: Unit, move: Action.Move)] = []
        for model in sets.first(where: { $0.models.contains(unit.model) })?.models ?? [unit.model] {
            let member = Unit(environment: unit.environment, model: model)
            guard let (plan, _) = try await decide(member, snapshot) else { continue }
            plans[member] = plan
            guard let candidate = plan.candidate else { continue }
            waiting.append((member, Action.Move(model: model, old: plan.current, new: candidate)))
        }
        return Self.groupsOfRequests(waiting, snapshot, plans)
    }

    /// Deletes the branch of a request, and says why in the record. Returns what it was; `nil` where there is none.
    public func closeByHand(_ unit: Unit, reason: String) async throws -> RequestStatus? {
        for _ in 0..<20 {
            _ = try await observe()
            try await readRequests()
            guard let snapshot else { return nil }
            let head = requests.heads[unit]
            var open = requests.leftOver(unit)
            if let head { open = try await present(unit, head) }
            guard let status = open?.entering(.closed, at: surroundings.tools.now(), reason) else {
                return nil
            }
            if head == nil, let signingProblem = recordKeeping.signingProblem {
                throw LoopError.unsigned(signingProblem)
            }
            var draft = BranchDraft(tip: snapshot.revision)
            draft.requests.statuses[unit] = status
            if let head {
                draft.requests.branches = [ReferenceUpdate(RequestName.reference(of: unit), from: head, to: nil)]
            }
            if try await !publish(draft).lostRace { return try pushed(unit) ?? status }
        }
        throw LoopError.alwaysBeaten
    }

    /// A request as it was published; throws where the remote did not take its branch or its record.
    private func pushed(_ unit: Unit) throws -> RequestStatus? {
        let branch = RequestName.reference(of: unit)
        for name in [branch, "-" + branch, requestStore.reference] {
            if let refusal = requests.refusals[name] { throw LoopError.refused(refusal.words) }
        }
        return requests.statuses[unit]
    }

    /// What is known of a request at its present head, which may not have been judged.
    private func present(_ unit: Unit, _ head: ObjectID) async throws -> RequestStatus {
        if let status = requests.statuses[unit], status.head == head { return status }
        let author = try await surroundings.store.read { reader in (try? reader.commit(head))?.author }
        return RequestStatus(
            unit: unit, head: head, tip: snapshot?.revision ?? .zero, state: .open, since: surroundings.tools.now(),
            reason: "not judged yet", author: author.words,
            isOwn: try await isOwn(head, unit, nil)
        ).bounded
    }

    /// The plan with what its request waits for, where versions enter by request.
    func withRequest(_ plan: UnitPlan) -> UnitPlan {
        let mode = snapshot?.environments[plan.unit.environment]?.value.promotion.mode
        let carrier = request(carrying: plan)
        let status = carrier ?? requests.statuses[plan.unit]
        let isOpen = carrier != nil
        guard plan.candidate != nil, mode == .pullRequest || isOpen else { return plan }
        var plan = plan
        let asked = isOpen ? status?.blockers.filter { $0.kind == .approval } ?? [] : []
        // A request that was refused was not asked for approvals: the version's own still count. Where it was asked, it knows better than
        // a clone, which may not have what people have pushed since.
        let wasAsked = isOpen && (status?.isPending ?? false) && plan.state != .evaluating || !asked.isEmpty
        plan.blockers.removeAll { $0.kind == .mode || wasAsked && $0.kind == .approval }
        plan.blockers += asked
        let words = isOpen ? status?.summary : nil
        plan.blockers.append(
            Blocker(
                .mode, Environment.Mode.pullRequest.rawValue,
                words ?? Self.withoutRequest(plan.unit, status),
                unblockedBy: words == nil
                    ? status?.hasHead == false
                        ? "the remote takes the branch \(plan.unit.request), which Martlet tries again by itself"
                        : "martlet promote \(plan.unit.model) --to \(plan.unit.environment)"
                    : status?.state == .stale || status?.state == .superseded
                        ? "a new head of \((status?.unit ?? plan.unit).request), or martlet request close \(status?.unit ?? plan.unit)"
                        : "martlet request show \(status?.unit ?? plan.unit) says what it waits for",
                since: status?.since))
        return plan
    }

    /// The open request of the deployment itself, or else the one that brings its candidate together with others.
    private func request(carrying plan: UnitPlan) -> RequestStatus? {
        func isOpen(_ status: RequestStatus) -> Bool { requests.heads[status.unit] == status.head && !status.isOver }
        if let own = requests.statuses[plan.unit], isOpen(own) { return own }
        guard let candidate = plan.candidate else { return nil }
        return requests.statuses.values.filter { status in
            status.unit.environment == plan.unit.environment && isOpen(status)
                && status.moves.contains { $0.model == plan.unit.model && $0.new.revision == candidate.revision }
        }.min { $0.unit < $1.unit }
    }

    private static func withoutRequest(_ unit: Unit, _ last: RequestStatus?) -> String {
        guard let last, last.state == .closed || !last.hasHead else {
            return "versions enter \(unit.environment) by request, and \(unit.request) is not open yet"
        }
        return last.summary
    }
}
