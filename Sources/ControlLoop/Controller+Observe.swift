import Domain

extension Controller {
    var branchReference: String { "refs/heads/\(branch)" }
    var prefix: String { snapshot?.settings.references ?? RepositorySettings().references }
    var statusStore: StatusStore { StatusStore(reference: prefix + "/status") }
    var leaseReference: String { prefix + "/lease" }
    var evidenceStore: EvidenceStore { EvidenceStore(reference: prefix + "/evidence") }

    var author: Person {
        let author = snapshot?.settings.author ?? RepositorySettings.Author()
        return Person(name: author.name, email: author.email, time: surroundings.tools.now())
    }

    /// Whether this controller may act. It first learns from the repository where the lease is.
    func isMyTurn() async throws -> Bool {
        guard let lease else { return true }
        if snapshot == nil { _ = try await observe() }
        switch try await lease.turn(at: leaseReference, author: author) {
        case .mine: return true
        case .another: return false
        case .new:
            // What others did meanwhile is in Git: nothing that was in this memory before counts.
            (ledger, statusTip, seen, touched) = (Ledger(), nil, [:], .all)
            (health, freshEvidence, unsavedEvidence, evidenceIDs) = ([:], [:], [], [:])
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
        var references = try await surroundings.remote.references(patterns)
        // It moves without anything to do.
        references[leaseReference] = nil
        guard references[branchReference] != nil else { throw LoopError.noBranch(branch) }
        guard references != seen else { return false }
        surroundings.step("before-fetch")
        try await surroundings.remote.fetch(patterns + ["refs/tags/*"])
        surroundings.step("after-fetch")
        guard let tip = try await surroundings.store.read({ [branchReference] in try $0.resolve(branchReference) })
        else {
            throw LoopError.noBranch(branch)
        }
        try await readSnapshot(at: tip)
        try await readStatus()
        try await readHistory(to: tip)
        try await readCheckRecords()
        touched.models.formUnion(ApprovalTag.models(movedBetween: seen, and: references))
        // Only now: a pass that dies or fails before this point looks again. What moved between the look and the fetch
        // counts as what was read: the next look then finds every difference from that, and no other.
        seen = references
        seen[branchReference] = tip
        seen[statusStore.reference] = statusTip
        surroundings.step("after-observe")
        return true
    }

    private func readSnapshot(at tip: ObjectID) async throws {
        guard snapshot?.revision != tip else { return }
        await catalog.forgetLabels()
        // Taken out and handed over, not copied: it may hold a hundred thousand deployments. Where this fails it is built anew.
        guard let old = snapshot.take() else {
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

    /// Finds what freezes whole environments, and tells what nobody would notice otherwise.
    private func lookForWrong(_ snapshot: Snapshot) {
        let before = shared.environments
        shared = SharedTargets(snapshot, surroundings.targets)
        touched.environments.formUnion(before.symmetricDifference(shared.environments))
        let settings = (snapshot.diagnostics["martlet.yaml"] ?? []).filter { $0.severity == .error }
        let told =
            settings.map { ($0, "its last valid state counts") }
            + shared.diagnostics(snapshot).map { ($0, "nothing is deployed there") }
        for (problem, so) in told {
            surroundings.tell(Event(.warning, "\(problem); \(so)", [("file", problem.file)]))
        }
    }

    /// Takes over what the status reference says: all of it at first, then what others have changed.
    private func readStatus() async throws {
        let (store, last) = (statusStore, statusTip)
        let (tip, read) = try await surroundings.store.read { reader -> (ObjectID?, Ledger?) in
            let tip = try reader.resolve(store.reference)
            return (tip, tip == last && last != nil ? nil : try store.read(reader))
        }
        statusTip = tip
        if tip == nil, last != nil { ledger.markAllUnsaved() }
        guard let read else { return }
        if last == nil { ledger = read } else { ledger.merge(read) }
        touched.everything = true
    }

    private func readHistory(to tip: ObjectID) async throws {
        let (start, language) = (ledger.observed, surroundings.language)
        if seen.isEmpty, start != nil { try await readMissing(to: tip) }
        guard start != tip else { return acceptHistory() }
        let history = try await surroundings.store.read { reader in
            // A commit that is gone from the object database was rewritten away, too.
            let known = start.flatMap { try? reader.commit($0).id }
            if start != nil, known == nil { return nil as BranchHistory? }
            return try BranchHistory(from: start, to: tip, reader, language)
        }
        if let history, history.reachesStart {
            ledger.apply(history.events, upTo: tip)
            for case .transition(let transition) in history.events { touched.models.insert(transition.unit.model) }
            for case .hold(let hold) in history.events { touched.models.insert(hold.unit.model) }
            return acceptHistory()
        }
        guard options.acceptsRewrite else {
            if !historyWasRewritten {
                surroundings.tell(
                    Event(.error, "the branch \(branch) was rewritten; promotion stops until a person accepts it"))
            }
            historyWasRewritten = true
            touched.everything = true
            return
        }
        historyWasRewritten = false
        let whole = try await surroundings.store.read { reader in
            try BranchHistory(from: nil, to: tip, reader, language)
        }
        ledger.restart(with: whole.events, upTo: tip, surroundings.tools.now())
        touched.everything = true
    }

    /// The history leads to the tip (again): promotion goes on.
    private func acceptHistory() {
        guard historyWasRewritten else { return }
        historyWasRewritten = false
        touched.everything = true
    }

    /// Finds out from the branch's whole history what the status reference has lost.
    private func readMissing(to tip: ObjectID) async throws {
        guard let snapshot else { return }
        var missing: Set<Unit> = []
        for (environment, deployments) in snapshot.deployments {
            for (model, entry) in deployments where entry.value.pin != nil {
                let unit = Unit(environment: environment, model: model)
                if ledger[unit] == nil { missing.insert(unit) }
            }
        }
        guard !missing.isEmpty else { return }
        let language = surroundings.language
        let whole = try await surroundings.store.read { reader in
            try BranchHistory(from: nil, to: tip, reader, language)
        }
        ledger.complete(with: whole.events.filter { missing.contains($0.unit) })
    }
}
