import Domain

/// One request before and after a commit of `refs/martlet/requests`, and what there is to tell of that.
struct RequestTransition {
    let old: RequestStatus?
    let new: RequestStatus
    let source: ObjectID
    let time: Timestamp

    /// The transitions of one commit of the record.
    static func read(_ step: (old: Commit?, new: Commit), _ reader: any ObjectReader) throws -> [RequestTransition] {
        try reader.readableChanges(
            from: step.old?.tree, to: step.new.tree, prefix: "", before: step.old?.id
        ).compactMap { change in
            guard let new = try change.new.flatMap({ try RequestStore.status($0, reader) }) else { return nil }
            return RequestTransition(
                old: try change.old.flatMap { try RequestStore.status($0, reader) }, new: new, source: step.new.id,
                time: step.new.committer.time)
        }
    }

    func notice(_ context: NoticeContext) -> Notice? {
        guard let event else { return nil }
        let moves = new.moves.map { "\($0.model): \($0.summary)" }
        let blockers = new.blockers.map {
            "\($0.kind.rawValue) \($0.name): \($0.reason); unblocked by: \($0.unblockedBy)"
        }
        return Notice(
            event, from: "requests \(source)", environments: [new.unit.environment], model: new.unit.model, new.summary,
            details: moves + blockers, owners: context.owners(of: new.unit.model),
            commit: new.commit ?? (new.hasHead ? new.head : nil),
            at: time)
    }

    private var event: Notice.Event? {
        let isNew = old?.state != new.state
        switch new.state {
        case .open, .ready:
            let wasOpen = old?.state == .open || old?.state == .ready
            return wasOpen && old?.moves == new.moves ? nil : .requestOpened
        case .merged: return isNew ? .requestMerged : nil
        case .refused, .conflicting: return isNew ? .requestRefused : nil
        case .stale, .superseded, .closed: return isNew ? .requestClosed : nil
        }
    }
}
