import Domain

extension Controller {
    var branchReference: String { "refs/heads/\(branch)" }
    var prefix: String { snapshot?.settings.references ?? RepositorySettings().references }
    var statusStore: StatusStore { StatusStore(trust) }
    var leaseReference: String { prefix + "/lease" }
    var evidenceStore: EvidenceStore { EvidenceStore(trust) }

    var author: Person {
        let author = snapshot?.settings.author ?? RepositorySettings.Author()
        return Person(name: author.name, email: author.email, time: surroundings.tools.now())
    }

    /// Whether this controller may act. It first learns from the repository where the lease is.
    func isMyTurn() async throws -> Bool {
        guard let lease else { return true }
        if snapshot == nil { _ = try await observe() }
        contact.answers = false
        let (place, author) = (leaseReference, author)
        switch try await whileTending({ try await lease.turn(at: place, author: author) }) {
        case .mine: return true
        case .another: return false
        case .new:
            // What others did meanwhile is in Git: nothing that was in this memory before counts.
            (ledger, recordKeeping.tip, seen, touched) = (Ledger(), nil, [:], .all)
            health = [:]
            checkRuns.forgetEvidence()
            return true
        }
    }

    /// Looks whether anything moved, and if so brings snapshot and ledger up to it. Returns whether it did.
    func observe() async throws -> Bool {
        var patterns = [
            branchReference, prefix + "/*", ApprovalTag.prefix + "*", RequestName.pattern,
            RequestNotes(prefix: prefix).reference + "*",
        ]
        if surroundings.forge != nil, snapshot?.settings.forge != nil {
            patterns.append(Self.queuePattern(of: branch))
        }
        contact.answers = false
        let remote = surroundings.remote
        var references = try await whileTending { [patterns] in try await remote.references(patterns) }
        (contact.answers, contact.lastAnswer) = (true, surroundings.tools.now())
        // It moves without anything to do.
        references[leaseReference] = nil
        guard references[branchReference] != nil else { throw LoopError.noBranch(branch) }
        let isMended = await isDamageMended()
        guard references != seen || isMended || branchMemory.problem != nil else { return false }
        surroundings.step("before-fetch")
        // As long as that hangs, nobody knows what came.
        contact.answers = false
        try await whileTending { [patterns] in try await remote.fetch(patterns + ["refs/tags/*"]) }
        contact.answers = true
        surroundings.step("after-fetch")
        guard let tip = try await surroundings.store.read({ [branchReference] in try $0.resolve(branchReference) })
        else {
            throw LoopError.noBranch(branch)
        }
        try await readSnapshot(at: tip, anew: isMended)
        try await judgeRecords()
        try await readStatus(tip)
        try await takeInHistory(to: tip)
        if isMended || seen.isEmpty { try await learnHidden(to: tip) }
        try await readCheckRecords()
        touched.models.formUnion(ApprovalTag.models(movedBetween: seen, and: references))
        // Only now: a pass that dies or fails before this point looks again. What moved between the look and the fetch
        // counts as what was read: the next look then finds every difference from that, and no other.
        seen = references
        seen[branchReference] = tip
        let status = statusStore.reference
        seen[status] = trust.policy == nil ? recordKeeping.tip : trust.judgedTip(of: status)
        surroundings.step("after-observe")
        return true
    }

    /// - Parameter anew: Whether objects are there again that could not be read: nothing need have moved for that.
    func readSnapshot(at tip: ObjectID, anew: Bool = false) async throws {
        guard snapshot?.revision != tip || anew else { return }
        await catalog.forgetLabels()
        // Where the tip itself cannot be read, what is known of what runs is kept.
        _ = try await surroundings.store.read { try $0.rootTree(of: tip) }
        // Taken out and handed over, not copied: it may hold a hundred thousand deployments. Where this fails it is built anew.
        guard let old = snapshot.take(), !anew else {
            let fresh = try await builder.build(at: tip)
            snapshot = fresh
            touched = .all
            return lookForWrong(fresh)
        }
        let update = try await builder.update(consume old, to: tip)
        snapshot = update.snapshot
        touched.formUnion(update.touched)
        lookForWrong(update.snapshot)
    }

