import Domain

extension Controller {
    /// Writes down when what is being verified was found well last: the next controller goes on from there, where without that it has to
    /// take most of the time for unwatched. One that is killed writes nothing.
    func noteHealth() async {
        guard !options.isDryRun, let snapshot else { return }
        if let lease, await !lease.isHeld { return }
        var isNews = false
        for (unit, status) in ledger.statuses where status.state == .verifying {
            // What was found since then and is not taken over yet says that it is well, too.
            guard let start = status.healthySince, let memory = health[unit], memory.healthySince != nil,
                let last = memory.lastWell, last > max(start, status.lastWell ?? start)
            else { continue }
            var status = status
            status.lastWell = last
            ledger.set(status, of: unit)
            isNews = true
        }
        // Of what soaks, too.
        for (unit, status) in ledger.statuses where status.state == .verified && lease != nil {
            guard let memory = health[unit], memory.doubt == nil, let last = memory.soundAt,
                !soakTimes(behind: unit, status).isEmpty,
                let index = status.verified.firstIndex(where: { $0.pin.revision == status.pin?.revision }),
                last > max(status.verified[index].at, status.verified[index].lastWell ?? status.verified[index].at)
            else { continue }
            var status = status
            status.verified[index].lastWell = last
            ledger.set(status, of: unit)
            isNews = true
        }
        guard isNews else { return }
        // Where this fails, the next one waits longer.
        _ = try? await publish(BranchDraft(tip: snapshot.revision))
    }
}
