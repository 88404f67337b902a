public import Domain

/// What a CI system asks about a commit that would be merged.
extension Controller {
    /// Whether the branch may become a commit of the object database, as a merge queue is told. Acts on nothing.
    ///
    /// - Parameter isSquashed: Whether a queue made the commits anew, so that requests are known by their files and not by their heads.
    public func explain(merging head: ObjectID, isSquashed: Bool = false) async throws -> ProposalVerdict {
        let first = prefix
        _ = try await observe()
        if prefix != first { _ = try await observe() }
        try await readRequests()
        guard let snapshot else { throw LoopError.noBranch(branch) }
        let content = try await content(of: Proposal(commit: head), snapshot)
        let contained = requests.heads.filter {
            content.commits.contains($0.value) || isSquashed && isRecast($0.key, $0.value, content)
        }
        // Members of release sets are planned, too: one may have to wait for another.
        var draft = BranchDraft(tip: snapshot.revision)
        let units = withPeers(Set(content.moves.map(\.unit)).union(contained.keys).sorted(), snapshot)
        try await promote(await plan(units, snapshot), snapshot, &draft)
        for (unit, request) in contained {
            var judged = try await judge(unit, request, snapshot)
            try await heedRecord(requests.statuses[unit], &judged.status, snapshot)
            requests.judged[unit] = judged
        }
        return try await verdict(on: content, head, isQueued: isSquashed, snapshot)
    }

    /// Whether commits may bring what a request proposes without its head, as those of a train that squashes or rebases do. Then its
    /// files decide whether they are the same.
    private func isRecast(_ unit: Unit, _ head: ObjectID, _ content: ProposalContent) -> Bool {
        let recorded = requests.statuses[unit].flatMap { $0.head == head ? $0.moves : nil } ?? []
        return content.moves.contains { move in
            move.unit == unit
                || move.unit.environment == unit.environment
                    && recorded.contains { $0.model == move.unit.model && $0.new == move.new }
        }
    }

    /// Only a controller hears what people do on a forge: that a page was closed, and who agrees. Its own word on this head counts,
    /// as long as the policy is the one that it judged by.
    private func heedRecord(_ last: RequestStatus?, _ status: inout RequestStatus, _ snapshot: Snapshot) async throws {
        guard let settings = snapshot.settings.forge, status.state == .ready || status.state == .open else { return }
        let last = last.flatMap { $0.head == status.head ? $0 : nil }
        if let last, last.state == .closed {
            (status.state, status.blockers, status.reason) = (.closed, [], last.reason)
            return
        }
        guard settings.reviews, status.blockers.allSatisfy({ $0.kind == .approval }) else { return }
        if let last, last.state == .ready, try await isPolicy(at: last.tip, still: status.unit.environment, snapshot) {
            (status.state, status.blockers) = (.ready, [])
        } else {
            status.state = .open
            status.blockers.append(
                Blocker(
                    .person, "forge", "the controller's record does not say that people agree to this head",
                    unblockedBy: "the controller finds the request ready"))
        }
    }
}