    /// Whether something can be read again that could not be when the snapshot was made.
    private func isDamageMended() async -> Bool {
        guard let files = snapshot?.damaged, let folders = snapshot?.damagedFolders,
            !files.isEmpty || !folders.isEmpty
        else { return false }
        let read = try? await surroundings.store.read { reader in
            folders.prefix(Damage.mostFolders).contains { (try? reader.tree($0)) != nil }
                || files.prefix(Damage.mostFolders).contains {
                    (try? reader.blob($0, atMost: ParsedFile.largest)) != nil
                }
        }
        return read ?? false
    }

    /// Finds what freezes whole environments, and tells what nobody would notice otherwise.
    private func lookForWrong(_ snapshot: Snapshot) {
        // One that comes again may say other things before it goes again.
        for name in branchMemory.formerEnvironments.keys where snapshot.environments[name] != nil {
            branchMemory.formerEnvironments[name] = nil
        }
        let before = shared.environments
        shared = SharedTargets(snapshot, surroundings.targets)
        touched.environments.formUnion(before.symmetricDifference(shared.environments))
        let broken = snapshot.diagnostics.values.lazy.compactMap { $0.first { $0.severity == .error } }
        let found =
            broken.map { ($0, snapshot.consequence(ofProblemIn: $0.file)) }
            + shared.diagnostics(snapshot).map { ($0, "nothing is deployed there") }
        for (problem, so) in found.sorted(by: { $0.0.file < $1.0.file }) where !told.problems.contains(problem) {
            let words = "\(problem)" + (so.map { "; \($0)" } ?? "")
            surroundings.tell(Event(.warning, words, [("file", problem.file)]))
        }
        told.problems = Set(found.map(\.0))
        let named = snapshot.settings.branch.flatMap { $0 == branch ? nil : $0 }
        if let named, named != told.branch {
            surroundings.tell(
                Event(
                    .warning,
                    "\(RepositorySettings.file) names '\(Excerpt.line(named))' as the protected branch; '\(branch)' is served here all the "
                        + "same, until the next start"))
        }
        told.branch = named
    }

    /// Takes over what the status reference says: all of it at first, then what others have changed.
    func readStatus(_ head: ObjectID) async throws {
        let (store, last, isFoundOut) = (statusStore, recordKeeping.tip, ledger.observed != nil)
        let (tip, read, leads) = try await surroundings.store.read { reader -> (ObjectID?, Ledger?, Bool) in
            let tip = try reader.tip(of: store.reference, store.belief)
            // Of nothing to believe, history alone has told already.
            if tip == last, last != nil || isFoundOut { return (tip, nil, false) }
            let read = try store.read(reader)
            let leads =
                try? (last != nil || isFoundOut) && read.observed.map { try reader.leads($0, to: head) } ?? false
            return (tip, read, leads ?? false)
        }
        recordKeeping.tip = tip
        if tip == nil, last != nil { ledger.markAllUnsaved() }
        guard let read else { return }
        for damage in read.lost { surroundings.tell(Event(.warning, "\(damage.diagnostic(in: store.reference))")) }
        recordKeeping.lost = read.lost
        if last == nil, !isFoundOut { ledger = read } else { ledger.merge(read, leadsToTip: leads) }
        touched.everything = true
    }

    /// Where history cannot be read, nobody knows what was taken back or held meanwhile: nothing enters until it can be, and what runs is
    /// looked after by what was known before.
    func takeInHistory(to tip: ObjectID) async throws {
        do {
            try await readHistory(to: tip)
            if branchMemory.problem.take() != nil { touched.everything = true }
        } catch let error as any Failure where error.remedy == .askHuman {
            guard branchMemory.problem != "\(error)" else { return }
            branchMemory.problem = "\(error)"
            touched.everything = true
            surroundings.tell(
                Event(.error, "the history of \(branch) cannot be read, so nothing enters until it can: \(error)"))
        }
    }

