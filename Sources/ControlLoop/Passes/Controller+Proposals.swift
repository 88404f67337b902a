import Domain

/// Says of every pull request, and of a merge queue's branches, whether the branch may become that: as a status that a
/// branch rule can require.
extension Controller {
    private static let mostPulls = 100

    /// GitHub's merge queue puts what it is about to merge there.
    static func queuePattern(of branch: String) -> String { "refs/heads/gh-readonly-queue/\(branch)/*" }

    func showProposals(on forgeSync: ForgeSync, _ touched: Set<Unit>, _ snapshot: Snapshot) async {
        var gone = Set(proposals.keys)
        let pulls = forge.others.filter { $0.head != .zero }.map { Proposal($0) }
        // A verdict does not stay true, and nobody may push an old one out of sight by opening many others.
        for proposal in pulls.dropFirst(Self.mostPulls) {
            let status = RequestPresentation.Status(
                RequestPresenter.required, .pending, "not judged: more than \(Self.mostPulls) pull requests are open")
            await forgeSync.want(proposal.presentation(into: branch, status))
            gone.remove(proposal.name)
            proposals[proposal.name] = JudgedProposal(head: proposal.head, tip: .zero, units: [])
        }
        for proposal in queuedProposals + pulls.prefix(Self.mostPulls) {
            gone.remove(proposal.name)
            if let known = proposals[proposal.name], known.head == proposal.head, known.tip == snapshot.revision,
                known.units.isDisjoint(with: touched)
            {
                continue
            }
            do {
                let content = try await content(of: proposal, snapshot)
                let verdict = try await verdict(on: content, proposal.head, isQueued: proposal.isQueued, snapshot)
                proposals[proposal.name] = JudgedProposal(
                    head: proposal.head, tip: snapshot.revision, units: Set(verdict.moves.map(\.unit)),
                    errors: content.errors)
                await forgeSync.want(proposal.presentation(into: branch, verdict.status))
            } catch {
                surroundings.tell(Event(.warning, "\(proposal.name) cannot be judged: \(error)"))
            }
        }
        for name in gone {
            proposals[name] = nil
            await forgeSync.leave(name)
        }
    }

    private var queuedProposals: [Proposal] {
        let start = Self.queuePattern(of: branch).dropLast()
        return seen.filter { $0.key.hasPrefix(start) }.sorted { $0.key < $1.key }.map {
            Proposal(queued: String($0.key.dropFirst("refs/heads/".utf8.count)), head: $0.value)
        }
    }

    func content(of proposal: Proposal, _ snapshot: Snapshot) async throws -> ProposalContent {
        try await fetch(proposal)
        let (tip, head, branch, author, language) = (
            snapshot.revision, proposal.head, branch, author, surroundings.language
        )
        let guardian = PushGuard(
            language: language, validation: surroundings.validation, branch: branch, prefix: prefix,
            seesBranches: false)
        var content = try await surroundings.store.write {
            do {
                return try ProposalContent(
                    of: head, tip: tip, branch: branch, author: author, guardian: guardian, $0, language)
            } catch let failure as any Failure where failure.remedy == .askHuman {
                // It stays so: to look again in every pass would find the same.
                return ProposalContent(objection: "it cannot be read: \(failure)")
            }
        }
        if content.objections.isEmpty, let merge = content.merge {
            content.add(errors: try await errors(of: proposal, merge, snapshot))
        }
        return content
    }

    /// What would be wrong between manifests that is not so already. While the branch only moves pins, that stays as it was.
    private func errors(of proposal: Proposal, _ merge: ObjectID, _ snapshot: Snapshot) async throws -> [String] {
        let (validation, store) = (surroundings.validation, surroundings.store)
        if let known = proposals[proposal.name], known.head == proposal.head, let errors = known.errors,
            try await store.read({ try validation.movedPins(from: known.tip, to: snapshot.revision, $0) }) != nil
        {
            return errors
        }
        return try await validation.errors(at: merge, since: snapshot, in: store).map(\.description)
    }

    /// - Parameter isQueued: Whether a merge queue may have made its commits, which may be others than those that people proposed.
    func verdict(
        on content: ProposalContent, _ head: ObjectID, isQueued: Bool = false, _ snapshot: Snapshot
    ) async throws -> ProposalVerdict {
        var verdict = ProposalVerdict(content)
        var promotions: [(unit: Unit, move: Action.Move)] = []
        for move in content.moves {
            let back = try await wayBack(of: move)
            switch try await standing(of: move, in: content, head, back: back, isQueued: isQueued, snapshot) {
            case .may(let version, let blockers):
                verdict.waits += blockers.map { Self.words(move.unit, $0) }
                if back == nil {
                    promotions.append((move.unit, .init(model: move.unit.model, old: move.old, new: version)))
                }
            case .mayNot(_, let reason): verdict.objections.append("\(move.unit): \(reason)")
            }
        }
        let incomplete = PromotionGroups(promotions, snapshot, plans).incomplete
        verdict.waits += incomplete.sorted { $0.key < $1.key }.map { Self.words($0.key, $0.value) }.filter {
            !verdict.waits.contains($0)
        }
        verdict.waits += personsNeeded(to: content, snapshot)
        if !snapshot.settings.policyWithVersions, let mixture = content.mixture { verdict.objections.append(mixture) }
        return verdict
    }

