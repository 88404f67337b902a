import Domain

/// Writes down that trainings begin and end, each by compare-and-swap on what is there: of several that decide at the same time one begins.
struct Retrainer: Sendable {
    let surroundings: Surroundings
    let controller: Controller
    let author: Person

    /// Notes the beginning of a run, or that none begins any more, by the newest record. Returns the run that may begin.
    func begin(_ order: RetrainOrder, by rule: RetrainRule) async throws -> RetrainRun? {
        var rule = rule
        let (unit, model) = (order.unit, order.unit.model)
        for _ in 0..<5 {
            let (store, tip, known) = try await newest(model)
            var record = known
            (rule.record, rule.now) = (record, surroundings.tools.now())
            switch rule.decision {
            case .begin:
                let run = RetrainRun(
                    id: order.id, environment: unit.environment, revision: order.running.revision,
                    monitor: order.monitor, reason: Excerpt.line(order.reason, limit: 400), tree: order.version.tree,
                    begun: rule.now, until: rule.now + order.settings.timeLimit)
                record.begin(run)
                surroundings.step("before-retrain-record")
                let subject = "\(model): a training begins for \(unit.environment)"
                if try await publish(record, model, in: store, on: tip, subject) { return run }
            case .isOpen(let words):
                guard record.opened == nil else { return nil }
                record.open(.init(at: rule.now, environment: unit.environment, words: words))
                let subject = "\(model): no training begins any more: \(words)"
                if try await publish(record, model, in: store, on: tip, subject) { return nil }
            case .isUnderWay, .coolsDown, .isNotWorth: return nil
            }
        }
        return nil
    }

    /// Notes how a run ended. What cannot be written is tried again for some minutes.
    func end(_ run: RetrainRun, of model: String, _ end: RetrainRun.End) async {
        var failure = "others were faster"
        for attempt in 0..<9 {
            do {
                let (store, tip, known) = try await newest(model)
                var record = known
                guard record.end(run.id, end) else { return }
                let subject = "\(model): the training of \(run.begun): \(end.kind.rawValue)"
                if try await publish(record, model, in: store, on: tip, subject) { return }
            } catch { failure = "\(error)" }
            try? await Task.sleep(for: .milliseconds(min(60_000, 250 << attempt)))
        }
        surroundings.tell(
            Event(
                .warning,
                "how the training of \(model) ended (\(end.kind.rawValue)) could not be written down: \(failure)"))
    }

    /// Lets trainings begin again, whatever came of those before. Returns whether there were any.
    func reset(_ model: String) async throws -> Bool {
        for _ in 0..<5 {
            let (store, tip, known) = try await newest(model)
            var record = known
            guard !record.counting.isEmpty || record.opened != nil else { return false }
            record.reset(at: surroundings.tools.now())
            let subject = "\(model): a person lets trainings begin again"
            if try await publish(record, model, in: store, on: tip, subject) { return true }
        }
        throw LoopError.alwaysBeaten
    }

    private func newest(_ model: String) async throws -> (RetrainStore, tip: Commit?, record: RetrainRecord) {
        let store = try await controller.newestTrainings()
        let (tip, record) = try await surroundings.store.read { try store.read(model, $0) }
        return (store, tip, record)
    }

    /// `false` where somebody was faster.
    private func publish(
        _ record: RetrainRecord, _ model: String, in store: RetrainStore, on tip: Commit?, _ subject: String
    ) async throws -> Bool {
        var author = author
        author.time = surroundings.tools.now()
        let draft = try await surroundings.store.write { [author] in
            try store.write(record, of: model, on: tip, Excerpt.line(subject, limit: 200), by: author, $0)
        }
        guard let update = try await controller.signed([draft]).first else { return false }
        guard try await Publisher(remote: surroundings.remote, step: surroundings.step).publish([update]) else {
            return false
        }
        try await surroundings.store.write { writer in
            if try writer.resolve(update.name) == update.old {
                _ = try writer.move(update.name, from: update.old, to: update.new, reason: "martlet: published")
            }
        }
        try await controller.noteOwn([update])
        return true
    }
}