    private func readHistory(to tip: ObjectID) async throws {
        if seen.isEmpty || branchMemory.problem != nil, ledger.observed != nil { try await readMissing(to: tip) }
        try await takeOverAccepted(tip)
        // Another may have seen more of what was rewritten than the record tells.
        if seen.isEmpty, options.acceptsRewrite { ledger.accept() }
        let (start, branch, language) = (try await startOfNews(tip), branch, surroundings.language)
        guard start != tip else {
            ledger.apply([], upTo: tip)
            return acceptHistory()
        }
        let history = try await surroundings.store.read { reader in
            // A commit that is gone from the object database was rewritten away, too.
            if let start, !reader.has(start) { return nil as BranchHistory? }
            return try BranchHistory(from: start, to: tip, of: branch, reader, language)
        }
        if let history, history.reachesStart {
            ledger.apply(history.events, upTo: tip)
            for case .transition(let transition) in history.events { touched.models.insert(transition.unit.model) }
            for case .hold(let hold) in history.events { touched.models.insert(hold.unit.model) }
            return acceptHistory()
        }
        guard options.acceptsRewrite else {
            if !branchMemory.wasRewritten {
                surroundings.tell(
                    Event(.error, "the branch \(branch) was rewritten; promotion stops until a person accepts it"))
            }
            branchMemory.wasRewritten = true
            touched.everything = true
            return
        }
        branchMemory.wasRewritten = false
        let whole = try await surroundings.store.read { reader in
            try BranchHistory(from: nil, to: tip, of: branch, reader, language)
        }
        ledger.restart(with: whole.events, upTo: tip, surroundings.tools.now())
        touched.everything = true
    }

    /// Where history leads to the tip not from what this controller had read, but from what another has written: a person accepted there that
    /// the branch was rewritten. Then that record counts, as it does after a restart.
    private func takeOverAccepted(_ tip: ObjectID) async throws {
        guard let mine = ledger.observed, let theirs = ledger.recorded, mine != theirs else { return }
        let (store, isKnown) = (statusStore, branchMemory.wasRewritten)
        let accepted = try await surroundings.store.read { reader -> Ledger? in
            // A record from before the rewrite says nothing of it.
            guard try !reader.leads(mine, to: tip), try reader.leads(theirs, to: tip),
                try isKnown || !reader.leads(theirs, to: mine)
            else { return nil }
            return try store.read(reader)
        }
        guard let accepted else { return }
        surroundings.tell(Event(.info, "somebody accepted that the branch \(branch) was rewritten; promotion goes on"))
        ledger = accepted
        touched.everything = true
    }

    /// From where history is to be read: what another controller's record does not know yet is read again.
    private func startOfNews(_ tip: ObjectID) async throws -> ObjectID? {
        guard let mine = ledger.observed, let theirs = ledger.recorded, mine != theirs else { return ledger.observed }
        return try await surroundings.store.read { reader in
            try reader.leads(mine, to: tip) && reader.leads(theirs, to: mine) ? theirs : mine
        }
    }

    /// The history leads to the tip (again): promotion goes on.
    private func acceptHistory() {
        guard branchMemory.wasRewritten else { return }
        branchMemory.wasRewritten = false
        touched.everything = true
    }

