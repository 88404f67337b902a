import Domain

/// Models are trained anew where a monitor asks for it, beside the passes; the version that runs goes on.
///
/// The command brings what it makes as everybody does, by a commit, and that goes through the gates. That it has begun is written down
/// before it is started: who dies then, or is not the only one, starts no second one before the cool-down is over.
extension Controller {
    private var retrainStore: RetrainStore { RetrainStore(trust) }

    /// Has the model trained anew, or says why not.
    func considerRetraining(_ unit: Unit, _ wish: RetrainWish, _ snapshot: Snapshot) async {
        guard !isMeanwhile, !branchMemory.wasRewritten, let pin = ledger[unit]?.pin else { return }
        do {
            guard let rule = try await retrainRule(unit, snapshot) else {
                return tellRetraining(unit, "cannot be trained anew: its model.yaml has no training.retrain", .warning)
            }
            let decision = rule.decision
            let isNews = if case .isOpen = decision { rule.record.opened == nil } else { decision == .begin }
            guard isNews else { return tellRetraining(unit, decision.words(rule.settings), .info) }
            let version = ModelVersion(model: unit.model, revision: snapshot.revision, tree: rule.tree)
            let order = RetrainOrder(unit, rule.settings, version, running: pin, wish, branch: branch)
            let retrainer = Retrainer(surroundings: surroundings, controller: self, author: author)
            let job = SideWork.Job(key: .training(unit.model), unit: unit) {
                await self.retrain(order, by: rule, retrainer)
            }
            begin(.trainings, job, group: unit.model)
        } catch {
            tellRetraining(unit, "cannot be trained anew: \(error)", .warning)
        }
    }

    /// What is to be decided by; `nil` where the model does not say how it is trained.
    private func retrainRule(_ unit: Unit, _ snapshot: Snapshot) async throws -> RetrainRule? {
        guard let model = snapshot.models[unit.model], let settings = model.manifest.value.training.retrain,
            let running = ledger[unit]?.pin?.revision
        else { return nil }
        let (store, records) = (retrainStore, evidenceStore)
        let version = try await catalog.version(of: unit.model, at: running)?.version
        let (record, evidence) = try await surroundings.store.read { reader in
            let evidence = try version.map { try records.newest(of: $0, [RetrainGain.check], reader) } ?? []
            return (try store.read(unit.model, reader).record, evidence)
        }
        let now = surroundings.tools.now()
        return RetrainRule(
            record: record, settings: settings, unit: unit, running: running, tree: model.tree,
            gain: RetrainGain(model.manifest.value, evidence, now: now), now: now)
    }

    private func retrain(_ order: RetrainOrder, by rule: RetrainRule, _ retrainer: Retrainer) async {
        let model = order.unit.model
        do {
            guard let run = try await retrainer.begin(order, by: rule) else { return }
            surroundings.step("after-retrain-record")
            trainings.insert(model)
            defer { trainings.remove(model) }
            tellRetraining(order.unit, "a training begins: \(order.reason) (\(rule.gain.words))", .info)
            let result = await surroundings.retrain(order)
            surroundings.step("after-retrain")
            let end = RetrainRun.End(of: result, isStopped: Task.isCancelled, at: surroundings.tools.now())
            tellRetraining(
                order.unit,
                "the training of \(run.begun) \(end.kind == .done ? "has ended" : end.kind.rawValue): \(end.words)",
                end.kind == .failed ? .error : .info)
            // Not in this task, which is cancelled where the controller stops.
            await Task { await retrainer.end(run, of: model, end) }.value
        } catch {
            tellRetraining(order.unit, "no training begins: \(error)", .warning)
        }
    }

    /// Says each thing once, until there is something else to say.
    private func tellRetraining(_ unit: Unit, _ words: String, _ level: Event.Level) {
        guard told.retraining[unit] != words else { return }
        told.retraining[unit] = words
        surroundings.tell(
            Event(level, "\(unit): \(words)", [("environment", unit.environment), ("model", unit.model)]))
    }

    /// What keeps another training from beginning for which a monitor asks; `nil` where none asks, or nothing does.
    func retrainBlocker(_ unit: Unit, _ status: DeploymentStatus) async throws -> Blocker? {
        guard let snapshot, let environment = snapshot.environments[unit.environment]?.value else { return nil }
        let monitors = environment.monitors.filter { $0.action == .retrain }
        guard let asking = monitors.first(where: { status.cause == .alarm(monitor: $0.name) }) else {
            return nil
        }
        func blocker(_ words: String, _ remedy: String, _ next: Timestamp? = nil) -> Blocker {
            Blocker(
                .retrain, unit.environment, "\(status.reason); \(words)", unblockedBy: remedy, nextLook: next,
                since: status.since)
        }
        let found: RetrainRule?
        do { found = try await retrainRule(unit, snapshot) } catch {
            // A record that cannot be read or believed keeps trainings back, and nothing else.
            return blocker("\(error)", "a person, who puts right what is said here")
        }
        guard let rule = found else {
            return blocker("its model.yaml does not say how it is trained", "training.retrain in its model.yaml")
        }
        let decision = rule.decision, words = decision.words(rule.settings)
        let reset = "martlet retrain \(unit.model) --reset"
        switch decision {
        case .begin: return blocker(words, "the controller, at the next look of monitor \(asking.name)")
        case .isUnderWay(let run): return blocker(words, "the training's end, and a new version", run.until)
        case .coolsDown(_, let until): return blocker(words, "a new version, time, or: \(reset)", until)
        case .isOpen: return blocker(words, "a new version that enters, or: \(reset)")
        case .isNotWorth: return blocker(words, "a new version, or time, in which it loses more")
        }
    }

    /// Waits for what has begun, where no loop goes on meanwhile.
    func finishTrainings() async {
        _ = await wait(for: side.keys.filter { if case .training = $0 { true } else { false } })
    }

    /// Lets trainings of a model begin again, whatever came of those before. Returns whether there were any.
    public func resetRetraining(of model: String) async throws -> Bool {
        _ = try await observe()
        return try await Retrainer(surroundings: surroundings, controller: self, author: author).reset(model)
    }
}

extension RetrainRun.End {
    /// - Parameter isStopped: Whether we ended it ourselves because we were told to stop: that says nothing of it.
    fileprivate init(of result: CommandResult, isStopped: Bool, at now: Timestamp) {
        let said = result.lastWords.isEmpty ? "" : ": \(result.lastWords)"
        switch result.ending {
        case .exited(0): self.init(at: now, .done, result.lastWords)
        case _ where isStopped: self.init(at: now, .stopped, "Martlet was stopped")
        case .exited(let code): self.init(at: now, .failed, "it ended with \(code)\(said)")
        case .signalled(let signal): self.init(at: now, .failed, "it was ended by signal \(signal)\(said)")
        case .timedOut: self.init(at: now, .failed, "it took longer than training.retrain.timeLimit\(said)")
        case .notStarted(let why), .exhausted(let why):
            self.init(at: now, .failed, "it could not be started: \(why)\(said)")
        }
    }
}
