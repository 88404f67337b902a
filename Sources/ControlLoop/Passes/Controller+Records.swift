import Domain

/// Which of its own records this controller believes, and how it signs those that it writes.
extension Controller {
    /// Finds out which records are believed, as the branch's tip asks for it. Costs a look at each reference, and where one was moved by
    /// somebody else, the verification of its tip alone.
    func judgeRecords() async throws {
        guard let snapshot else { return }
        let (settings, tree, store) = (snapshot.settings, snapshot.tree, surroundings.store)
        guard !settings.recordSigners.isEmpty else {
            if trust.policy != nil { touched.everything = true }
            (trust, recordKeeping.signingProblem, recordKeeping.isSigningProven) = (
                RecordTrust(references: prefix), nil, false
            )
            if options.acceptsRecords, !recordKeeping.hasAccepted {
                recordKeeping.hasAccepted = true
                surroundings.tell(Event(.warning, "martlet.yaml names no recordSigners, so all records are believed"))
            }
            return
        }
        let policy = try await store.read { try RecordPolicy(settings, tree: tree, $0) }
        let doubted = Set(trust.doubts)
        if policy != trust.policy {
            (recordKeeping.signingProblem, recordKeeping.isSigningProven) = (try await ownProblem(policy), false)
            trust.adopt(policy)
            touched.everything = true
            if let signingProblem = recordKeeping.signingProblem, !options.isDryRun {
                surroundings.tell(Event(.error, signingProblem))
            }
        }
        let before = trust
        for (reference, tip) in try await RecordTrust.tips(policy, store) where !trust.knows(reference, at: tip) {
            let verdict = try await trust.judge(reference, at: tip, store, surroundings.verify)
            // Else this controller has written it meanwhile, and knows it.
            guard trust.judgedTip(of: reference) == before.judgedTip(of: reference) else { continue }
            trust.note(verdict, on: reference, at: tip)
        }
        if options.acceptsRecords, !options.isDryRun { try await acceptRecords(policy) }
        let doubts = trust.doubts
        guard Set(doubts) != doubted else { return }
        touched.everything = true
        for doubt in doubts where !doubted.contains(doubt) {
            surroundings.tell(Event(.error, "\(LoopError.doubted(doubt)); until then nothing enters"))
        }
    }

    /// The record of trainings as the remote has it now, as far as it is believed.
    func newestTrainings() async throws -> RetrainStore {
        let (reference, store) = (RetrainStore(trust).reference, surroundings.store)
        try await surroundings.remote.fetch([reference])
        let tip = try await store.read { try $0.resolve(reference) }
        if trust.policy != nil, !trust.knows(reference, at: tip) {
            let verdict = try await trust.judge(reference, at: tip, store, surroundings.verify)
            // Whoever judges all records tells people of it.
            if case .doubted(let doubt) = verdict { throw LoopError.doubted(doubt) }
            trust.note(verdict, on: reference, at: tip)
        }
        return RetrainStore(trust)
    }

    /// Why what this Martlet signs would not count; `nil` where it would.
    private func ownProblem(_ policy: RecordPolicy) async throws -> String? {
        guard try await surroundings.ownNames(policy.signers).isDisjoint(with: policy.people) else { return nil }
        return Self.unsigned(policy, "this Martlet has no key of theirs")
    }

    private static func unsigned(_ policy: RecordPolicy, _ why: String) -> String {
        let names = policy.people.sorted().map { Excerpt.line($0) }.joined(separator: ", ")
        return "martlet.yaml asks that records are signed by \(names) (recordSigners), and \(why), so it writes none: "
            + "let MARTLET_SIGNING_KEY name such a key"
    }

    /// Whether this controller may write a record: its signature counts, and what is there is believed.
    func mayWrite(_ reference: String) -> Bool {
        recordKeeping.signingProblem == nil && trust.belief(in: reference).doubt == nil
    }

    /// The updates with their commits signed, where there is a key: each record's once, however much it says.
    ///
    /// The first signature by a policy is verified as others would do it, so that a key that has run out signs nothing that nobody believes.
    func signed(_ updates: [ReferenceUpdate]) async throws -> [ReferenceUpdate] {
        if trust.policy != nil, let signingProblem = recordKeeping.signingProblem {
            throw LoopError.unsigned(signingProblem)
        }
        var signed: [ReferenceUpdate] = []
        for update in updates {
            guard let new = update.new else { continue }
            signed.append(
                ReferenceUpdate(update.name, from: update.old, to: try await surroundings.sign(new, update.old)))
        }
        guard let policy = trust.policy, !recordKeeping.isSigningProven, let first = signed.first, let new = first.new
        else {
            return signed
        }
        let judge = RecordJudge(policy: policy, store: surroundings.store, verify: surroundings.verify)
        if case .doubted(let doubt) = try await judge.verdict(on: first.name, at: new, after: nil) {
            let problem = Self.unsigned(policy, "what it signs does not count: \(doubt.fault)")
            recordKeeping.signingProblem = problem
            throw LoopError.unsigned(problem)
        }
        recordKeeping.isSigningProven = true
        return signed
    }

    /// Notes that records are what this controller has written: nobody need verify that.
    func noteOwn(_ updates: [ReferenceUpdate]) async throws {
        guard let policy = trust.policy else { return }
        let own = updates.filter { policy.records.contains($0.name) }
        let marks = try await surroundings.store.read { reader in
            try own.compactMap(\.new).map { RecordJudge.Mark(commit: $0, time: try reader.commit($0).committer.time) }
        }
        for (update, mark) in zip(own.filter { $0.new != nil }, marks) {
            trust.note(.believed(mark), on: update.name, at: mark.commit)
        }
    }

    /// Signs the records as they are, because a person asked for that: what this run finds at its first look, and nothing that comes later.
    ///
    /// All of them: one that was set back is well signed, and only controllers that run know that it was another.
    private func acceptRecords(_ policy: RecordPolicy) async throws {
        guard !recordKeeping.hasAccepted else { return }
        recordKeeping.hasAccepted = true
        let author = author
        let present = try await RecordTrust.tips(policy, surroundings.store)
        let updates = try await surroundings.store.write { writer in
            try present.compactMap { reference, tip -> ReferenceUpdate? in
                guard let tip, let last = try? writer.commit(tip) else { return nil }
                let observed = Trailer.observed.value(in: last.message).map { [Trailer.observed.line($0)] } ?? []
                let trailers = [Trailer.record.line(reference), Trailer.accepts.line("\(tip)")]
                let message =
                    "Accept the record as it is\n\n" + (observed + trailers).joined(separator: "\n") + "\n"
                let new = try writer.write(
                    CommitDraft(tree: last.tree, parents: [tip], author: author, message: message))
                return ReferenceUpdate(reference, from: tip, to: new)
            }
        }
        let accepted = try await signed(updates)
        guard try await Publisher(remote: surroundings.remote, step: surroundings.step).publish(accepted) else {
            return surroundings.tell(
                Event(.warning, "the records were moved meanwhile, and are not accepted; look again at what they say"))
        }
        try await surroundings.store.write { writer in
            for update in accepted where try writer.resolve(update.name) == update.old {
                _ = try writer.move(update.name, from: update.old, to: update.new, reason: "martlet: accepted")
            }
        }
        try await noteOwn(accepted)
        for update in accepted {
            surroundings.tell(
                Event(.warning, "accepted \(update.name) as it is at \(update.old?.short ?? "")"))
        }
    }
}