    /// Where so much would go that a person has to allow it, once it is on the branch, too.
    private func personsNeeded(to content: ProposalContent, _ snapshot: Snapshot) -> [String] {
        let share = snapshot.settings.maxRemovedShare
        return Dictionary(grouping: content.removals.map(\.unit), by: \.environment).sorted { $0.key < $1.key }
            .compactMap {
                environment, removed in
                let running = ledger.statuses.filter { $0.key.environment == environment && $0.value.state != .empty }
                    .keys
                let gone = running.filter {
                    removed.contains($0) || snapshot.deployment(of: $0.model, in: environment) == nil
                }
                guard Double(gone.count) > share * Double(running.count) else { return nil }
                return
                    "\(environment): person: \(gone.count) of \(running.count) deployments would go in one step, more than "
                    + "\(Int(share * 100)) %: a person has to merge it, and then to say: martlet reconcile --accept-removal"
            }
    }

    private static func words(_ unit: Unit, _ blocker: Blocker) -> String {
        "\(unit): \(blocker.kind.rawValue) \(blocker.name): \(blocker.reason)"
    }

    /// The version to which a move leads that needs no gate: one that has run well there, is older than what runs, and was not rejected; or
    /// the one that runs, where only its pin is written anew.
    private func wayBack(of move: (unit: Unit, old: Pin?, new: Pin)) async throws -> KnownVersion? {
        guard let old = move.old, let known = try? await catalog.version(of: move.unit.model, at: move.new.revision)
        else { return nil }
        if old.revision == move.new.revision { return known }
        guard let status = ledger[move.unit], status.rejection(of: known.version) == nil,
            status.verified.contains(where: { $0.pin.revision == move.new.revision })
        else { return nil }
        return try await catalog.isOlder(move.new.revision, than: old.revision) ? known : nil
    }

    private func fetch(_ proposal: Proposal) async throws {
        let head = proposal.head
        let isHere = try await surroundings.store.read { $0.has(head) }
        if !isHere, let reference = proposal.reference { try await surroundings.remote.fetch([reference]) }
    }

    /// Whether a version may come onto the branch this way: forward by the gate, back to what has run there.
    private func standing(
        of move: (unit: Unit, old: Pin?, new: Pin), in content: ProposalContent, _ head: ObjectID,
        back: KnownVersion?, isQueued: Bool, _ snapshot: Snapshot
    ) async throws -> RequestStanding {
        let name = VersionName(model: move.unit.model, revision: move.new.revision)
        if let judged = judged(move, in: content, isQueued: isQueued) {
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
        if let back {
            // What ran under a label may do so again.
            let isKnown = ledger[move.unit]?.verified.contains { $0.pin == move.new } == true
            let lie = isKnown ? nil : try await lie(of: move.new, about: back.version)
            return lie.map { .mayNot(.refused, $0) } ?? .may(back.version, [])
        }
        let request = RequestStatus(
            unit: move.unit, head: head, tip: snapshot.revision, state: .open, since: surroundings.tools.now(),
            reason: "")
        return try await standing(
            of: RequestStatus.Move(model: move.unit.model, old: move.old, new: move.new), by: request, snapshot)
    }

    /// The request that makes this move, where its head is among the commits. A merge queue that squashes or rebases makes other commits:
    /// there the same files say so.
    private func judged(
        _ move: (unit: Unit, old: Pin?, new: Pin), in content: ProposalContent, isQueued: Bool
    ) -> RequestStatus? {
        func makesMove(_ judged: JudgedRequest) -> Bool {
            let status = judged.status, files = judged.content.files
            guard status.unit.environment == move.unit.environment,
                status.moves.contains(where: { $0.model == move.unit.model && $0.new == move.new })
            else { return false }
            return content.commits.contains(status.head)
                || isQueued && !files.isEmpty && files.allSatisfy { content.files[$0.key] == $0.value }
        }
        if let own = requests.judged[move.unit], makesMove(own) { return own.status }
        return requests.judged.values.filter(makesMove).map(\.status).min { $0.unit < $1.unit }
    }
}
