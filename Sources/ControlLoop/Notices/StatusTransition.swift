import Domain

/// One deployment before and after a commit of `refs/martlet/status`, and what there is to tell of that.
struct StatusTransition {
    let unit: Unit
    let old: DeploymentStatus?
    let oldTime: Timestamp
    let new: DeploymentStatus
    /// The record's commit.
    let source: ObjectID
    let time: Timestamp

    /// The transitions of one commit of the record.
    static func read(_ step: (old: Commit?, new: Commit), _ reader: any ObjectReader) throws -> [StatusTransition] {
        try reader.readableChanges(
            from: step.old?.tree, to: step.new.tree, prefix: "", before: step.old?.id
        ).compactMap { change in
            // What cannot be read is not known to have changed.
            guard let unit = StatusStore.unit(change.path),
                let new = try? change.new.flatMap({ try StatusStore.status($0, reader) }),
                let old = try? [change.old.flatMap { try StatusStore.status($0, reader) }]
            else { return nil }
            let time = step.new.committer.time
            return StatusTransition(
                unit: unit, old: old[0],
                oldTime: step.old?.committer.time ?? time, new: new, source: step.new.id, time: time)
        }
    }

    func notices(_ context: NoticeContext) -> [Notice] {
        [moved, entered, monitored, needsPerson(context.environments[unit.environment]?.value.rollback)].compactMap(
            \.self
        )
        .map { notice($0.0, $0.1, context) } + holds.map { notice($0.0, $0.1, context) }
    }

    private typealias Words = (event: Notice.Event, text: String)

    private var isMoved: Bool { new.pin != old?.pin }

    private var moved: Words? {
        guard isMoved else { return nil }
        let before = old?.pin
        if new.isRollback {
            let cause = before.flatMap { pin in new.rejected.first { $0.revision == pin.revision }?.cause }
            let words =
                "\(unit) went back to \(new.pin?.label ?? "nothing")" + (before.map { " from \($0.label)" } ?? "")
            return (.rolledBack, words + (cause.map { ": \($0)" } ?? ""))
        }
        guard let pin = new.pin else { return nil }
        return (.promoted, "\(unit) gets \(pin.label)" + (before.map { ", after \($0.label)" } ?? ""))
    }

    private var entered: Words? {
        guard isMoved || new.state != old?.state else { return nil }
        let words = "\(unit) \(new.pin?.label ?? "") is \(new.state.rawValue): \(new.reason)"
        switch new.state {
        case .verified: return (.verified, words)
        case .failed: return (.failed, words)
        case .stalled: return (.stalled, words)
        case .empty, .pending, .verifying: return nil
        }
    }

    /// What monitors say of a deployment that stays verified, and that its health cannot be told any more.
    private var monitored: Words? {
        guard !isMoved, new.state == .verified, let old, old.state == .verified, old.reason != new.reason else {
            return nil
        }
        if let cause = new.cause {
            return (cause.isDoubt ? .stalled : .alert, "\(unit) \(new.pin?.label ?? ""): \(new.reason)")
        }
        guard old.cause != nil else { return nil }
        return (.recovered, "\(unit) \(new.pin?.label ?? "") is well again, after \(old.reason)")
    }

    /// Whether a person has to decide now and did not have to before: by the rule that the loop itself goes by.
    private func needsPerson(_ policy: Environment.Rollback?) -> Words? {
        if let hindrance = new.hindrance, hindrance.needsPerson, old?.hindrance?.needsPerson != true {
            return (.needsPerson, "\(unit) needs a person: \(hindrance.reason)")
        }
        if new.state == .stalled, new.needsPerson {
            if let old, !isMoved, old.needsPerson { return nil }
            return (.needsPerson, "\(unit) \(new.pin?.label ?? "") needs a person: \(new.reason)")
        }
        guard let policy, case .askPerson(let reason) = RollbackRule.decide(new, policy, now: time) else { return nil }
        if let old, !isMoved, case .askPerson = RollbackRule.decide(old, policy, now: oldTime) { return nil }
        return (.needsPerson, "\(unit) \(new.pin?.label ?? "") needs a person: \(reason)")
    }

    /// Versions that are kept out from now on, or no more, without that anything moved.
    private var holds: [Words] {
        guard !isMoved, let old else { return [] }
        let before = Set(old.rejected.map(\.revision)), after = Set(new.rejected.map(\.revision))
        let held = new.rejected.filter { !before.contains($0.revision) }.map {
            Words(.held, "\(unit) does not take \(unit.model) \($0.revision.short) any more: \($0.cause)")
        }
        let lifted = old.rejected.filter { !after.contains($0.revision) }.map {
            Words(.lifted, "\(unit) may take \(unit.model) \($0.revision.short) again")
        }
        return held + lifted
    }

    private func notice(_ event: Notice.Event, _ text: String, _ context: NoticeContext) -> Notice {
        Notice(
            event, from: "status \(source)", environments: [unit.environment], model: unit.model, text,
            owners: context.owners(of: unit.model), commit: new.commit, at: time)
    }
}
