import Domain

extension Controller {
    private var requestNotes: RequestNotes { RequestNotes(trust) }

    /// The references that a draft's requests need: the record, the notes and the branches themselves.
    func updates(for draft: RequestDraft) async throws -> [ReferenceUpdate] {
        guard !draft.isEmpty else { return [] }
        if let signingProblem = recordKeeping.signingProblem {
            // A person's branch is judged by the controller, which writes the record of it; of its own it would not know whose they are.
            let opened = Set(draft.branches.filter { $0.new != nil }.compactMap { RequestName.unit(of: $0.name) })
            guard !opened.contains(where: { draft.statuses[$0]?.isOwn ?? true }) else {
                throw LoopError.unsigned(signingProblem)
            }
            return draft.branches
        }
        let (store, notes, author) = (requestStore, requestNotes, author)
        let statuses = draft.statuses.values.sorted { $0.unit < $1.unit }
        let noted = draft.isNoted ? (draft.replaced + statuses).filter(\.hasHead) : []
        // Their notes are there.
        let lost = draft.lost.sorted().filter { draft.statuses[$0] == nil }.compactMap { requests.statuses[$0] }
        let written = try await surroundings.store.write { writer in
            try [store.write(statuses + lost, by: author, writer), notes.write(noted, by: author, writer)]
                .compactMap(\.self)
        }
        let signed = try await written.isEmpty ? [] : self.signed(written)
        surroundings.step("after-request-record")
        return signed + draft.branches
    }

    /// Takes over what was published.
    func accept(_ draft: RequestDraft) {
        for (unit, status) in draft.statuses {
            requests.note(status)
            surroundings.tell(
                Event(
                    status.state == .refused || status.state == .conflicting ? .warning : .info, status.summary,
                    [("environment", unit.environment), ("model", unit.model), ("request", status.state.rawValue)]))
            // A branch that was opened is judged by the next pass.
            if status.state == .open || status.state == .ready { touched.models.insert(unit.model) }
        }
        for (_, words) in draft.words.sorted(by: { $0.key < $1.key }) { surroundings.tell(Event(.info, words)) }
        for branch in draft.branches {
            requests.refusals[RequestMemory.key(of: branch)] = nil
            if branch.new == nil { requests.keepsBranches = false }
        }
        if !draft.statuses.isEmpty || !draft.lost.isEmpty {
            requests.recordTip = .some(countedRecordTip)
            requests.refusals[requestStore.reference] = nil
            if draft.isNoted { requests.refusals[requestNotes.reference] = nil }
        }
        // What could not be signed is not written yet.
        if recordKeeping.signingProblem == nil {
            requests.lost.subtract(draft.lost)
        } else {
            requests.lost.formUnion(draft.statuses.keys)
        }
    }

    /// The draft with what was lost, and without what the remote did not take a short time ago.
    ///
    /// Without a record nobody would know whose a branch is: then nothing is opened, and branches only go.
    func withoutResting(_ draft: RequestDraft) -> RequestDraft {
        let now = surroundings.tools.now()
        var draft = draft
        if requests.rests(requestNotes.reference, at: now) { draft.isNoted = false }
        guard requests.rests(requestStore.reference, at: now) else {
            draft.lost = requests.lost
            return draft
        }
        if let refusal = requests.refusals[requestStore.reference] {
            for unit in draft.statuses.keys { timers.set(unit, at: refusal.until) }
        }
        return RequestDraft(branches: draft.branches.filter { $0.new == nil && !draft.closes($0) }, isNoted: false)
    }

    /// Publishes what there is to say of requests by itself: first the verdicts, then the branches, each with the record of it.
    ///
    /// - Parameter changed: Becomes true where anything was taken.
    /// - Returns: `false` after a lost race.
    func publishApart(_ draft: RequestDraft, _ changed: inout Bool) async throws -> Bool {
        var front = ApartFront()
        try await publishVerdicts(draft.verdicts, &front)
        let branches = withoutResting(draft).branches
        for group in [branches.filter { $0.new == nil }, branches.filter { $0.new != nil }] {
            front.refusals = 0
            try await publish(group, of: draft, &front)
        }
        changed = changed || front.hasChanged
        return !front.isLost
    }

    /// Writes the record, and the notes where the remote takes them.
    private func publishVerdicts(_ draft: RequestDraft, _ front: inout ApartFront) async throws {
        guard let words = try await front.take(attempt(draft)) else { return }
        var bare = draft
        bare.isNoted = false
        guard draft.isNoted else { return refuse([requestStore.reference], words) }
        let more = try await front.take(attempt(bare))
        guard !front.isLost else { return }
        refuse([more == nil ? requestNotes.reference : requestStore.reference], more ?? words)
    }

