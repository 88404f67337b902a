import Domain

/// A remote may have rules for some of what a pass writes, such as protected folders: what it does not take stops nothing else.
extension Controller {
    /// The deployment and the version that a step is about.
    struct RefusedKey: Hashable, Sendable {
        let unit: Unit
        let revision: ObjectID
    }

    /// A step that the remote did not take.
    struct RefusedStep: Sendable {
        let refusal: PushRefusal
        let hindrance: Hindrance
    }

    /// So many steps of one environment are refused one after another before the others are taken for refused, too.
    private static let mostRefused = 3

    /// Makes a step on top of the draft. Returns whether there was anything to do.
    @discardableResult
    func put(_ step: BranchStep, on draft: inout BranchDraft) async throws -> Bool {
        let head = draft.head
        guard let new = try await surroundings.store.write({ try step.write(head, $0) }) else { return false }
        draft.head = try await surroundings.sign(new, head)
        draft.steps.append(step)
        draft.notes.append(step.note)
        return true
    }

    /// Publishes the steps of a draft that the remote has refused as a whole, environment by environment, each on top of those that it took.
    /// What it refuses rests for a while.
    ///
    /// - Returns: `false` after a lost race.
    func publishSteps(of draft: inout BranchDraft) async throws -> Bool {
        var front = BranchDraft(tip: draft.tip)
        for part in draft.parts {
            var waiting = [part], refused = 0, words = ""
            while let steps = waiting.first {
                waiting.removeFirst()
                guard refused < Self.mostRefused else {
                    for step in steps { refuse(step, words) }
                    continue
                }
                switch try await publish(steps, on: &front) {
                case .done: refused = 0
                case .moved: return false
                case .failed(let error): throw error
                case .refused(let why):
                    words = why
                    guard steps.count == 1 else {
                        waiting = steps.map { [$0] }
                        continue
                    }
                    refused += 1
                    refuse(steps[0], words)
                }
            }
        }
        draft.head = front.head
        return true
    }

    private func publish(_ steps: [BranchStep], on front: inout BranchDraft) async throws -> Attempt {
        var next = BranchDraft(tip: front.head)
        for step in steps { try await put(step, on: &next) }
        guard next.head != next.tip else { return .done(isEmpty: true) }
        let update = ReferenceUpdate(branchReference, from: next.tip, to: next.head)
        let attempt = await attempt(RequestDraft(), with: [update])
        if case .done = attempt {
            front.head = next.head
            confirm(next)
        }
        return attempt
    }

    /// Says what was done, once the remote has it.
    func confirm(_ draft: BranchDraft) {
        for note in draft.notes { surroundings.tell(Event(.info, note)) }
        for subject in draft.steps.flatMap(\.subjects) {
            refusedSteps[RefusedKey(unit: subject.unit, revision: subject.revision)] = nil
        }
    }

    /// Leaves a step alone for a while, and puts on record that a person is needed.
    private func refuse(_ step: BranchStep, _ words: String) {
        let now = surroundings.tools.now()
        var pause: Duration?
        // Of what was tried no more for long, nobody need know how often it was.
        refusedSteps = refusedSteps.filter { now < $0.value.refusal.until + .seconds(3600) }
        for (unit, revision) in step.subjects {
            let key = RefusedKey(unit: unit, revision: revision)
            let refusal = PushRefusal(
                words, after: refusedSteps[key]?.refusal, at: now,
                longest: step.kind == .promotion ? .seconds(3600) : .seconds(300))
            let hindrance = Hindrance(
                revision, "the remote refuses \(step.title): \(refusal.words)", needsPerson: true)
            let refused = RefusedStep(refusal: refusal, hindrance: hindrance)
            refusedSteps[key] = refused
            pause = pause ?? refusal.until - now
            timers.set(unit, at: refusal.until)
            ledger.note(hindrance, of: unit)
            if step.kind == .promotion { block(unit, by: refused) }
        }
        let again = pause.map { "; trying again in \($0.text)" } ?? ""
        let reason = "the remote refuses \(step.title): \(Excerpt.line(words, limit: 1000))"
        surroundings.tell(Event(.error, reason + again, [("environment", step.environment)]))
    }

