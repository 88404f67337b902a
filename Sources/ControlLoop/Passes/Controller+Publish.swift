import Domain

extension Controller {
    /// Writes the promotion commits onto the draft: each by itself, those of a release set or batch together.
    func promote(_ promotions: [(unit: Unit, move: Action.Move)], _ snapshot: Snapshot, _ draft: inout BranchDraft)
        async throws
    {
        let together = PromotionGroups(promotions, snapshot, plans)
        for (unit, blocker) in together.incomplete {
            plans[unit]?.state = .blocked
            plans[unit]?.blockers = [blocker]
        }
        guard !options.isDryRun else { return }
        for group in together.groups {
            guard let environment = snapshot.environments[group.environment]?.value, !rests(group) else { continue }
            do {
                guard let moves = try await complete(group) else {
                    for move in group.moves {
                        plans[Unit(environment: group.environment, model: move.model)]?.state = .evaluating
                    }
                    continue
                }
                let commit = PromotionCommit(
                    environment: group.environment, moves: moves, gates: moves.gates(of: environment),
                    from: environment.from,
                    author: author, because: because(group, environment), approved: approved(group))
                try await put(step(commit), on: &draft)
                // It may lie where it can be changed: the next promotion reads it anew.
                for move in moves { digests[move.new.name] = nil }
                surroundings.step("after-promotion-commit")
            } catch {
                block(group, error)
            }
        }
    }

    private func step(_ commit: PromotionCommit) -> BranchStep {
        let language = surroundings.language
        let subjects = commit.moves.map {
            (unit: Unit(environment: commit.environment, model: $0.model), revision: $0.new.revision)
        }
        return BranchStep(
            kind: .promotion, environment: commit.environment, subjects: subjects,
            title: "the promotion of \(commit.what) to \(commit.environment)", note: commit.subject
        ) { try commit.write(on: $0, $1, language) }
    }

    /// Publishes everything in one push. A lost race is looked at and decided anew by the next pass.
    ///
    /// Where the remote refuses that, it is tried without what there is to say of requests, which follows by itself. Where that is not why,
    /// evidence and status, which are true whatever becomes of the branch, are published first, and then the branch's steps, as far as
    /// the remote takes them. Of a draft that merges requests nothing is published then.
    func publish(_ draft: BranchDraft) async throws -> Pass {
        var draft = draft
        return try await publish(&draft)
    }

    /// - Parameter draft: Its head becomes what the branch is then, where nobody else was faster.
    func publish(_ draft: inout BranchDraft) async throws -> Pass {
        let (evidenceStore, statusStore, ledger, author) = (evidenceStore, statusStore, ledger, author)
        // What must not be written waits in memory; what happens on the branch does not wait for it.
        let isKept = mayWrite(statusStore.reference)
        let evidence = mayWrite(evidenceStore.reference) ? checkRuns.unsaved : []
        let saved = isKept ? ledger.unsaved : []
        guard !options.isDryRun,
            draft.head != draft.tip || !evidence.isEmpty || !saved.isEmpty || !draft.requests.isEmpty
                || !requests.lost.isEmpty || isKept && ledger.isAccepted
        else {
            return Pass(changedSomething: false, nextLook: timers.next)
        }
        let written = try await surroundings.store.write { writer in
            [
                try evidenceStore.write(evidence, by: author, writer),
                isKept ? try statusStore.write(ledger, by: author, writer) : nil,
            ].compactMap(\.self)
        }
        var own = try await written.isEmpty ? [] : signed(written)
        surroundings.step("after-evidence-commit")
        if draft.head != draft.tip { own.append(ReferenceUpdate(branchReference, from: draft.tip, to: draft.head)) }
        func finish(with draft: BranchDraft?) {
            checkRuns.unsaved.removeFirst(evidence.count)
            if isKept { self.ledger.markSaved(saved) }
            if let draft { confirm(draft) }
            // A status that changed may open the way into the next environment, where that was not planned with it.
            for unit in saved where !considered.includesModel(unit.model) { touched.models.insert(unit.model) }
        }
        let told = withoutResting(draft.requests)
        switch await attempt(told, with: own) {
        case .done(isEmpty: true):
            // What changed has changed back.
            checkRuns.unsaved.removeFirst(evidence.count)
            if isKept { self.ledger.markSaved(saved) }
            return Pass(changedSomething: false, nextLook: timers.next)
        case .done:
            finish(with: draft)
            return Pass(changedSomething: true, nextLook: timers.next)
        case .failed(let error): throw error
        case .moved: return lostRace()
        case .refused(let words):
            let mayDivide = draft.isDivisible && !draft.steps.isEmpty
            guard !draft.isMerging, !told.isEmpty || mayDivide else { throw LoopError.refused(words) }
            if !told.isEmpty {
                switch await attempt(RequestDraft(), with: own) {
                case .done:
                    finish(with: draft)
                    return try await publishApart(told, isNews: !own.isEmpty)
                case .failed(let error): throw error
                case .moved: return lostRace()
                case .refused(let words): guard mayDivide else { throw LoopError.refused(words) }
                }
            }
        }
        switch await attempt(RequestDraft(), with: own.filter { $0.name != branchReference }) {
        case .done: finish(with: nil)
        case .failed(let error): throw error
        case .moved: return lostRace()
        case .refused(let words): throw LoopError.refused(words)
        }
        guard try await publishSteps(of: &draft) else { return lostRace() }
        return try await publishApart(told, isNews: true)
    }

