import Domain

extension Controller {
    /// The most requests that one push merges: each is named in its arguments.
    private static var largestBatch: Int { 1000 }

    /// Publishes the draft with the requests merged on top of it.
    ///
    /// Where the remote refuses that, each half is tried, and each half of a half: what is bad is found out, and holds
    /// back no other.
    func publish(_ draft: BranchDraft, merging ready: [JudgedRequest], _ snapshot: Snapshot) async throws -> Pass {
        let free = ready.filter { !draft.rolledBack.contains($0.status.unit.environment) }
        for request in free.dropFirst(Self.largestBatch) { touched.models.insert(request.status.unit.model) }
        let batch = Array(free.prefix(Self.largestBatch))
        guard !batch.isEmpty, !options.isDryRun else { return try await publish(draft) }
        var whole = draft
        try await merge(batch, snapshot, &whole)
        do {
            return try await publish(whole)
        } catch LoopError.refused(let words) {
            guard whole.head != draft.head else { throw LoopError.refused(words) }
            // First without any: if that is refused, it is not for the requests.
            _ = try await publish(draft)
            guard !seen.isEmpty else { return Pass(changedSomething: true) }
            var search = RefusedSearch(tip: draft.head, words: words)
            if batch.count == 1 {
                try await refuse(batch[0], words, &search, snapshot)
            } else {
                try await mergeInHalves(batch, &search, snapshot)
            }
            return Pass(changedSomething: true)
        }
    }

    private func mergeInHalves(_ batch: [JudgedRequest], _ search: inout RefusedSearch, _ snapshot: Snapshot)
        async throws
    {
        let middle = batch.count / 2
        for half in [Array(batch[..<middle]), Array(batch[middle...])] where !half.isEmpty {
            guard !search.isLost else { return }
            var draft = BranchDraft(tip: search.tip)
            try await merge(half, snapshot, &draft)
            guard draft.head != draft.tip else { continue }
            do {
                _ = try await publish(draft)
                guard !seen.isEmpty else {
                    search.isLost = true
                    return
                }
                search.tip = draft.head
                search.refusals = 0
            } catch LoopError.refused(let words) {
                if half.count > 1 {
                    try await mergeInHalves(half, &search, snapshot)
                } else {
                    try await refuse(half[0], words, &search, snapshot)
                }
            }
        }
    }

    /// Says of a request that the remote does not take its merge. Three in a row are not the requests' fault.
    private func refuse(
        _ request: JudgedRequest, _ words: String, _ search: inout RefusedSearch, _ snapshot: Snapshot
    ) async throws {
        search.refusals += 1
        guard search.refusals < 3 else { throw LoopError.refused(words) }
        let unit = request.status.unit
        let status = request.status.entering(
            .refused, at: surroundings.tools.now(), "the remote refused the merge: \(words)")
        requests.judged[unit]?.status = status
        var draft = BranchDraft(tip: search.tip)
        draft.requests.statuses[unit] = status
        _ = try await publish(draft)
        if seen.isEmpty { search.isLost = true }
    }

    /// Puts a merge commit for each request onto the draft. One that does not go with the others waits for the next pass.
    private func merge(_ batch: [JudgedRequest], _ snapshot: Snapshot, _ draft: inout BranchDraft) async throws {
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
            merged.insert(request.status.head)
            var status = request.status.entering(.merged, at: surroundings.tools.now(), "merged by Martlet")
            status.commit = commit
            draft.requests.statuses[unit] = status
            draft.requests.branches.append(
                ReferenceUpdate(RequestName.reference(of: unit), from: request.status.head, to: nil))
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
                throw LoopError.notFound("\(move.new.revision.short) has no readable model '\(move.model)'")
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
            environment: name, moves: moves, gate: environment?.gate, from: environment?.from ?? [], author: author,
            because: ["Merges \(status.unit.request), proposed by \(status.author)."] + because,
            request: "\(status.unit.request)@\(status.head)")
    }
}

/// Where the search for requests that the remote refuses has come to.
private struct RefusedSearch {
    /// The branch as it was last published.
    var tip: ObjectID
    let words: String
    /// How many were refused one after another.
    var refusals = 0
    /// Somebody else moved the branch: everything is decided anew.
    var isLost = false
}