    /// What the remote refused of a deployment's step with a version, where it is too early to try it again.
    func resting(_ unit: Unit, _ revision: ObjectID?) -> RefusedStep? {
        guard let revision, let refused = refusedSteps[RefusedKey(unit: unit, revision: revision)],
            surroundings.tools.now() < refused.refusal.until
        else { return nil }
        timers.set(unit, at: refused.refusal.until)
        return refused
    }

    /// Blocks the promotions of a group of which the remote has refused one a short time ago. Returns whether there is such a one.
    func rests(_ group: PromotionGroups.Group) -> Bool {
        let units = group.moves.map { (Unit(environment: group.environment, model: $0.model), $0.new.revision) }
        guard let refused = units.lazy.compactMap({ self.resting($0.0, $0.1) }).first else { return false }
        for (unit, _) in units { block(unit, by: refused) }
        return true
    }

    private func block(_ unit: Unit, by refused: RefusedStep) {
        guard plans[unit] != nil else { return }
        plans[unit]?.state = .blocked
        plans[unit]?.failure = refused.hindrance.reason
        plans[unit]?.blockers = [blocker(unit, refused.hindrance, next: refused.refusal.until)]
    }

    /// Writes down why versions do not enter though no rule keeps them out, and strikes that out where it is so no more.
    func noteHindrances(_ units: [Unit], _ draft: BranchDraft) {
        let made = Set(draft.steps.flatMap { $0.subjects.map(\.unit) })
        for unit in units where !made.contains(unit) && !draft.rolledBack.contains(unit.environment) {
            guard let status = ledger[unit] else { continue }
            // A hold is tried again only once its monitor has looked.
            if let known = status.hindrance,
                resting(unit, known.revision) != nil
                    || known.needsPerson && status.state == .verified
                        && known.revision == status.pin?.revision && status.cause?.isMonitors == true
            {
                continue
            }
            ledger.note(hindrance(plans[unit], status.hindrance), of: unit)
        }
    }

    /// - Parameter known: What was written down. Its words stand as long as it is about the same version.
    private func hindrance(_ plan: UnitPlan?, _ known: Hindrance?) -> Hindrance? {
        guard let plan, let candidate = plan.candidate else { return nil }
        let same = known?.revision == candidate.revision && known?.needsPerson == false ? known : nil
        let errors = plan.checkErrors
        guard !errors.isEmpty else { return plan.state == .evaluating ? same : nil }
        let words = errors.map { "\(candidate.title) \($0.check) error: \($0.outcome.summary)" }
        return same ?? Hindrance(candidate.revision, words.joined(separator: "; "), needsPerson: false)
    }

    /// The plan with what is on record of why its version does not enter, for whoever did not try it.
    func withHindrance(_ plan: UnitPlan) -> UnitPlan {
        guard let hindrance = ledger[plan.unit]?.hindrance, hindrance.revision == plan.candidate?.revision,
            plan.failure == nil, plan.checkErrors.isEmpty, plan.state == .evaluating || plan.state == .ready
        else { return plan }
        var plan = plan
        plan.state = .blocked
        plan.blockers.append(blocker(plan.unit, hindrance, next: nil))
        return plan
    }

    func blocker(_ unit: Unit, _ hindrance: Hindrance, next: Timestamp?) -> Blocker {
        let person =
            hindrance.needsPerson
            ? "a person, who has the remote take what Martlet commits for \(unit.environment)"
            : "a person, who puts right what is said here"
        return Blocker(
            .person, unit.environment, hindrance.reason, unblockedBy: "\(person); Martlet tries again by itself",
            nextLook: next)
    }
}
