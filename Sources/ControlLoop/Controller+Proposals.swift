import Domain

/// Says of every pull request, and of a merge queue's branches, whether the branch may become that: as a status that a
/// branch rule can require.
extension Controller {
    private static let mostPulls = 100

    /// GitHub's merge queue puts what it is about to merge there.
    static func queuePattern(of branch: String) -> String { "refs/heads/gh-readonly-queue/\(branch)/*" }

    func showProposals(on desk: ForgeDesk, _ touched: Set<Unit>, _ snapshot: Snapshot) async {
        var gone = Set(proposals.keys)
        for proposal in currentProposals {
            gone.remove(proposal.name)
            if let known = proposals[proposal.name], known.head == proposal.head, known.tip == snapshot.revision,
                known.units.isDisjoint(with: touched)
            {
                continue
            }
            do {
                let verdict = try await verdict(on: try await content(of: proposal, snapshot), proposal.head, snapshot)
                proposals[proposal.name] = JudgedProposal(
                    head: proposal.head, tip: snapshot.revision, units: Set(verdict.moves.map(\.unit)))
                await desk.want(
                    RequestPicture(
                        branch: proposal.name, base: branch, head: proposal.head, statuses: [verdict.status]))
            } catch {
                surroundings.tell(Event(.warning, "\(proposal.name) cannot be judged: \(error)"))
            }
        }
        for name in gone {
            proposals[name] = nil
            await desk.leave(name)
        }
    }

    private var currentProposals: [Proposal] {
        let start = Self.queuePattern(of: branch).dropLast()
        let queued = seen.filter { $0.key.hasPrefix(start) }.sorted { $0.key < $1.key }.map {
            Proposal(name: String($0.key.dropFirst("refs/heads/".utf8.count)), head: $0.value, reference: nil)
        }
        let pulls = forge.others.prefix(Self.mostPulls).map {
            Proposal(name: "pull request \($0.number)", head: $0.head, reference: $0.reference)
        }
        return queued + pulls
    }

    func content(of proposal: Proposal, _ snapshot: Snapshot) async throws -> ProposalContent {
        try await fetch(proposal)
        let (tip, head, branch, author, language) = (
            snapshot.revision, proposal.head, branch, author, surroundings.language
        )
        let guardian = PushGuard(
            language: language, validation: surroundings.validation, branch: branch, prefix: prefix)
        return try await surroundings.store.write {
            try ProposalContent(
                of: head, tip: tip, branch: branch, author: author, guardian: guardian, $0, language)
        }
    }

    func verdict(on content: ProposalContent, _ head: ObjectID, _ snapshot: Snapshot) async throws -> ProposalVerdict {
        var verdict = ProposalVerdict(content)
        var promotions: [(unit: Unit, move: Action.Move)] = []
        for move in content.moves {
            switch try await standing(of: move, in: content, head, snapshot) {
            case .may(let version, let blockers):
                verdict.waits += blockers.map { Self.words(move.unit, $0) }
                if !hasRun(move.new, move.unit) {
                    promotions.append((move.unit, .init(model: move.unit.model, old: move.old, new: version)))
                }
            case .mayNot(_, let reason): verdict.objections.append("\(move.unit): \(reason)")
            }
        }
        let incomplete = PromotionGroups(promotions, snapshot, plans).incomplete
        verdict.waits += incomplete.sorted { $0.key < $1.key }.map { Self.words($0.key, $0.value) }.filter {
            !verdict.waits.contains($0)
        }
        return verdict
    }

    private static func words(_ unit: Unit, _ blocker: Blocker) -> String {
        "\(unit): \(blocker.kind.rawValue) \(blocker.name): \(blocker.reason)"
    }

    private func hasRun(_ pin: Pin, _ unit: Unit) -> Bool {
        ledger[unit]?.verified.contains { $0.pin.revision == pin.revision } == true
    }

    private func fetch(_ proposal: Proposal) async throws {
        let head = proposal.head
        let isHere = try await surroundings.store.read { (try? $0.commit(head)) != nil }
        if !isHere, let reference = proposal.reference { try await surroundings.remote.fetch([reference]) }
    }

    /// Whether a version may come onto the branch this way: forward by the gate, back to what has run there.
    private func standing(
        of move: (unit: Unit, old: Pin?, new: Pin), in content: ProposalContent, _ head: ObjectID, _ snapshot: Snapshot
    ) async throws -> RequestStanding {
        let name = VersionName(model: move.unit.model, revision: move.new.revision)
        if let judged = judged(move, in: content) {
            // What was judged as a whole is not let in by parts.
            let isWhole = judged.moves.allSatisfy { part in
                let unit = Unit(environment: judged.unit.environment, model: part.model)
                return content.moves.contains { $0.unit == unit && $0.new == part.new }
            }
            guard isWhole else { return .mayNot(.refused, "it brings only a part of \(judged.unit.request)") }
            switch judged.state {
            case .ready, .open, .merged:
                guard let known = try await catalog.version(of: name.model, at: name.revision) else {
                    return .mayNot(.refused, "\(name) has no readable model")
                }
                return .may(known.version, judged.blockers)
            default: return .mayNot(judged.state, judged.reason)
            }
        }
        if hasRun(move.new, move.unit), let known = try await catalog.version(of: name.model, at: name.revision) {
            return .may(known.version, [])
        }
        let request = RequestStatus(
            unit: move.unit, head: head, tip: snapshot.revision, state: .open, since: surroundings.tools.now(),
            reason: "")
        return try await standing(
            of: RequestStatus.Move(model: move.unit.model, old: move.old, new: move.new), by: request, snapshot)
    }

    /// The request that makes this move, where its head is among the commits.
    private func judged(_ move: (unit: Unit, old: Pin?, new: Pin), in content: ProposalContent) -> RequestStatus? {
        func makesMove(_ status: RequestStatus) -> Bool {
            status.unit.environment == move.unit.environment && content.commits.contains(status.head)
                && status.moves.contains { $0.model == move.unit.model && $0.new == move.new }
        }
        if let own = requests.judged[move.unit]?.status, makesMove(own) { return own }
        return requests.judged.values.map(\.status).filter(makesMove).min { $0.unit < $1.unit }
    }
}
