public import Domain

/// The status of every deployment: what the status reference holds, carried on by what the branch's history says since.
public struct Ledger: Sendable {
    public private(set) var statuses: [Unit: DeploymentStatus] = [:]
    /// The branch's commit up to which history has been read.
    public private(set) var observed: ObjectID?
    /// The units whose status is not yet written to Git.
    public private(set) var unsaved: Set<Unit> = []
    /// Those of them of which only history tells: nobody has looked at what runs since.
    private var guesses: Set<Unit> = []
    /// Up to where another controller had read the branch, whose record was taken in since history was read last.
    private(set) var recorded: ObjectID?
    /// Whether a person accepted what the branch is now, and that is not yet written to Git: others wait for that word.
    private(set) var isAccepted = false

    /// What of the record could not be read; its units have no status.
    private(set) var lost: [Damage] = []

    public init() {}

    public init(statuses: [Unit: DeploymentStatus], observed: ObjectID?) {
        self.init(statuses: statuses, observed: observed, lost: [])
    }

    init(statuses: [Unit: DeploymentStatus], observed: ObjectID?, lost: [Damage]) {
        self.statuses = statuses
        self.observed = observed
        self.lost = lost
    }

    public subscript(unit: Unit) -> DeploymentStatus? { statuses[unit] }

    mutating func apply(_ events: [BranchHistory.Event], upTo tip: ObjectID) {
        for event in unknown(events) { apply(event) }
        (observed, recorded) = (tip, nil)
    }

    private mutating func apply(_ event: BranchHistory.Event) {
        switch event {
        case .transition(let transition): apply(transition)
        case .hold(let hold): apply(hold)
        }
    }

    /// The events that come after what each status already knows: another controller may have read further than this one.
    private func unknown(_ events: [BranchHistory.Event]) -> [BranchHistory.Event] {
        var known: [Unit: Int] = [:]
        for (index, event) in events.enumerated() {
            if case .transition(let transition) = event, statuses[transition.unit]?.commit == transition.commit {
                known[transition.unit] = index
            }
        }
        guard !known.isEmpty else { return events }
        return events.enumerated().filter { index, event in index > known[event.unit] ?? -1 }.map(\.element)
    }

    /// Takes a new status of a unit; it is written to Git if it differs.
    mutating func set(_ status: DeploymentStatus, of unit: Unit) {
        guesses.remove(unit)
        change(status, of: unit)
    }

    private mutating func change(_ status: DeploymentStatus, of unit: Unit) {
        guard statuses[unit] != status else { return }
        statuses[unit] = status
        unsaved.insert(unit)
    }

    /// Takes down why a version does not enter or go back; that says nothing of how what runs does.
    mutating func note(_ hindrance: Hindrance?, of unit: Unit) {
        guard var status = statuses[unit], status.hindrance != hindrance else { return }
        status.hindrance = hindrance
        change(status, of: unit)
    }

    /// Forgets a deployment that is gone and no longer runs, but for what was rejected there: it may come again.
    mutating func remove(_ unit: Unit, at now: Timestamp) {
        guard let old = statuses[unit] else { return }
        if old.rejected.isEmpty {
            statuses[unit] = nil
            unsaved.insert(unit)
        } else {
            var kept = old.entering(.empty, at: now, "its file is gone")
            (kept.pin, kept.target, kept.left, kept.hindrance, kept.awaitsRemoval) = (nil, nil, [], nil, false)
            set(kept, of: unit)
        }
    }

    /// Asks for everything to be written, because what was written is gone.
    mutating func markAllUnsaved() { unsaved = Set(statuses.keys) }

    /// Takes in what happened to units that had no status. Says nothing of how far history was read.
    ///
    /// - Parameter events: Of all units, as some of them may have been others before.
    mutating func complete(_ units: Set<Unit>, with events: [BranchHistory.Event]) {
        var whole = Ledger()
        for event in events { whole.apply(event) }
        for unit in units {
            guard let status = whole[unit] else { continue }
            guesses.insert(unit)
            change(status, of: unit)
        }
    }

    /// Takes over what an older record says of a unit: what ran well there before, and of the version that the branch names where it lies.
    mutating func recall(_ old: DeploymentStatus, of unit: Unit) {
        guard let mine = statuses[unit] else { return }
        var status = mine.adding(verified: old.verified)
        if old.pin == mine.pin { (status.target, status.left) = (old.target, old.left) }
        change(status, of: unit)
    }

    /// What was lost has been found out anew, as far as that can be.
    mutating func forgetLost() { lost = [] }

    /// Whether of this unit it cannot be read what was recorded.
    func lacks(_ unit: Unit) -> Bool {
        statuses[unit] == nil && lost.contains { $0.concerns(unit) }
    }

    /// Starts over from what the branch says; what it no longer names is to be taken away.
    mutating func restart(with events: [BranchHistory.Event], upTo tip: ObjectID, _ now: Timestamp) {
        let old = statuses
        (statuses, isAccepted) = ([:], true)
        apply(events, upTo: tip)
        for (unit, status) in old where status.state != .empty && statuses[unit]?.pin == nil {
            var gone = status.entering(.pending, at: now, "no version any more")
            gone.pin = nil
            set(gone, of: unit)
        }
    }

