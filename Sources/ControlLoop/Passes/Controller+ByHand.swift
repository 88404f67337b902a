public import Domain

/// What a person asks for on the command line. The same rules hold, and the same commits come out.
extension Controller {
    public enum HandPromotion: Hashable, Sendable {
        /// With those of a release set that entered together with it.
        case promoted(ModelVersion, with: [ModelVersion])
        case upToDate
        case blocked([Blocker])
        /// The gate is open, and yet nothing could be written.
        case failed(String)
        case unknown
    }

    /// How one deployment stands, without acting; one that the branch names no more, as long as something of it may still run.
    public func explain(_ unit: Unit) async throws -> (plan: UnitPlan, status: DeploymentStatus?)? {
        _ = try await observe()
        try await readRequests()
        guard let snapshot else { return nil }
        var former = FormerPins(of: [unit], from: snapshot.revision, on: branch)
        if let (plan, _) = try await decideTogether(unit, snapshot) {
            return (try await withTending(withRequest(plan), &former), ledger[unit])
        }
        guard let status = ledger[unit], status.state != .empty else { return nil }
        return (try await withTending(UnitPlan(unit: unit, state: .empty, current: nil), &former), status)
    }

    /// Promotes what waits before an environment if its gate is open, whatever the promotion mode says.
    public func promoteByHand(_ unit: Unit) async throws -> HandPromotion {
        for _ in 0..<20 {
            _ = try await observe()
            guard var snapshot else { return .unknown }
            snapshot.environments[unit.environment]?.value.promotion.mode = .automatic
            guard let (plan, moves) = try await decideTogether(unit, snapshot) else { return .unknown }
            var draft = BranchDraft(tip: snapshot.revision)
            try await promote(moves, snapshot, &draft)
            let others = PromotionGroups(moves, snapshot, plans).groups.flatMap(\.moves).map(\.new).filter {
                $0.model != unit.model
            }
            let isDone = draft.head != draft.tip
            let result = try await publish(draft)
            if result.lostRace { continue }
            if isDone, let version = plan.candidate { return .promoted(version, with: others) }
            if let failure = plans[unit]?.failure { return .failed(failure) }
            let blockers = plans[unit]?.blockers ?? plan.blockers
            return blockers.isEmpty ? .upToDate : .blocked(blockers)
        }
        throw LoopError.alwaysBeaten
    }

    /// Goes back to the version that was last verified here, or else to the one before; never to one that was rejected, nor to a newer
    /// one. Returns it, or `nil` where there is none, and while ``isBranchRewritten``: what a rollback says is heard only after that.
    public func rollBackByHand(_ unit: Unit, reason: String) async throws -> Pin? {
        for _ in 0..<20 {
            _ = try await observe()
            guard !branchMemory.wasRewritten, let snapshot, let target = try await earlier(unit) else { return nil }
            let commits = RollbackCommits(
                unit: unit, running: ledger[unit]?.pin, target: target, cause: reason, author: author, branch: branch)
            var draft = BranchDraft(tip: snapshot.revision)
            let (head, language) = (draft.head, surroundings.language)
            guard let new = try await surroundings.store.write({ try commits.write(on: head, $0, language) }) else {
                return nil
            }
            draft.head = try await surroundings.sign(new, head)
            if try await !publish(draft).lostRace { return target.pin }
        }
        throw LoopError.alwaysBeaten
    }

    /// Writes a hold, or lifts one, as a commit that changes no file. Returns the versions that it names.
    public func hold(_ unit: Unit, revision: ObjectID?, reason: String, lift: Bool) async throws -> [VersionName] {
        for _ in 0..<20 {
            _ = try await observe()
            guard let snapshot else { return [] }
            var revisions = revision.map { [$0] } ?? []
            if revisions.isEmpty {
                if lift {
                    revisions = ledger[unit]?.rejected.map(\.revision) ?? []
                } else {
                    revisions = try await decide(unit, snapshot)?.0.candidate.map { [$0.revision] } ?? []
                }
            }
            let names = revisions.map { VersionName(model: unit.model, revision: $0) }
            guard !names.isEmpty else { return [] }
            let commit = HoldCommit(unit: unit, names: names, isLift: lift, cause: reason)
            var draft = BranchDraft(tip: snapshot.revision)
            let (head, author) = (draft.head, author)
            let new = try await surroundings.store.write { try commit.write(on: head, by: author, $0) }
            draft.head = try await surroundings.sign(new, head)
            if try await !publish(draft).lostRace { return names }
        }
        throw LoopError.alwaysBeaten
    }

    /// Whether one of these versions is what runs, whichever commit shows it.
    public func runs(_ names: [VersionName], in unit: Unit) async throws -> Bool {
        guard let pin = ledger[unit]?.pin,
            let running = try await catalog.version(of: unit.model, at: pin.revision)
        else { return false }
        for name in names {
            let version = try await catalog.version(of: name.model, at: name.revision)
            if version?.isSameContent(as: running) ?? false { return true }
        }
        return false
    }

    /// One deployment's plan as its release set allows it, and the moves that are made together with its own.
    private func decideTogether(_ unit: Unit, _ snapshot: Snapshot) async throws -> (
        plan: UnitPlan, moves: [(unit: Unit, move: Action.Move)]
    )? {
        guard let (first, action) = try await decide(unit, snapshot) else { return nil }
        var (plan, moves) = (first, [(unit: Unit, move: Action.Move)]())
        plans[unit] = plan
        guard case .promote(_, let own, _)? = action else { return (plan, []) }
        moves += own.map { (unit, $0) }
        for peer in withPeers([unit], snapshot) where peer != unit {
            guard let (plan, action) = try await decide(peer, snapshot) else { continue }
            plans[peer] = plan
            if case .promote(_, let more, _)? = action { moves += more.map { (peer, $0) } }
        }
        if let blocker = PromotionGroups(moves, snapshot, plans).incomplete[unit] {
            plan.state = .blocked
            plan.blockers = [blocker]
            plans[unit] = plan
            moves = []
        }
        return (plan, moves)
    }

    private func earlier(_ unit: Unit) async throws -> DeploymentStatus.Verified? {
        var former = FormerPins(of: [unit], from: snapshot?.revision, on: branch)
        return try await earlier(unit, &former)
    }

    /// To where a person can go back from here; `nil` where there is nothing.
    func earlier(_ unit: Unit, _ former: inout FormerPins) async throws -> DeploymentStatus.Verified? {
        guard let status = ledger[unit], let pin = status.pin else { return nil }
        for verified in status.verified where try await isBack(verified.pin, from: pin, unit, status) {
            return verified
        }
        let (language, store) = (surroundings.language, surroundings.store)
        var index = 0
        while let old = try await former.pin(index, of: unit, store, language) {
            if try await isBack(old, from: pin, unit, status) {
                return DeploymentStatus.Verified(pin: old, commit: nil, at: surroundings.tools.now())
            }
            index += 1
        }
        return nil
    }

    private func isBack(_ other: Pin, from pin: Pin, _ unit: Unit, _ status: DeploymentStatus) async throws -> Bool {
        guard other.revision != pin.revision,
            let version = try? await catalog.version(of: unit.model, at: other.revision)?.version,
            status.rejection(of: version) == nil
        else { return false }
        return try await !catalog.isOlder(pin.revision, than: other.revision)
    }
}
