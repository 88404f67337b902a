import Domain

/// What there is to tell of trainings, from a commit of `refs/martlet/retraining`.
enum RetrainNotices {
    static func read(
        _ step: (old: Commit?, new: Commit), _ context: NoticeContext, _ reader: any ObjectReader
    ) throws -> [Notice] {
        try reader.readableChanges(
            from: step.old?.tree, to: step.new.tree, prefix: "", before: step.old?.id
        ).flatMap { change -> [Notice] in
            // What cannot be read is not known to have changed.
            guard let model = RetrainStore.model(change.path),
                let new = try? change.new.flatMap({ try RetrainStore.record($0, reader) }),
                let old = try? [change.old.flatMap { try RetrainStore.record($0, reader) }]
            else { return [] }
            return news(new, after: old[0] ?? RetrainRecord()).map { event, environment, words in
                Notice(
                    event, from: "retraining \(step.new.id)", environments: [environment], model: model,
                    "\(environment)/\(model) \(words)", owners: context.owners(of: model),
                    at: step.new.committer.time)
            }
        }
    }

    private static func news(_ new: RetrainRecord, after old: RetrainRecord) -> [(Notice.Event, String, String)] {
        var found: [(Notice.Event, String, String)] = []
        for run in new.runs.reversed() {
            let before = old.runs.first { $0.id == run.id }
            if before == nil { found.append((.retrainBegun, run.environment, "is trained anew: \(run.reason)")) }
            guard let end = run.end, before?.end == nil else { continue }
            switch end.kind {
            case .done: found.append((.retrainEnded, run.environment, "was trained anew: \(end.words)"))
            case .failed, .stopped:
                found.append((.retrainFailed, run.environment, "could not be trained anew: \(end.words)"))
            }
        }
        if let opened = new.opened, old.opened == nil {
            found.append(
                (.needsPerson, opened.environment, "needs a person, for no training begins any more: \(opened.words)"))
        }
        return found
    }
}
