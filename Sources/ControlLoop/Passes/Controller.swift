public import Domain

/// The loop: observe, snapshot, plan, act. Remembers nothing that a restart could not find out again.
public actor Controller {
    let surroundings: Surroundings
    let branch: String
    let options: Options
    /// Among several that loop, only the one that has it acts; one that goes around once asks nobody.
    public let lease: LeaseKeeper?
    let builder: SnapshotBuilder
    let catalog: VersionCatalog
    let planner: Planner
    let evaluator: Evaluator
    let approvals: ApprovalReader
    let reviews: ManualReviews
    let waivers: WaiverReader

    var snapshot: Snapshot?
    var shared = SharedTargets()
    var told = Told()
    var ledger = Ledger()
    var touched = Touched.all
    /// What was touched before the present pass, while there is one.
    var considered = Touched()
    var plans: [Unit: UnitPlan] = [:]
    var health: [Unit: Health] = [:]
    var timers = Timers()
    var seen: [String: ObjectID] = [:]
    /// Which of the records are believed.
    var trust = RecordTrust()
    var recordKeeping = RecordKeeping()
    var checkRuns = CheckRuns()
    var branchMemory = BranchMemory()
    /// What this pass would take away from each environment that it has looked at.
    var removals: [String: Removals] = [:]
    var requests = RequestMemory()
    /// What people did on the forge, as far as it was taken over.
    var forge = ForgeView()
    /// Other pull requests and merge queues' branches, as they were judged.
    var proposals: [String: JudgedProposal] = [:]
    var records = CheckRecords()
    var side = SideWork()
    /// The models whose training is under way here.
    var trainings: Set<String> = []
    /// The digests of artifacts that were read, and why those were not that could not be, until when that counts.
    var digests: [VersionName: ReadDigest] = [:]
    let artifactReads = TimedRuns()
    var checkLooks = CheckLooks()
    /// Visits that have ended, and whose findings no pass has taken over yet.
    var visits: [Unit: Visit] = [:]
    /// The settings of each unit's target when it was looked at last, to tell the branch's changes from other people's.
    var lastTargets: [Unit: PluginSettings] = [:]
    /// Since when environments are frozen.
    var freezes: [String: FreezeStart] = [:]
    /// Units whose target could not be reached: how often in a row, and when to try again.
    var syncFailures: [Unit: (count: Int, retryAt: Timestamp)] = [:]
    /// What the remote did not take of what enters or goes back.
    var refusedSteps: [RefusedKey: RefusedStep] = [:]
    /// The time at the last look at the clock.
    var lastNow: Timestamp?
    var tagging = Tagging()
    var contact = OriginContact()
    /// Whether this controller looks at what runs, and does not only read what others have found.
    var looks = false
    /// Whether targets are only tended, between two passes.
    var isMeanwhile = false

    /// What a person allows for one run.
    public struct Options: Hashable, Sendable {
        public var acceptsRewrite = false
        public var acceptsRemoval = false
        /// Signs records that are not believed, as they are at the first look.
        public var acceptsRecords = false
        /// Only decides; nothing is written anywhere.
        public var isDryRun = false
        /// The most requests that one push merges. A batch that the remote refuses for one of them is tried again in halves,
        /// which costs by its size; without that, few large pushes cost about as much as many small ones.
        public var batch = 200
        /// How long reading an artifact may take: longer than transfers that still move, each of which has an hour.
        var artifactLimit = Duration.seconds(6 * 3600)

        public init() {}
    }

    public init(
        _ surroundings: Surroundings, branch: String, options: Options = Options(), lease: LeaseKeeper? = nil
    ) {
        self.surroundings = surroundings
        self.branch = branch
        self.options = options
        self.lease = lease
        builder = SnapshotBuilder(store: surroundings.store, language: surroundings.language)
        catalog = VersionCatalog(store: surroundings.store, language: surroundings.language)
        planner = Planner(judge: surroundings.judge)
        evaluator = Evaluator(surroundings)
        approvals = ApprovalReader(surroundings)
        reviews = ManualReviews(surroundings)
        waivers = WaiverReader(store: surroundings.store, signatures: FileSignatures(surroundings))
    }

    /// What one pass did, and when the next one has something to do though nothing moves.
    public struct Pass: Hashable, Sendable {
        public var changedSomething = false
        public var nextLook: Timestamp?
        /// Somebody else moved the branch first, so nothing of this pass came onto it.
        var lostRace = false
    }

    /// Goes once around. Throws only where nothing could be decided at all; what fails in one deployment stops no other.
    public func pass() async throws -> Pass {
        side.patience = .seconds(1)
        await heedClock()
        try await forgetRecalled()
        guard try await isMyTurn() else {
            await surroundings.forge?.rest()
            // The one that acts does it.
            side.dropWaiting()
            checkRuns.wanted = [:]
            return Pass(nextLook: lease.map { surroundings.tools.now() + $0.pace })
        }
        var moved = try await observe()
        if await lookAtForge() { moved = true }
        touched.models.formUnion(visits.keys.lazy.map(\.model))
        let now = surroundings.tools.now()
        let due = timers.due(at: now)
        guard moved || !due.isEmpty || touched != Touched() || !checkRuns.unsaved.isEmpty || !ledger.unsaved.isEmpty
        else {
            return Pass(changedSomething: false, nextLook: timers.next)
        }
        guard let snapshot else { return Pass() }
        let units = unitsToConsider(snapshot, due)
        (considered, touched) = (touched, Touched())
        defer { considered = Touched() }
        do {
            return try await act(on: units, snapshot)
        } catch {
            // What was decided went with the push: the next pass looks and decides again.
            seen = [:]
            touched.models.formUnion(units.map(\.model))
            throw error
        }
    }

    private func act(on units: [Unit], _ snapshot: Snapshot) async throws -> Pass {
        var draft = BranchDraft(tip: snapshot.revision)
        draft.isDivisible = true
        removals = [:]
        let units = try await withRequested(units, snapshot)
        await tend(units, snapshot, &draft)
        // Where a rollback is under way nothing enters: the next pass decides on what the rollback left.
        let promotions = await plan(units.filter { !draft.rolledBack.contains($0.environment) }, snapshot)
        let waiting = (units + requests.heads.keys).filter { draft.rolledBack.contains($0.environment) }
        touched.models.formUnion(waiting.map(\.model))
        try await promote(promotions, snapshot, &draft)
        guard !options.isDryRun else { return try await publish(draft) }
        noteHindrances(units, draft)
        let ready = try await judgeRequests(units, snapshot, &draft)
        await openRequests(units, snapshot, &draft)
        let pass = try await publish(draft, merging: leavesMergingToForge ? [] : ready, snapshot)
        await showOnForge(units, snapshot, except: draft.rolledBack)
        await tag(units, snapshot)
        return pass
    }

    /// Goes around until nothing is left that can be done at once. Returns whether it came to that.
    @discardableResult
    public func settle(limit: Int = 200) async throws -> Bool {
        for _ in 0..<limit {
            guard try await pass().changedSomething else {
                await finishTrainings()
                return true
            }
        }
        surroundings.tell(Event(.warning, "there is still something to do after \(limit) passes"))
        return false
    }

    public var currentLedger: Ledger { ledger }

    public var currentSnapshot: Snapshot? { snapshot }

    /// What is wrong with the branch's manifests, and what could not be read of what was recorded, by file.
    public var currentProblems: [Diagnostic] {
        let broken = snapshot.map { snapshot in
            snapshot.diagnostics.values.flatMap { $0.filter { $0.severity == .error } } + shared.diagnostics(snapshot)
        }
        let reference = statusStore.reference
        let doubts = trust.doubts.map(\.diagnostic)
        return (doubts + (broken ?? []) + recordKeeping.lost.map { $0.diagnostic(in: reference) }).sorted {
            ($0.file, $0.place.line, $0.place.column) < ($1.file, $1.place.line, $1.place.column)
        }
    }

    /// Whether something stands still because an object is damaged: manifests, folders of them, or the branch's history.
    public var isRepositoryDamaged: Bool {
        branchMemory.problem != nil || snapshot.map { !$0.damaged.isEmpty || !$0.damagedFolders.isEmpty } ?? false
    }

    /// Whether records are not believed, or cannot be written, until a person has done something about that.
    public var areRecordsHindered: Bool { !trust.doubts.isEmpty || recordKeeping.signingProblem != nil }

    /// Whether the branch was rewritten and no person has accepted that: until then nothing enters and nothing goes back.
    public var isBranchRewritten: Bool { branchMemory.wasRewritten }

    /// Model by model, as the same versions come up in all environments: few need to be remembered.
    private func unitsToConsider(_ snapshot: Snapshot, _ due: Set<Unit>) -> [Unit] {
        let environments = snapshot.environmentsInOrder + goneEnvironments(snapshot, due).sorted()
        var places: [String: [String]] = [:]
        for environment in environments {
            for model in modelsToConsider(environment, snapshot, due) { places[model, default: []].append(environment) }
        }
        let units = places.sorted { $0.key < $1.key }.flatMap { model, environments in
            environments.map { Unit(environment: $0, model: model) }
        }
        return withPeers(units, snapshot)
    }

    /// Environments that are no more, and in which something may still run.
    private func goneEnvironments(_ snapshot: Snapshot, _ due: Set<Unit>) -> Set<String> {
        var names = touched.environments.union(due.lazy.map(\.environment))
        if touched.everything { names.formUnion(ledger.statuses.keys.lazy.map(\.environment)) }
        return names.filter { snapshot.environments[$0] == nil }
    }

    /// The models of an environment that something may have changed for; costs what was touched, not what there is.
    private func modelsToConsider(_ environment: String, _ snapshot: Snapshot, _ due: Set<Unit>) -> Set<String> {
        let deployments = snapshot.deployments[environment] ?? [:]
        if touched.everything || touched.environments.contains(environment) {
            let gone = ledger.statuses.keys.lazy.filter {
                $0.environment == environment && deployments[$0.model] == nil
            }
            return Set(deployments.keys).union(gone.map(\.model))
        }
        let models = touched.models.union(due.lazy.filter { $0.environment == environment }.map(\.model))
        return models.filter { deployments[$0] != nil || ledger[Unit(environment: environment, model: $0)] != nil }
    }

    /// The deployments, and those that can enter only together with one of them.
    func withPeers(_ units: [Unit], _ snapshot: Snapshot) -> [Unit] {
        var all = units
        var known = Set(units)
        for unit in units {
            for set in snapshot.environments[unit.environment]?.value.releaseSets ?? []
            where set.models.contains(unit.model) {
                for model in set.models {
                    let peer = Unit(environment: unit.environment, model: model)
                    if known.insert(peer).inserted { all.append(peer) }
                }
            }
        }
        return all
    }
}
