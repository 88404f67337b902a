import Domain

/// A deployment that was moved to a version which then ran well.
struct Move {
    let environment: String
    /// What it led to.
    let pin: Pin
    let commit: ObjectID
    let isRollback: Bool
    let committed: Timestamp
    /// Since when the version was well.
    let ready: Timestamp

    var took: Duration { ready - committed }

    /// In whole seconds.
    var text: String { Duration.seconds(took.milliseconds / 1000).text }

    var title: String {
        "the \(isRollback ? "rollback" : "promotion") \(commit.short) of \(environment) to \(Excerpt.line(pin.label))"
    }

    var json: JSON {
        [
            "kind": isRollback ? "rollback" : "promotion", "environment": .string(environment),
            "commit": .string(commit.description), "seconds": .double(Double(took.milliseconds) / 1000),
            "ready": .string(ready.description),
        ]
    }
}

extension Move {
    /// Those on record: of the subject's environment first, then of those before it, each newest first.
    ///
    /// Whoever moved it back, a rollback counts. Of other commits only Martlet's promotions do: a person may have named a version long before
    /// anybody was there to deploy it. What was well before its commit was written, by another clock, says nothing.
    static func all(of subject: Subject) async throws -> [Move] {
        guard let environment = subject.environment else { return [] }
        let names = ([environment.name] + environment.settings.from).unique
        let verified = names.flatMap { name in (subject.statuses[name]?.verified ?? []).map { (name, $0) } }
        return try await subject.tools.store.read { reader in
            try verified.compactMap { name, one in
                guard let id = one.commit, let ready = one.ready, let commit = try? reader.commit(id),
                    try one.isRollback || isPromotion(commit, reader),
                    commit.committer.time <= ready
                else { return nil }
                return Move(
                    environment: name, pin: one.pin, commit: id, isRollback: one.isRollback,
                    committed: commit.committer.time, ready: ready)
            }
        }
    }

    /// Whether Martlet wrote the commit, or the one that a forge merged.
    private static func isPromotion(_ commit: Commit, _ reader: any ObjectReader) throws -> Bool {
        try ([commit] + commit.parents.dropFirst().prefix(1).map(reader.commit)).contains {
            Trailer.action.value(in: $0.message) == "promote"
        }
    }

    /// What shows how long a rollback takes: the last one. Where there was none, of the last three promotions of the first environment that
    /// has any the one that took the middle time; of two the quicker one.
    static func measure(_ moves: [Move], since start: Timestamp) -> Move? {
        let fresh = moves.filter { $0.ready >= start }
        if let last = fresh.filter(\.isRollback).max(by: { $0.ready < $1.ready }) { return last }
        let three = fresh.filter { $0.environment == fresh.first?.environment }.prefix(3).sorted { $0.took < $1.took }
        return three.isEmpty ? nil : three[(three.count - 1) / 2]
    }
}
