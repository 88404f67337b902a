import Domain

extension Controller {
    /// Publishes the draft with requests merged on top of it, one push a batch.
    ///
    /// Where the remote refuses that, each half is tried, and each half of a half: what is bad is found out, and holds
    /// back no other.
    func publish(_ draft: BranchDraft, merging ready: [JudgedRequest], _ snapshot: Snapshot) async throws -> Pass {
        var free = ready.filter { !draft.rolledBack.contains($0.status.unit.environment) }
        if let rest = requests.refusedMerges?.until, surroundings.tools.now() < rest {
            for request in free { timers.set(request.status.unit, at: rest) }
            free = []
        }
        let size = max(1, options.batch)
        let batches = stride(from: 0, to: free.count, by: size).map { Array(free[$0..<min($0 + size, free.count)]) }
        guard let first = batches.first, !options.isDryRun else { return try await publish(draft) }
        var draft = draft
        // Of those whose turn comes in a moment there is no need to say that they are ready.
        for request in batches.dropFirst().joined() { draft.requests.statuses[request.status.unit] = nil }
        var whole = draft
        try await merge(first, snapshot, &whole, keepingBranches: requests.keepsBranches)
        var front = MergeFront(tip: whole.head)
        let pass: Pass
        do {
            pass = try await publish(whole)
            front.isOver = pass.lostRace
            requests.refusedMerges = nil
        } catch LoopError.refused(let words) {
            guard whole.head != draft.head else { throw LoopError.refused(words) }
            // First without any: if branch and status are refused, it is not for the requests.
            let isOver = try await publish(&draft).lostRace
            front = MergeFront(tip: draft.head, isOver: isOver)
            try await mergeTogether(first, snapshot, &front)
            pass = Pass(changedSomething: true, nextLook: timers.next)
        }
        for batch in batches.dropFirst() { try await mergeTogether(batch, snapshot, &front) }
        return pass
    }

    /// Merges a batch in a push of its own; where the remote does not let their branches go or takes no notes, without that.
    private func mergeTogether(_ batch: [JudgedRequest], _ snapshot: Snapshot, _ front: inout MergeFront) async throws {
        guard !front.isOver else { return }
        var refusal = ""
        for (keeps, isNoted) in [(requests.keepsBranches, true), (true, false)] {
            var draft = BranchDraft(tip: front.tip)
            draft.requests.isNoted = isNoted
            try await merge(batch, snapshot, &draft, keepingBranches: keeps)
            guard draft.head != draft.tip else { return }
            do {
                let isOver = try await publish(draft).lostRace
                (front.tip, front.refusals, front.isOver) = (draft.head, 0, isOver)
                (requests.keepsBranches, requests.refusedMerges) = (keeps, nil)
                return
            } catch LoopError.refused(let words) {
                refusal = words
            }
        }
        try await mergeApart(batch, refusal, snapshot, &front)
    }

    /// Merges each half of a batch that the remote has refused as a whole, or says so of the only one.
    private func mergeApart(
        _ batch: [JudgedRequest], _ words: String, _ snapshot: Snapshot, _ front: inout MergeFront
    ) async throws {
        guard !front.isOver else { return }
        guard batch.count > 1 else { return try await refuse(batch[0], words, &front) }
        let middle = batch.count / 2
        for half in [Array(batch[..<middle]), Array(batch[middle...])] {
            try await mergeTogether(half, snapshot, &front)
        }
    }

    /// Says of a request that the remote does not take its merge. Three in a row are not the requests' fault: then all rest for a while.
    private func refuse(_ request: JudgedRequest, _ words: String, _ front: inout MergeFront) async throws {
        front.refusals += 1
        guard front.refusals < 3 else { return rest(words, &front) }
        let unit = request.status.unit, key = RequestMemory.mergeKey(of: unit)
        requests.refusals[key] = PushRefusal(words, after: requests.refusals[key], at: surroundings.tools.now())
        let status = request.status.entering(
            .refused, at: surroundings.tools.now(), RequestStatus.remoteRefusal + Excerpt.line(words, limit: 1000))
        requests.judged[unit]?.status = status
        var draft = BranchDraft(tip: front.tip)
        draft.requests.statuses[unit] = status
        front.isOver = try await publish(draft).lostRace
    }