    /// Finds out from the branch's whole history what moved a deployment while its file could not be read: it froze that one alone, and
    /// history went on past it.
    private func learnHidden(to tip: ObjectID) async throws {
        guard let snapshot, branchMemory.problem == nil, !branchMemory.wasRewritten else { return }
        var hidden: [Unit: ObjectID] = [:]
        for (environment, deployments) in snapshot.deployments {
            for (model, entry) in deployments where !entry.isBroken {
                let unit = Unit(environment: environment, model: model)
                guard let named = entry.value.pin?.revision, let known = ledger[unit], known.pin?.revision != named
                else { continue }
                hidden[unit] = named
            }
        }
        guard !hidden.isEmpty else { return }
        let (branch, language) = (branch, surroundings.language)
        let whole = try await surroundings.store.read { reader in
            try BranchHistory(from: nil, to: tip, of: branch, reader, language)
        }
        var moves: [Unit: Transition] = [:]
        for case .transition(let move) in whole.events where hidden[move.unit] != nil { moves[move.unit] = move }
        let learnt = moves.values.filter { $0.new?.revision == hidden[$0.unit] }.sorted { $0.unit < $1.unit }
        ledger.apply(learnt.map(BranchHistory.Event.transition), upTo: tip)
        for move in learnt { touched.models.insert(move.unit.model) }
    }

    /// Finds out from the branch's whole history what the status reference has lost.
    private func readMissing(to tip: ObjectID) async throws {
        guard let snapshot else { return }
        // Also of what the branch names no more: it may still run.
        var missing = Set(ledger.lost.compactMap { StatusStore.unit($0.path) })
        for (environment, deployments) in snapshot.deployments {
            for (model, entry) in deployments where entry.value.pin != nil {
                let unit = Unit(environment: environment, model: model)
                if ledger[unit] == nil { missing.insert(unit) }
            }
        }
        // A folder does not say of whom it told.
        guard !missing.isEmpty || ledger.lost.contains(where: { StatusStore.unit($0.path) == nil }) else { return }
        let (branch, language) = (branch, surroundings.language)
        let whole = try await surroundings.store.read { reader in
            try BranchHistory(from: nil, to: tip, of: branch, reader, language)
        }
        let lost = missing.union(whole.events.map(\.unit)).filter { ledger.lacks($0) }
        let store = statusStore
        let earlier = try await lost.isEmpty ? [:] : surroundings.store.read { try store.earlier(of: lost, $0) }
        // Of those that the branch names no more, the record told as long as anything was left to take away.
        ledger.complete(missing.union(earlier.keys), with: whole.events)
        for (unit, old) in earlier { ledger.recall(old, of: unit) }
        ledger.forgetLost()
    }
}

extension Snapshot {
    /// What comes of a manifest that cannot be read; `nil` where that is nothing, or was said.
    fileprivate func consequence(ofProblemIn file: String) -> String? {
        guard let place = ManifestPlace(path: file) else { return nil }
        let never = "it was never valid, so "
        let isKnown: Bool, otherwise: String
        switch place.kind {
        case Deployment.kind:
            isKnown = deployment(of: place.name, in: place.environment ?? "") != nil
            otherwise = "nothing is deployed by it"
        case Environment.kind: (isKnown, otherwise) = (environments[place.name] != nil, "there is no such environment")
        case Gate.kind: (isKnown, otherwise) = (gates[place.name] != nil, "nothing enters by it")
        case Model.kind:
            isKnown = models[place.name].map { $0.manifest.blob != .zero } ?? false
            otherwise = "no version of it enters anywhere"
        case Dataset.kind: (isKnown, otherwise) = (datasets[place.name] != nil, "there is no such dataset")
        case ManualEvidence.kind: (isKnown, otherwise) = (evidence[place.name] != nil, "it proves nothing")
        case Waiver.kind: (isKnown, otherwise) = (waivers[place.name] != nil, "it waives nothing")
        // Without any, there are settings all the same.
        case RepositorySettings.kind: (isKnown, otherwise) = (true, "")
        default: return nil
        }
        return isKnown ? "its last valid state counts" : never + otherwise
    }
}

extension ObjectReader {
    /// Whether history leads from one commit to another. One that is gone from the object database was rewritten away.
    func leads(_ start: ObjectID, to end: ObjectID) throws -> Bool {
        guard has(start), has(end) else { return false }
        return try reaches(start, from: end)
    }
}
