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
                let judged = try await judge(proposal, snapshot)
                proposals[proposal.name] = judged
                await desk.want(
                    RequestPicture(
                        branch: proposal.name, base: branch, head: proposal.head, statuses: [judged.status]))
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

    private func judge(_ proposal: Proposal, _ snapshot: Snapshot) async throws -> JudgedProposal {
        try await fetch(proposal)
        let (tip, head, branch, author, language) = (
            snapshot.revision, proposal.head, branch, author, surroundings.language
        )
        let guardian = PushGuard(
            language: language, validation: surroundings.validation, branch: branch, prefix: prefix)
        let content = try await surroundings.store.write {
            try ProposalContent(
                of: head, tip: tip, branch: branch, author: author, guardian: guardian, $0, language)
        }
        var (objections, waits) = (content.objections, [String]())
        for move in content.moves {
            switch try await standing(of: move, in: content, head, snapshot) {
            case .may(_, let blockers):
                waits += blockers.map { "\(move.unit): \($0.kind.rawValue) \($0.name): \($0.reason)" }
            case .mayNot(_, let reason): objections.append("\(move.unit): \(reason)")
            }
        }
        let status: RequestPicture.Status =
            if let first = objections.first {
                .init(
                    RequestPainter.required, .failure,
                    objections.count > 1 ? "\(first) (and \(objections.count - 1) more)" : first)
            } else if let first = waits.first {
                .init(RequestPainter.required, .pending, "waits for \(first)")
            } else {
                .init(RequestPainter.required, .success, Self.words(content))
            }
        return JudgedProposal(head: head, tip: tip, units: Set(content.moves.map(\.unit)), status: status)
    }

    private static func words(_ content: ProposalContent) -> String {
        guard content.changes > 0 else { return "nothing that is not on the branch already" }
        let files = "\(content.changes) file\(content.changes == 1 ? "" : "s")"
        return content.moves.isEmpty
            ? "its manifests are valid (\(files)), no environment changes"
            : "its manifests are valid, and its versions may enter"
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
        if let judged = requests.judged[move.unit]?.status, content.commits.contains(judged.head),
            judged.moves.contains(where: { $0.model == move.unit.model && $0.new == move.new })
        {
            switch judged.state {
            case .ready, .open, .merged:
                guard let known = try await catalog.version(of: name.model, at: name.revision) else {
                    return .mayNot(.refused, "\(name) has no readable model")
                }
                return .may(known.version, judged.blockers)
            default: return .mayNot(judged.state, judged.reason)
            }
        }
        if ledger[move.unit]?.verified.contains(where: { $0.pin.revision == move.new.revision }) == true,
            let known = try await catalog.version(of: name.model, at: name.revision)
        {
            return .may(known.version, [])
        }
        let request = RequestStatus(
            unit: move.unit, head: head, tip: snapshot.revision, state: .open, since: surroundings.tools.now(),
            reason: "")
        return try await standing(
            of: RequestStatus.Move(model: move.unit.model, old: move.old, new: move.new), by: request, snapshot)
    }
}
