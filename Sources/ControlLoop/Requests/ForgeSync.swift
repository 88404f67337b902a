public import Domain

/// Keeps a hosting service and the requests alike, beside the loop.
///
/// The loop says what is to be shown and hears what people did there; it never waits for an answer. What fails is tried again,
/// ever more slowly. All of it can be lost: the next start finds it out anew.
public actor ForgeSync {
    /// What the forge said when it was last asked.
    public struct Sight: Sendable {
        public let pulls: [PullRequest]
        public let time: Timestamp
        /// Another one whenever something is different from the time before.
        public let round: Int
    }

    /// A pull request that nothing is to be done about is looked at this often, in case somebody changed what Martlet wrote there.
    private static let trust = Duration.seconds(3600)
    /// How long a verdict is good enough to merge on.
    static let freshness = Duration.seconds(120)
    private static let slowest = Duration.seconds(600)
    /// Stands for the forge as a whole among branches.
    static let everything = ""

    private let forges: Registry
    private let tools: Tools
    private let pace: Duration
    private let tell: @Sendable (Event) -> Void
    private let signal: WakeSignal

    private var settings: ForgeSettings?
    private var forge: (any Forge)?
    private var query: PullRequestQuery?
    private var wanted: [String: RequestPresentation] = [:]
    private var wantedAt: [String: Timestamp] = [:]
    private var shown: [String: (presentation: RequestPresentation, until: Timestamp)] = [:]
    private var failures: [String: (count: Int, retryAt: Timestamp)] = [:]
    private var lookFailures = 0
    /// Until when the forge is left alone: it asked for that, or does not answer.
    private var quiet: (until: Timestamp, count: Int)?
    private var rounds = 0
    private var nextLook: Timestamp?
    /// Why what was asked of the forge last was not done, by branch; of what concerns no single one by ``everything``.
    private(set) var troubles: [String: String] = [:]
    /// What people were told of that, so that each thing is told once until all goes well again.
    private var told: Set<String> = []
    private var wake: @Sendable () async -> Void = {}
    public private(set) var sight: Sight?
    /// Of `sight`, by head: one that begins later gets the statuses, too.
    private var pipelines: [ObjectID: PullRequest.Pipeline] = [:]

    /// - Parameter pace: How long between two looks that nobody asked for.
    public init(
        forges: Registry, tools: Tools, pace: Duration = .seconds(30),
        tell: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        self.forges = forges
        self.tools = tools
        self.pace = pace
        self.tell = tell
        signal = WakeSignal(now: tools.now)
    }

    // MARK: What the loop says

    /// Which forge it is and what to look for there. A forge that is named no more is forgotten.
    func serve(_ settings: ForgeSettings?, _ query: PullRequestQuery) async {
        if settings != self.settings {
            (self.settings, forge, sight, nextLook, pipelines) = (settings, nil, nil, nil, [:])
            (wanted, wantedAt, shown, failures, quiet) = ([:], [:], [:], [:], nil)
            (troubles, told) = ([:], [])
            open()
        }
        guard self.query != query else { return }
        if self.query?.numbers != query.numbers || self.query?.reviewed.isSuperset(of: query.reviewed) != true {
            nextLook = nil
        }
        self.query = query
        await signal.wake()
    }

    /// Shows a request like this, from now on or after a while.
    func want(_ presentation: RequestPresentation, after pause: Duration = .zero) async {
        guard forge != nil else { return }
        wantedAt[presentation.branch] = tools.now()
        guard wanted[presentation.branch] != presentation else { return }
        wanted[presentation.branch] = presentation
        failures[presentation.branch] = pause > .zero ? (0, tools.now() + pause) : nil
        await signal.wake()
    }

    /// Leaves a request as it is shown.
    func leave(_ branch: String) {
        wanted[branch] = nil
        wantedAt[branch] = nil
        shown[branch] = nil
        troubles[branch] = nil
    }

    /// Shows nothing more until the loop says so: another controller has its place.
    func rest() {
        guard !wanted.isEmpty || query != nil else { return }
        (wanted, wantedAt, shown, failures, troubles, query) = ([:], [:], [:], [:], [:], nil)
    }

    /// Looks again soon: somebody says that something happened there.
    public func lookNow() async {
        // The clock may have been set back since.
        let now = tools.now(), soonest = min(sight.map { $0.time + .seconds(2) } ?? now, now + .seconds(2))
        nextLook = soonest > now ? min(nextLook ?? soonest, soonest) : nil
        await signal.wake()
    }

    private func open() {
        guard let settings else { return }
        do throws(FieldErrors) {
            forge = try forges.make(settings.plugin, as: (any Forge).self)
        } catch {
            trouble("the forge of martlet.yaml cannot be used: \(error)", with: Self.everything)
        }
    }

    // MARK: The work

    /// Works until stopped; `wake` is called when the loop has something to look at.
    public func run(wake: @escaping @Sendable () async -> Void) async {
        self.wake = wake
        while await !signal.isStopped {
            let pause = await work()
            await signal.wait(for: pause)
        }
    }

    public nonisolated func stop() async { await signal.stop() }

    /// Looks and shows what is due, once. Returns when there is something to do again.
    @discardableResult
    public func work() async -> Duration {
        guard forge != nil, query != nil else { return pace }
        await lookIfDue()
        for branch in wanted.keys.sorted() {
            // The settings may name another one by now.
            guard let forge else { break }
            await show(branch, on: forge)
            // Much to show takes long, and what people said meanwhile must not grow old.
            if sight.map({ tools.now() - $0.time >= pace }) ?? true { await lookIfDue() }
        }
        // Once for all pages that are new.
        if nextLook == nil { await lookIfDue() }
        if let quiet, quiet.until > tools.now() { return quiet.until - tools.now() }
        let times = [nextLook].compactMap(\.self) + wanted.keys.compactMap { dueTime($0) }
        return max(.milliseconds(100), (times.min() ?? tools.now() + pace) - tools.now())
    }

    private var isQuiet: Bool { quiet.map { $0.until > tools.now() } ?? false }

    /// A failure that is not of one request alone stops all the others, too, for a while.
    private func heed(_ error: any Error) {
        guard let failure = error as? any ForgeTrouble, failure.isGeneral else { return }
        let count = (quiet?.count ?? 0) + 1
        var pause = Duration.seconds(5).doubled(after: count, upTo: Self.slowest)
        if case .wait(let asked) = failure.remedy { pause = max(asked, .seconds(1)) }
        quiet = (tools.now() + pause, count)
    }

    private func lookIfDue() async {
        guard let forge, let query, !isQuiet, nextLook.map({ tools.now() >= $0 }) ?? true else { return }
        nextLook = tools.now() + pace
        let asked = settings
        do {
            let found = try await forge.look(for: query, using: tools).sorted { $0.number < $1.number }
            // The settings may have changed while the forge answered; what another one says counts for nothing.
            guard settings == asked, settings != nil, self.query != nil else { return }
            (lookFailures, quiet) = (0, nil)
            let isNews = found != sight?.pulls
            if isNews { rounds += 1 }
            sight = Sight(pulls: found, time: tools.now(), round: rounds)
            let running = found.filter { $0.state == .open }.compactMap { pull in pull.pipeline.map { (pull.head, $0) }
            }
            pipelines = Dictionary(running) { $0.number > $1.number ? $0 : $1 }
            let wasTroubled = troubles[Self.everything] != nil
            recover(Self.everything)
            if isNews || wasTroubled { await wake() }
        } catch {
            lookFailures += 1
            nextLook = tools.now() + pace.doubled(after: lookFailures, upTo: Self.slowest)
            heed(error)
            // One look that fails is no news of a request.
            if trouble("\(error)", with: Self.everything, isKept: lookFailures > 1) { await wake() }
        }
    }

    private func presentation(of branch: String) -> RequestPresentation? {
        guard var presentation = wanted[branch] else { return nil }
        presentation.pipeline = pipelines[presentation.head]
        return presentation
    }

    /// When a presentation is to be shown; `nil` where it is shown as wanted.
    private func dueTime(_ branch: String) -> Timestamp? {
        guard let presentation = presentation(of: branch) else { return nil }
        if let failure = failures[branch] { return failure.retryAt }
        guard let last = shown[branch], last.presentation == presentation else { return tools.now() }
        return last.until
    }

    private func show(_ branch: String, on forge: any Forge) async {
        guard !isQuiet, let asked = wanted[branch], let presentation = presentation(of: branch),
            let due = dueTime(branch),
            due <= tools.now()
        else { return }
        if case .merge = presentation.page?.wish, let since = wantedAt[branch], tools.now() - since > Self.freshness {
            failures[branch] = (failures[branch]?.count ?? 0, tools.now() + Self.freshness / 4)
            return
        }
        do {
            let result = try await forge.show(presentation, using: tools)
            (failures[branch], quiet) = (nil, nil)
            shown[branch] = (presentation, tools.now() + Self.trust)
            if presentation.page?.wish == .close, wanted[branch] == asked { leave(branch) }
            recover(branch)
            // The loop learns of a page that is new, and of a merge, by the next look.
            let isKnown = sight?.pulls.contains { $0.number == result?.number && $0.state == result?.state } ?? false
            if result != nil, !isKnown { nextLook = nil }
        } catch {
            let count = (failures[branch]?.count ?? 0) + 1
            failures[branch] = (count, tools.now() + Duration.seconds(5).doubled(after: count, upTo: Self.slowest))
            heed(error)
            let isNews = trouble("\(error)", with: branch)
            // Who waits for a merge is told why there is none.
            if isNews, case .merge = presentation.page?.wish { await wake() }
        }
    }

    /// Keeps what fails, and says it once until all goes well again. Returns whether it was not known.
    @discardableResult
    private func trouble(_ words: String, with branch: String, isKept: Bool = true) -> Bool {
        let line = branch == Self.everything ? words : "\(branch): \(words)"
        tell(Event(told.insert(line).inserted ? .warning : .debug, line))
        if told.count > 1000 { told = [line] }
        guard isKept else { return false }
        defer { troubles[branch] = words }
        return troubles[branch] != words
    }

    private func recover(_ branch: String) {
        troubles[branch] = nil
        guard !told.isEmpty, troubles.isEmpty else { return }
        told = []
        tell(Event(.info, "the forge answers again"))
    }
}