    /// Publishes branches together, and where that is refused each half, until it is found out which are at fault.
    private func publish(
        _ branches: [ReferenceUpdate], of draft: RequestDraft, _ front: inout ApartFront
    ) async throws {
        guard !front.isLost, let first = branches.first else { return }
        // Several in a row are not the branches' fault.
        guard front.refusals < 3 else { return try await refuse(branches, of: draft, front.words, &front) }
        let part = withoutResting(draft.only(branches))
        guard let words = try await front.take(attempt(part)) else { return front.refusals = 0 }
        if branches.count > 1 {
            let middle = branches.count / 2
            try await publish(Array(branches[..<middle]), of: draft, &front)
            return try await publish(Array(branches[middle...]), of: draft, &front)
        }
        try await publishAlone(first, part, words, &front)
    }

    /// Tries again what the remote did not take: without notes, and a branch that is replaced as one that goes on.
    private func publishAlone(
        _ branch: ReferenceUpdate, _ part: RequestDraft, _ words: String, _ front: inout ApartFront
    ) async throws {
        var others: [RequestDraft] = []
        if let old = branch.old, let unit = RequestName.unit(of: branch.name), let status = part.statuses[unit],
            branch.new == status.head
        {
            let next = try await status.following(old, surroundings)
            var following = part
            following.statuses[unit] = next
            following.branches = [ReferenceUpdate(branch.name, from: old, to: next.head)]
            others.append(following)
        }
        if part.isNoted, !part.statuses.isEmpty {
            for draft in [part] + others {
                others.append(draft)
                others[others.count - 1].isNoted = false
            }
        }
        for other in others {
            guard try await front.take(attempt(other)) == nil else { continue }
            if !front.isLost, part.isNoted, !other.isNoted { refuse([requestNotes.reference], words) }
            return
        }
        front.refusals += 1
        front.words = words
        try await refuse([branch], of: part, words, &front)
    }

    /// Leaves branches alone for a while, and puts on record which requests could not be opened.
    private func refuse(
        _ branches: [ReferenceUpdate], of draft: RequestDraft, _ words: String, _ front: inout ApartFront
    ) async throws {
        guard let first = branches.first else { return }
        let verb = first.old == nil ? "opened" : first.new == nil ? "taken away" : "replaced"
        let name = first.name.dropFirst("refs/heads/".utf8.count)
        let more = branches.count > 1 ? " and \(branches.count - 1) more" : ""
        refuse(branches.map(RequestMemory.key), words, "the remote does not let \(name)\(more) be \(verb)")
        var refused = RequestDraft(isNoted: false)
        for branch in branches {
            guard let unit = RequestName.unit(of: branch.name) else { continue }
            if let refusal = requests.refusals[RequestMemory.key(of: branch)] { timers.set(unit, at: refusal.until) }
            // A person who proposes by hand is told so, and nobody tries it again.
            guard branch.old == nil, let status = draft.statuses[unit], status.isOwn else { continue }
            let new = status.withoutBranch(RequestStatus.branchRefusal + words)
            if requests.statuses[unit]?.isSame(as: new) != true { refused.statuses[unit] = new }
        }
        try await publishVerdicts(refused, &front)
    }

    /// Remembers that the remote did not take references, and says so.
    private func refuse(_ references: [String], _ words: String, _ what: String? = nil) {
        let now = surroundings.tools.now()
        for reference in references {
            requests.refusals[reference] = PushRefusal(words, after: requests.refusals[reference], at: now)
        }
        guard let first = references.first, let refusal = requests.refusals[first] else { return }
        let pause = (refusal.until - now).text
        surroundings.tell(
            Event(.warning, "\(what ?? "\(first) cannot be written"): \(refusal.words); trying again in \(pause)"))
    }
}

/// How far publishing what there is to say of requests by itself has come.
private struct ApartFront {
    /// How many branches were refused one after another, and why the last one was.
    var refusals = 0
    var words = ""
    var hasChanged = false
    /// Somebody else moved a reference: everything is decided anew.
    private(set) var isLost = false

    /// Why the remote refused it; `nil` where there is nothing to be done about it.
    mutating func take(_ attempt: Controller.Attempt) throws -> String? {
        switch attempt {
        case .done(let isEmpty): if !isEmpty { hasChanged = true }
        case .moved: isLost = true
        case .refused(let words): return words
        case .failed(let error): throw error
        }
        return nil
    }
}
