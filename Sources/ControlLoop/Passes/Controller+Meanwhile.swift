import Domain

extension Controller {
    /// Tends, while the origin cannot be reached or takes nothing, what runs by what was known last: it is looked at and repaired when that is
    /// due. Nothing is promoted or rolled back; what fails is remembered for when the origin is back.
    ///
    /// - Returns: When the next look is due; `nil` where none is.
    func tendMeanwhile() async -> Timestamp? {
        guard !options.isDryRun else { return nil }
        if snapshot == nil, contact.recalls == nil { contact.recalls = await recall() }
        guard let snapshot else { return nil }
        if let lease, contact.recalls != true, await !lease.isHeld { return nil }
        await heedClock()
        side.patience = .seconds(1)
        removals = [:]
        isMeanwhile = true
        defer { isMeanwhile = false }
        let units = timers.due(at: surroundings.tools.now()).union(visits.keys).sorted()
        var draft = BranchDraft(tip: snapshot.revision)
        await tend(units, snapshot, &draft)
        touched.models.formUnion(units.map(\.model))
        return timers.next
    }

    /// Asks the origin, and tends what runs where the answer takes long: an origin that hangs must not blind who watches.
    func whileTending<Answer: Sendable>(_ ask: @escaping @Sendable () async throws -> Answer) async throws -> Answer {
        // Before the first look nothing is known that could be tended.
        guard snapshot != nil, !options.isDryRun else { return try await ask() }
        let answered = WakeSignal(now: surroundings.tools.now)
        let asking = Task {
            let answer: Result<Answer, any Error>
            do { answer = .success(try await ask()) } catch { answer = .failure(error) }
            await answered.wake()
            return answer
        }
        return try await withTaskCancellationHandler {
            var pause = Self.patience
            while await !answered.wait(for: pause) {
                let left = await tendMeanwhile().map { $0 - surroundings.tools.now() }
                pause = min(Self.patience, max(.milliseconds(100), left ?? Self.patience))
            }
            return try await asking.value.get()
        } onCancel: {
            asking.cancel()
        }
    }

    /// How long an answer may take before anything else is done.
    private static let patience = Duration.seconds(3)

    /// Where this controller was started without the origin, what is here from earlier is what was known last. Returns whether that is so:
    /// where another acted last, it is left to that one.
    private func recall() async -> Bool {
        do {
            let reference = branchReference
            guard let tip = try await surroundings.store.read({ try $0.resolve(reference) }) else { return false }
            try await readSnapshot(at: tip)
            let place = leaseReference
            let last = try await surroundings.store.read { reader in
                try reader.resolve(place).flatMap { try Lease.read($0, reader) }
            }
            if let last, let lease, await !lease.isGone(last) {
                surroundings.tell(Event(.info, "\(last.title) acted last, as far as is known here; standing by"))
                forget()
                return false
            }
            try await judgeRecords()
            try await readStatus(tip)
            try await takeInHistory(to: tip)
            for unit in ledger.statuses.keys { timers.set(unit, at: surroundings.tools.now()) }
            surroundings.tell(
                Event(
                    .warning,
                    "started without the origin; watching what runs by what is known here, up to \(tip.short), and promoting nothing"
                ))
            return true
        } catch {
            surroundings.tell(Event(.warning, "what is known here from earlier cannot be read: \(error)"))
            forget()
            return false
        }
    }

    /// What was known here counts no more once the origin answers: from then on all is as after any start.
    func forgetRecalled() async throws {
        guard contact.recalls == true else { return }
        _ = try await surroundings.remote.references([branchReference])
        contact.recalls = nil
        forget()
        surroundings.tell(Event(.info, "the origin answers; going on from what it says"))
    }

    private func forget() {
        (snapshot, ledger, recordKeeping.tip, seen, touched) = (nil, Ledger(), nil, [:], .all)
        health = [:]
        checkRuns.forgetEvidence()
        (branchMemory.wasRewritten, branchMemory.problem) = (false, nil)
    }

    /// How much this controller may do to a target.
    var authority: Visit.Authority {
        guard !contact.answers else { return .full }
        guard let lease else { return .last }
        // The lease is prolonged so often that it has not run out before.
        let isMine = contact.lastAnswer.map { surroundings.tools.now() - $0 < lease.pace * 2 } ?? false
        return isMine ? .last : .doubtful
    }

    /// Where the clock was set back, nothing waits until it comes again to a time that it has had.
    func heedClock() async {
        let now = surroundings.tools.now()
        defer { lastNow = now }
        guard let lastNow, lastNow - now > .seconds(5) else { return }
        surroundings.tell(
            Event(.warning, "the clock was set back by \((lastNow - now).text); looking at everything anew"))
        (timers, touched) = (Timers(), .all)
        for unit in Array(health.keys) { health[unit]?.forgetTimes() }
        (requests.refusals, requests.refusedMerges, refusedSteps) = ([:], nil, [:])
        for unit in Array(syncFailures.keys) { syncFailures[unit]?.retryAt = now }
        for key in Array(checkRuns.fresh.keys) where checkRuns.fresh[key]?.retryAt != nil {
            checkRuns.fresh[key]?.retryAt = now
        }
        for name in Array(digests.keys) where digests[name]?.retryAt != nil { digests[name]?.retryAt = now }
        await surroundings.forge?.lookNow()
    }
}

extension Health {
    fileprivate mutating func forgetTimes() {
        (nextProbe, nextLook) = (nil, nil)
        for name in Array(monitors.keys) { monitors[name]?.nextLook = nil }
    }
}