    private func rest(_ words: String, _ front: inout MergeFront) {
        let now = surroundings.tools.now()
        let refusal = PushRefusal(words, after: requests.refusedMerges, at: now)
        (requests.refusedMerges, front.isOver) = (refusal, true)
        let ready = requests.judged.filter { $0.value.status.state == .ready }.keys
        for unit in ready { timers.set(unit, at: refusal.until) }
        surroundings.tell(
            Event(
                .error,
                "the remote refuses merges of requests: \(refusal.words); trying again in \((refusal.until - now).text)"
            ))
    }

    /// Puts a merge commit for each request onto the draft. One that does not go with the others waits for the next pass.
    ///
    /// - Parameter keepsBranches: Whether their branches stay, and only have to be where they were judged.
    private func merge(
        _ batch: [JudgedRequest], _ snapshot: Snapshot, _ draft: inout BranchDraft, keepingBranches keepsBranches: Bool
    ) async throws {
        draft.isMerging = true
        var merged: Set<ObjectID> = []
        for request in batch {
            let unit = request.status.unit
            let promotion = try await promotion(of: request, snapshot)
            let (merge, tip) = (RequestMerge(request: request, promotion: promotion, merged: merged), draft.head)
            guard let bare = try await surroundings.store.write({ try merge.write(on: tip, $0) }) else {
                touched.models.insert(unit.model)
                continue
            }
            let commit = try await surroundings.sign(bare, tip)
            draft.head = commit
            for move in promotion.moves { digests[move.new.name] = nil }
            merged.insert(request.status.head)
            var status = request.status.entering(.merged, at: surroundings.tools.now(), "merged by Martlet")
            status.commit = commit
            draft.requests.statuses[unit] = status
            draft.requests.branches.append(
                ReferenceUpdate(
                    RequestName.reference(of: unit), from: request.status.head,
                    to: keepsBranches ? request.status.head : nil))
            draft.notes.append(promotion.message.split(separator: "\n").first.map(String.init) ?? "")
        }
        surroundings.step("after-request-merges")
    }

    func promotion(of request: JudgedRequest, _ snapshot: Snapshot) async throws -> PromotionCommit {
        let status = request.status
        let name = status.unit.environment
        let environment = snapshot.environments[name]?.value
        var moves: [Action.Move] = []
        for move in status.moves {
            guard let known = try await catalog.version(of: move.model, at: move.new.revision) else {
                throw LoopError.unreadable("\(move.new.revision.short) has no readable model '\(move.model)'")
            }
            let evidence = plans[Unit(environment: name, model: move.model)]?.evidence ?? []
            let ids = try await surroundings.store.write { writer in
                try evidence.map { try writer.write(blob: EvidenceStore.bytes(of: $0)) }
            }
            moves.append(Action.Move(model: move.model, old: move.old, new: known.version, evidence: ids))
        }
        let group = PromotionGroups.Group(environment: name, moves: moves)
        let because = environment.map { self.because(group, $0) } ?? []
        return PromotionCommit(
            environment: name, moves: moves, gates: environment.map(moves.gates) ?? [], from: environment?.from ?? [],
            author: author,
            because: ["Merges \(status.unit.request), proposed by \(status.author)."] + because,
            approved: approved(group, requests.agreed[status.unit] ?? [:]),
            request: "\(status.unit.request)@\(status.head)")
    }
}

/// Where merging requests batch by batch has come to.
private struct MergeFront {
    /// The branch as it was last published.
    var tip: ObjectID
    /// How many were refused one after another.
    var refusals = 0
    /// Somebody else moved a reference, so that everything is decided anew, or the remote takes no merges.
    var isOver = false
}
