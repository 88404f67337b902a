import Domain

extension Controller {
    /// Opens a request for each version that may be proposed, and takes back those of Martlet's own that have no ground.
    func openRequests(_ units: [Unit], _ snapshot: Snapshot, _ draft: inout BranchDraft) async {
        for group in groupsToPropose(units, snapshot) where !draft.rolledBack.contains(group.environment) {
            do {
                try await open(group, snapshot, &draft)
            } catch {
                let unit = Self.unit(of: group)
                surroundings.tell(Event(.error, "\(unit.request) cannot be opened: \(error)"))
                timers.set(unit, at: surroundings.tools.now() + .seconds(60))
            }
        }
        withdraw(&draft)
    }

    private func groupsToPropose(_ units: [Unit], _ snapshot: Snapshot) -> [PromotionGroups.Group] {
        var wanted: [(unit: Unit, move: Action.Move)] = []
        for unit in units {
            guard snapshot.environments[unit.environment]?.value.promotion.mode == .pullRequest,
                let plan = plans[unit], let candidate = plan.candidate, plan.state == .blocked,
                plan.blockers.allSatisfy({ Self.maybeProposed.contains($0.kind) })
            else { continue }
            wanted.append((unit, Action.Move(model: unit.model, old: plan.current, new: candidate)))
        }
        return wanted.isEmpty ? [] : Self.groupsOfRequests(wanted, snapshot, plans).groups
    }

    /// Each version has a request of its own; only release sets share one.
    static func groupsOfRequests(
        _ wanted: [(unit: Unit, move: Action.Move)], _ snapshot: Snapshot, _ plans: [Unit: UnitPlan]
    ) -> PromotionGroups {
        var snapshot = snapshot
        for name in snapshot.environments.keys { snapshot.environments[name]?.value.promotion.order = .latest }
        return PromotionGroups(wanted, snapshot, plans)
    }

    /// What may still be in the way of a version that is proposed: people, and time that passes by itself.
    private static let maybeProposed: Set<Blocker.Kind> = [.mode, .approval, .person, .soak, .window]

    /// By which a group's request is named.
    static func unit(of group: PromotionGroups.Group) -> Unit {
        Unit(environment: group.environment, model: group.moves.map(\.model).min() ?? "")
    }

    private func open(_ group: PromotionGroups.Group, _ snapshot: Snapshot, _ draft: inout BranchDraft) async throws {
        let unit = Self.unit(of: group)
        let head = requests.heads[unit]
        let last = draft.requests.statuses[unit] ?? requests.statuses[unit]
        let isSame = last.map { Set($0.moves.map(\.new.revision)) == Set(group.moves.map(\.new.revision)) } ?? false
        if let head {
            // A person's request is never overwritten.
            guard let last, last.head == head, last.isOwn || last.state == .merged else { return }
            guard !isSame || last.state == .conflicting || last.state == .stale else { return }
        } else if let last, isSame, last.state == .closed {
            return
        }
        guard !requests.rests(RequestName.reference(of: unit), at: surroundings.tools.now()) else { return }
        guard try await complete(group) != nil else { return }
        if let other = requests.heads[unit] == nil ? branchInTheWay(of: unit) : nil {
            return crowdOut(unit, group, by: other, snapshot, &draft)
        }
        if head != nil, let last, last.state != .merged {
            draft.requests.replaced.append(
                last.entering(.superseded, at: surroundings.tools.now(), "replaced by a request for what is newer"))
        }
        let status = try await propose(unit, group, on: snapshot, by: author, isOwn: true, replacing: head, &draft)
        draft.requests.words[unit] =
            "propose \(status.moves.map { "\($0.model) \($0.new.label)" }.joined(separator: ", ")): \(unit.request)"
    }

    /// A branch beside which there can be none for a request: Git keeps a name as a branch or as a folder of branches.
    func branchInTheWay(of unit: Unit) -> String? {
        let start = RequestName.reference(of: unit) + "/"
        return RequestName.folders(of: unit).first { seen[$0] != nil } ?? seen.keys.filter { $0.hasPrefix(start) }.min()
    }

    /// Says that there can be no request for a deployment as long as another branch has that name.
    private func crowdOut(
        _ unit: Unit, _ group: PromotionGroups.Group, by other: String, _ snapshot: Snapshot, _ draft: inout BranchDraft
    ) {
        requests.crowdedOut.insert(unit)
        let name = Excerpt.line(String(other.dropFirst("refs/heads/".utf8.count)), limit: 300)
        let status = RequestStatus(
            unit: unit, head: .zero, tip: snapshot.revision, state: .refused, since: surroundings.tools.now(),
            reason: "it has no branch, as \(name) is in its way; delete or rename that one",
            moves: group.moves.map { RequestStatus.Move(model: $0.model, old: $0.old, new: $0.new.pin) },
            author: "\(author.name) <\(author.email)>", isOwn: true
        ).bounded
        record(status, &draft)
    }

    /// Puts the branch of a request onto the draft.
    func propose(
        _ unit: Unit, _ group: PromotionGroups.Group, on snapshot: Snapshot, by person: Person, isOwn: Bool,
        replacing head: ObjectID?, _ draft: inout BranchDraft
    ) async throws -> RequestStatus {
        guard let environment = snapshot.environments[group.environment]?.value else {
            throw LoopError.notFound("there is no environment '\(group.environment)'")
        }
        guard let moves = try await complete(group) else { throw CancellationError() }
        let commit = PromotionCommit(
            environment: group.environment, moves: moves, gates: moves.gates(of: environment), from: environment.from,
            author: person, because: [], isProposal: true)
        let (tip, language) = (snapshot.revision, surroundings.language)
        let bare = try await surroundings.store.write { try commit.write(on: tip, $0, language) }
        let new = try await (isOwn ? surroundings.sign : surroundings.signByHand)(bare, tip)
        surroundings.step("after-request-commit")
        let blockers = moves.flatMap { move in
            plans[Unit(environment: group.environment, model: move.model)]?.blockers.filter { $0.kind != .mode } ?? []
        }
        let status = RequestStatus(
            unit: unit, head: new, tip: tip, state: blockers.isEmpty ? .ready : .open, since: person.time,
            reason: Self.waiting(for: blockers), blockers: blockers,
            moves: moves.map { RequestStatus.Move(model: $0.model, old: $0.old, new: $0.new.pin) },
            author: "\(person.name) <\(person.email)>", isOwn: isOwn
        ).bounded
        draft.requests.statuses[unit] = status
        draft.requests.branches.append(ReferenceUpdate(RequestName.reference(of: unit), from: head, to: new))
        return status
    }

    /// Deletes the branches of requests that are merged, and of Martlet's own that can lead nowhere; their record says why.
    private func withdraw(_ draft: inout BranchDraft) {
        let now = surroundings.tools.now()
        let moved = Set(draft.requests.branches.map(\.name))
        for (unit, head) in requests.heads {
            let deletion = ReferenceUpdate(RequestName.reference(of: unit), from: head, to: nil)
            guard let status = requests.judged[unit]?.status, status.head == head,
                status.isWithdrawn || status.state == .merged, !moved.contains(deletion.name),
                !requests.rests(RequestMemory.key(of: deletion), at: now)
            else { continue }
            draft.requests.branches.append(deletion)
        }
    }
}