    mutating func accept() { isAccepted = true }

    mutating func markSaved(_ units: Set<Unit>) {
        unsaved.subtract(units)
        guesses.subtract(units)
        isAccepted = false
    }

    /// Takes over what another controller wrote, except where this one has found out more. What it had only read in the branch's history is
    /// to be read again, from where the other had come.
    ///
    /// - Parameter leadsToTip: Whether history leads from there to the branch's tip.
    mutating func merge(_ other: Ledger, leadsToTip: Bool) {
        for (unit, theirs) in other.statuses {
            guard unsaved.contains(unit) else {
                statuses[unit] = theirs
                continue
            }
            guard let mine = statuses[unit] else { continue }
            if leadsToTip, guesses.contains(unit) || theirs.says(moreThan: mine) {
                statuses[unit] = theirs
                unsaved.remove(unit)
                guesses.remove(unit)
            } else {
                statuses[unit] = mine.adding(verified: theirs.verified)
            }
        }
        if leadsToTip { recorded = other.observed }
        if observed == nil { observed = other.observed }
    }

    private mutating func apply(_ transition: Transition) {
        // A commit that names what the branch named already moves nothing.
        if let new = transition.new, statuses[transition.unit]?.pin == new { return }
        var status = statuses[transition.unit] ?? DeploymentStatus(since: transition.time)
        for origin in transition.origins { if let old = statuses[origin] { status.inherit(old) } }
        if transition.movesBack, let old = transition.old {
            status.rejected.removeAll { $0.revision == old.revision }
            status.rejected.insert(
                .init(
                    revision: old.revision, tree: transition.oldTree, by: transition.commit, at: transition.time,
                    cause: transition.cause),
                at: 0)
            status.rejected = Array(status.rejected.prefix(20))
        }
        (status.failedBy, status.lifted, status.needsPerson, status.hindrance) = (nil, nil, false, nil)
        status.awaitsRemoval = false
        let left = transition.old?.revision
        for index in status.verified.indices
        where status.verified[index].pin.revision == left && status.verified[index].until == nil {
            status.verified[index].until = transition.time
        }
        if let new = transition.new { status.rejected.removeAll { $0.revision == new.revision } }
        status.pin = transition.new
        status.commit = transition.commit
        status.isRollback = transition.movesBack
        (status.failingSince, status.healthySince, status.ready) = (nil, nil, nil)
        // A deployment that never ran anything has nothing to take away.
        status.state = transition.new == nil && transition.old == nil && status.state == .empty ? .empty : .pending
        status.since = transition.time
        status.explain(
            transition.new.map { "the branch names \($0.label)" }
                ?? (transition.old == nil ? "no version yet" : "no version any more"))
        guesses.insert(transition.unit)
        change(status, of: transition.unit)
    }

    private mutating func apply(_ hold: HoldEvent) {
        var status = statuses[hold.unit] ?? DeploymentStatus(since: hold.time)
        status.rejected.removeAll { $0.revision == hold.revision || ($0.tree != nil && $0.tree == hold.tree) }
        if status.hindrance?.revision == hold.revision { status.hindrance = nil }
        if hold.isLift {
            if status.pin?.revision == hold.revision { status.lifted = hold.revision }
        } else {
            status.lifted = nil
            status.rejected.insert(
                .init(revision: hold.revision, tree: hold.tree, by: hold.commit, at: hold.time, cause: hold.cause),
                at: 0)
        }
        if !unsaved.contains(hold.unit) { guesses.insert(hold.unit) }
        change(status, of: hold.unit)
    }
}

extension DeploymentStatus {
    /// Whether it knows how the version does that `other` only begins to look at.
    fileprivate func says(moreThan other: DeploymentStatus) -> Bool {
        pin == other.pin && commit == other.commit && (state == .verified || state == .failed)
            && (other.state == .pending || other.state == .verifying)
    }

    /// Takes over what is known of versions from the deployment that it was before it was renamed.
    fileprivate mutating func inherit(_ old: DeploymentStatus) {
        let known = Set(rejected.map(\.revision))
        rejected = Array((rejected + old.rejected.filter { !known.contains($0.revision) }).prefix(20))
        let mine = Set(verified.map(\.pin.revision) + rejected.map(\.revision))
        let more = old.verified.filter { !mine.contains($0.pin.revision) }
        verified = Array((verified + more).sorted { $0.at > $1.at }.prefix(20))
    }

    /// With the versions that another controller verified meanwhile; of its own version and of rejected ones it knows more itself.
    fileprivate func adding(verified others: [Verified]) -> DeploymentStatus {
        let known = Set(verified.map(\.pin.revision) + rejected.map(\.revision) + (pin.map { [$0.revision] } ?? []))
        let more = others.filter { !known.contains($0.pin.revision) }
        guard !more.isEmpty else { return self }
        var status = self
        status.verified = Array((verified + more).sorted { $0.at > $1.at }.prefix(20))
        return status
    }
}