    private func publishApart(_ told: RequestDraft, isNews: Bool) async throws -> Pass {
        var changed = isNews
        guard try await publishApart(told, &changed) else { return lostRace() }
        return Pass(changedSomething: changed, nextLook: timers.next)
    }

    private func lostRace() -> Pass {
        surroundings.tell(Event(.debug, "somebody else was faster; looking again"))
        seen = [:]
        touched.everything = true
        return Pass(changedSomething: true, lostRace: true)
    }

    enum Attempt {
        /// Also where there was nothing to push.
        case done(isEmpty: Bool)
        case moved
        case refused(String)
        case failed(any Error)
    }

    /// Publishes what there is to say of requests, with other references, and takes it over.
    func attempt(_ draft: RequestDraft, with own: [ReferenceUpdate] = []) async -> Attempt {
        do {
            let updates: [ReferenceUpdate]
            do {
                updates = try await own + self.updates(for: draft)
            } catch let error as any Failure where error.remedy == .askHuman {
                // Their record or notes are not what they should be.
                return .refused("\(error)")
            }
            guard !updates.isEmpty else { return .done(isEmpty: true) }
            let publisher = Publisher(remote: surroundings.remote, step: surroundings.step)
            guard try await publisher.publish(updates) else { return .moved }
            try await takeOver(updates)
            accept(draft)
            return .done(isEmpty: false)
        } catch LoopError.refused(let words) {
            return .refused(words)
        } catch {
            return .failed(error)
        }
    }

    /// Moves the local references to what was just published, so that the next look sees no difference.
    private func takeOver(_ updates: [ReferenceUpdate]) async throws {
        try await surroundings.store.write { writer in
            for update in updates where try writer.resolve(update.name) == update.old {
                _ = try writer.move(update.name, from: update.old, to: update.new, reason: "martlet: published")
            }
        }
        try await noteOwn(updates)
        for update in updates {
            if update.name != branchReference { seen[update.name] = update.new }
            if update.name == statusStore.reference { (recordKeeping.tip, recordKeeping.lost) = (update.new, []) }
        }
    }

    func because(_ group: PromotionGroups.Group, _ environment: Environment) -> [String] {
        guard !group.moves.gates(of: environment).isEmpty else {
            return ["No check was asked for: \(group.environment) has no gate."]
        }
        return group.moves.flatMap { move -> [String] in
            guard let gate = environment.gate(of: move.model) else {
                return ["", "No check was asked for: \(group.environment) has no gate for \(move.model)."]
            }
            let plan = plans[Unit(environment: group.environment, model: move.model)]
            let evidence = plan?.evidence ?? [], waivers = plan?.waivers ?? []
            let asked = snapshot?.gates[gate]?.value.checks ?? []
            let required = Set(asked.filter(\.required).map(\.check))
            return ["", "Gate '\(gate)' is open for \(move.model):"]
                + (plan?.note.map { ["- \($0)"] } ?? [])
                + evidence.map { found in
                    let isAllowed = !found.outcome.verdict.admits && !required.contains(found.check)
                    return "- \(found.check)\(isAllowed ? " (not required)" : ""): \(found.outcome.verdict.rawValue): "
                        + found.outcome.summary
                }
                + waivers.map { "- \($0.check) \($0) (\($0.path))" }
        }
    }

    /// Who agreed, for the trailers: a tag can be replaced later, the commit cannot.
    ///
    /// - Parameter request: Who agreed to each deployment at the head of the request that brings them, where one does.
    func approved(_ group: PromotionGroups.Group, _ request: [Unit: [Approval]]? = nil) -> [String] {
        var lines: [String] = []
        for move in group.moves {
            let unit = Unit(environment: group.environment, model: move.model)
            let approvals = (request == nil ? plans[unit]?.approvals : request?[unit]) ?? []
            for approval in approvals {
                let line = "\(approval.person) \(approval.tag ?? approval.commit)"
                if !lines.contains(line) { lines.append(line) }
            }
        }
        return lines
    }

    private func block(_ group: PromotionGroups.Group, _ error: any Error) {
        let next = surroundings.tools.now() + .seconds(60)
        let blocker =
            error is ArtifactFailure
            ? Blocker(
                .artifact, group.environment, "\(error)", unblockedBy: "the artifact can be had", nextLook: next)
            : Blocker(.person, group.environment, "\(error)", unblockedBy: "Martlet tries again", nextLook: next)
        for move in group.moves {
            let unit = Unit(environment: group.environment, model: move.model)
            plans[unit]?.state = .blocked
            plans[unit]?.failure = "\(error)"
            plans[unit]?.blockers.append(blocker)
            timers.set(unit, at: next)
        }
        guard !wasTold(group) else { return }
        surroundings.tell(Event(.error, "cannot promote into \(group.environment): \(error)"))
    }
}
