public import Domain

/// The status of every deployment: what the status reference holds, carried on by what the branch's history says since.
public struct Ledger: Sendable {
    public private(set) var statuses: [Unit: DeploymentStatus] = [:]
    /// The branch's commit up to which history has been read.
    public private(set) var observed: ObjectID?
    /// The units whose status is not yet written to Git.
    public private(set) var unsaved: Set<Unit> = []

    public init() {}

    public init(statuses: [Unit: DeploymentStatus], observed: ObjectID?) {
        self.statuses = statuses
        self.observed = observed
    }

    public subscript(unit: Unit) -> DeploymentStatus? { statuses[unit] }

    mutating func apply(_ events: [BranchHistory.Event], upTo tip: ObjectID) {
        for event in unknown(events) { apply(event) }
        observed = tip
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
        guard statuses[unit] != status else { return }
        statuses[unit] = status
        unsaved.insert(unit)
    }

    /// Forgets a deployment that is gone and no longer runs.
    mutating func remove(_ unit: Unit) {
        guard statuses.removeValue(forKey: unit) != nil else { return }
        unsaved.insert(unit)
    }

    /// Asks for everything to be written, because what was written is gone.
    mutating func markAllUnsaved() { unsaved = Set(statuses.keys) }

    /// Takes in what happened to units that had no status. Says nothing of how far history was read.
    mutating func complete(with events: [BranchHistory.Event]) {
        for event in events { apply(event) }
    }

    /// Starts over from what the branch says; what it no longer names is to be taken away.
    mutating func restart(with events: [BranchHistory.Event], upTo tip: ObjectID, _ now: Timestamp) {
        let old = statuses
        statuses = [:]
        apply(events, upTo: tip)
        for (unit, status) in old where status.state != .empty && statuses[unit]?.pin == nil {
            var gone = status.entering(.pending, at: now, "no version any more")
            gone.pin = nil
            set(gone, of: unit)
        }
    }

    mutating func markSaved(_ units: Set<Unit>) { unsaved.subtract(units) }

    /// Takes over what another controller wrote, except where this one knows more.
    mutating func merge(_ other: Ledger) {
        for (unit, status) in other.statuses where !unsaved.contains(unit) { statuses[unit] = status }
        if observed == nil { observed = other.observed }
    }

    private mutating func apply(_ transition: Transition) {
        var status = statuses[transition.unit] ?? DeploymentStatus(since: transition.time)
        if transition.movesBack, let old = transition.old {
            status.rejected.removeAll { $0.revision == old.revision }
            status.rejected.insert(
                .init(
                    revision: old.revision, tree: transition.oldTree, by: transition.commit, at: transition.time,
                    cause: transition.cause),
                at: 0)
            status.rejected = Array(status.rejected.prefix(20))
        }
        if let new = transition.new { status.rejected.removeAll { $0.revision == new.revision } }
        status.pin = transition.new
        status.commit = transition.commit
        status.isRollback = transition.movesBack
        (status.failingSince, status.healthySince) = (nil, nil)
        // A deployment that never ran anything has nothing to take away.
        status.state = transition.new == nil && transition.old == nil && status.state == .empty ? .empty : .pending
        status.since = transition.time
        status.reason =
            transition.new.map { "the branch names \($0.label)" }
            ?? (transition.old == nil ? "no version yet" : "no version any more")
        set(status, of: transition.unit)
    }

    private mutating func apply(_ hold: HoldEvent) {
        var status = statuses[hold.unit] ?? DeploymentStatus(since: hold.time)
        status.rejected.removeAll { $0.revision == hold.revision || ($0.tree != nil && $0.tree == hold.tree) }
        if !hold.isLift {
            status.rejected.insert(
                .init(revision: hold.revision, tree: hold.tree, by: hold.commit, at: hold.time, cause: hold.cause),
                at: 0)
        }
        set(status, of: hold.unit)
    }
}
