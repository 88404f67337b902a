import Domain

extension Controller {
    /// Tends, while the origin cannot be reached or takes nothing, what runs by what was known last: it is looked at and repaired when that is
    /// due. Nothing is promoted or rolled back; what fails is remembered for when the origin is back.
    ///
    /// - Returns: When the next look is due; `nil` where none is.
    func tendMeanwhile() async -> Timestamp? {
        guard let snapshot, !options.isDryRun else { return nil }
        if let lease, await !lease.isHeld { return nil }
        await heedClock()
        side.patience = .seconds(1)
        removesTooMuch = [:]
        isMeanwhile = true
        defer { isMeanwhile = false }
        let units = timers.due(at: surroundings.tools.now()).union(visits.keys).sorted()
        var draft = BranchDraft(tip: snapshot.revision)
        await tend(units, snapshot, &draft)
        touched.models.formUnion(units.map(\.model))
        return timers.next
    }

    /// How much this controller may do to a target.
    var authority: Visit.Authority {
        guard !originAnswers else { return .full }
        guard let lease else { return .last }
        // The lease is prolonged so often that it has not run out before.
        let isMine = lastAnswer.map { surroundings.tools.now() - $0 < lease.pace * 2 } ?? false
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
        for unit in Array(syncFailures.keys) { syncFailures[unit]?.retryAt = now }
        for key in Array(freshEvidence.keys) where freshEvidence[key]?.retryAt != nil {
            freshEvidence[key]?.retryAt = now
        }
        await surroundings.forge?.lookNow()
    }
}

extension Health {
    fileprivate mutating func forgetTimes() {
        (nextProbe, nextLook) = (nil, nil)
        for name in Array(monitors.keys) { monitors[name]?.nextLook = nil }
    }
}
