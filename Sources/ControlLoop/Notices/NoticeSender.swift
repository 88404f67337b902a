import Domain

/// Tells people what happened: a run of its own beside the loop, which meets the others in Git alone.
///
/// What happened is read from Martlet's records, `refs/martlet/status`, `requests` and `evidence`, and from the branch; what was told
/// is written to `refs/martlet/notices`. So a restart repeats only what was told and not yet written down, and forgets nothing.
public actor NoticeSender {
    private let surroundings: Surroundings
    private let controller: Controller

    private var book = NoticeBook()
    /// The commit of the record that the book was read from or written to; no value before the first look.
    private var bookTip: ObjectID??
    private var queues: [String: NotifierQueue] = [:]
    private var watched: ObjectID?
    /// Whom something is being handed to just now: each takes one delivery after another, and none waits for the others.
    private var sending: [String: Task<Void, Never>] = [:]
    /// Deliveries that have ended, and that no round has taken in yet.
    private var ended: [(name: String, delivery: DeliveryResult)] = []
    /// Called when a delivery has ended; `nil` outside a loop, where a round waits for all that it began.
    private var wake: (@Sendable () async -> Void)?
    /// A clock that nobody sets.
    private let uptime: @Sendable () -> ContinuousClock.Instant

    /// A notifier that is new is told what happened since so long.
    private static let prologue: Duration = .seconds(600)
    /// So many are told at the same time.
    private static let width = 16

    public init(
        _ surroundings: Surroundings, _ controller: Controller,
        uptime: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.surroundings = surroundings
        self.controller = controller
        self.uptime = uptime
    }

    /// From now on a round waits for no delivery; `wake` is called when one has ended, and there is something to take in.
    func sendBeside(wake: @escaping @Sendable () async -> Void) { self.wake = wake }

    /// Waits for what is being handed over, and takes it in.
    func stop() async {
        for task in Array(sending.values) { await task.value }
        guard !ended.isEmpty, let context = await controller.noticeContext() else { return }
        _ = takeIn()
        try? await writeBook(context)
    }

    /// What one round did.
    public struct Round: Hashable, Sendable {
        /// Whether somebody was told what a check waits for.
        public var mayOpenGates = false
        /// How long until there is something to do though nothing moves.
        public var wait: Duration?
    }

    /// Tells some of what is to be told. Throws nothing: what fails is said, and tried again, ever more slowly.
    public func round() async -> Round {
        guard let context = await controller.noticeContext() else { return Round() }
        do {
            return try await round(context)
        } catch {
            surroundings.tell(Event(.warning, "cannot look for what people are to be told: \(error)"))
            return Round(wait: .seconds(30))
        }
    }

    /// Goes on until nothing can be told at once. Returns whether somebody was told what a check waits for.
    public func settle() async -> Bool {
        var mayOpenGates = false
        for _ in 0..<1000 {
            let round = await round()
            mayOpenGates = mayOpenGates || round.mayOpenGates
            guard round.wait == .zero else { break }
        }
        return mayOpenGates
    }

    private func round(_ context: NoticeContext) async throws -> Round {
        let settings = context.settings.notifications
        try await readBook(context)
        var mayOpenGates = takeIn()
        try await watchDependencies(context)
        try await collect(settings, context)
        for one in settings where sending.count < Self.width && sending[one.name] == nil {
            if let items = queues[one.name]?.handOut(at: uptime()), !items.isEmpty {
                begin(items, to: one)
            }
        }
        if wake == nil {
            for task in Array(sending.values) { await task.value }
            mayOpenGates = takeIn() || mayOpenGates
        }
        try await writeBook(context)
        let now = uptime()
        let waits = settings.filter { sending[$0.name] == nil }.compactMap { queues[$0.name]?.wait(at: now) }
        // Where no more can be told at the same time, the end of a delivery wakes it.
        return Round(
            mayOpenGates: mayOpenGates,
            wait: ended.isEmpty ? waits.filter { $0 > .zero || sending.count < Self.width }.min() : .zero)
    }

    /// Hands notices over beside all else.
    private func begin(_ items: [PendingNotice], to settings: NotificationSettings) {
        sending[settings.name] = Task { [surroundings] in
            let delivery = await DeliveryResult.of(items, through: settings, surroundings)
            sending[settings.name] = nil
            ended.append((settings.name, delivery))
            await wake?()
        }
    }

    /// Takes in how deliveries went. Returns whether one told of dependencies.
    private func takeIn() -> Bool {
        let all = ended
        ended = []
        return all.reduce(false) { mayOpenGates, one in accept(one.delivery, one.name) || mayOpenGates }
    }

    /// Takes in how a delivery went. Returns whether it told of dependencies.
    private func accept(_ delivery: DeliveryResult, _ name: String) -> Bool {
        guard var queue = queues[name] else { return false }
        let now = surroundings.tools.now()
        let lost = queue.accept(delivery, at: uptime(), now)
        for item in delivery.taken {
            surroundings.tell(Event(.debug, "told \(name): \(item.notice.headline)", [("notifier", name)]))
            for (model, paths) in item.dependencies { book.tell(paths, of: model, through: name, at: now) }
        }
        for (item, why) in delivery.refused {
            tell(.warning, "\(name) does not take '\(item.notice.headline)': \(why)", name)
        }
        if let why = delivery.failure {
            let wait = queue.wait(at: uptime()).map { "; again in \($0.text)" } ?? ""
            tell(.warning, "cannot tell \(name): \(why)\(wait)", name)
        }
        for notice in lost {
            tell(.error, "\(name) did not take this for a day, and is not told: \(notice.headline)", name)
        }
        if !delivery.taken.isEmpty || !lost.isEmpty {
            queue.settle(at: now)
            book.set(queue.record, of: name)
        }
        queues[name] = queue
        return delivery.taken.contains { !$0.dependencies.isEmpty }
    }

    private func tell(_ level: Event.Level, _ text: String, _ name: String) {
        surroundings.tell(Event(level, text, [("notifier", name)]))
    }
}

// What is to be told.
extension NoticeSender {
    /// Puts what happened since the last look before each notifier that is for it.
    private func collect(_ settings: [NotificationSettings], _ context: NoticeContext) async throws {
        let names = Set(settings.map(\.name))
        for name in queues.keys where !names.contains(name) { queues[name] = nil }
        let trust = context.trust
        let here = try await surroundings.store.read { try NoticePosition(trust, $0) }
        var read: [NoticePosition: [Notice]] = [:]
        for one in settings {
            if queues[one.name] == nil { try await greet(one, here, context) }
            guard var queue = queues[one.name], queue.read != here else { continue }
            let reader = NoticeReader(
                context: context, start: .at(queue.read), lost: queue.record.time)
            var notices = read[queue.read]
            if notices == nil { notices = try await surroundings.store.read { try reader.read($0).notices } }
            read[queue.read] = notices
            queue.read = here
            queue.post((notices ?? []).filter(one.accepts).map { PendingNotice($0) })
            queues[one.name] = queue
        }
        for notice in calls(context) {
            for one in settings where one.accepts(notice) { queues[one.name]?.post([PendingNotice(notice)]) }
        }
    }

    /// Begins with a notifier: where its record ends, or, for a new one, a few minutes ago.
    private func greet(_ settings: NotificationSettings, _ here: NoticePosition, _ context: NoticeContext) async throws
    {
        let now = surroundings.tools.now()
        if let record = book.notifiers[settings.name] {
            queues[settings.name] = NotifierQueue(record)
        } else {
            let start = now + (.zero - Self.prologue)
            let reader = NoticeReader(context: context, start: .since(start), lost: start)
            let found = try await surroundings.store.read { try reader.read($0) }
            var queue = NotifierQueue(NotifierRecord(position: found.start, began: start, time: now))
            queue.read = here
            queue.post(found.notices.filter(settings.accepts).map { PendingNotice($0) })
            // Written down whether or not it takes anything: from then on it is not new any more.
            book.set(queue.record, of: settings.name)
            queues[settings.name] = queue
        }
        post(book.dependencies, to: settings, context)
    }

    /// Puts changes of dependencies before a notifier: those that nobody was told, and those that are news to it.
    private func post(
        _ found: [String: [DependencyChange]], to settings: NotificationSettings, _ context: NoticeContext
    ) {
        guard let began = queues[settings.name]?.record.began else { return }
        let items = found.sorted { $0.key < $1.key }.flatMap { model, changes in
            let untold = changes.filter {
                $0.told.isEmpty || $0.told[settings.name] == nil && $0.seen >= began
            }
            return Dictionary(grouping: untold, by: \.commit).values.compactMap { some -> PendingNotice? in
                let notice = DependencyChange.notice(of: some, model, context)
                guard let notice, settings.accepts(notice) else { return nil }
                return PendingNotice(notice, dependencies: [model: Set(some.map(\.path))])
            }
        }
        queues[settings.name]?.post(items.sorted { $0.notice.time < $1.notice.time })
    }

    /// Looks which dependencies changed since the last look.
    private func watchDependencies(_ context: NoticeContext) async throws {
        guard watched != context.tip else { return }
        let watch = DependencyWatch(context: context, language: surroundings.language, now: surroundings.tools.now())
        let found: [String: [DependencyChange]]
        if let start = watched ?? book.watched {
            found = try await surroundings.store.read { try watch.changes(since: start, $0) }
        } else {
            let pins = await controller.pinnedRevisions()
            found = try await surroundings.store.read { try watch.differences(among: pins, $0) }
        }
        book.watch(context.tip, found)
        watched = context.tip
        for one in context.settings.notifications { post(found, to: one, context) }
    }

    /// What stops everything until a person does something about it, and stands in no record.
    private func calls(_ context: NoticeContext) -> [Notice] {
        func call(_ source: String, _ words: String) -> Notice {
            Notice(.needsPerson, from: source, words, commit: context.tip, at: surroundings.tools.now())
        }
        let rewritten = context.rewritten.map { observed in
            call(
                "rewritten \(observed)",
                "the branch was rewritten: \(observed.short), up to which Martlet had read it, is gone. "
                    + "Promotion stops until a person accepts that: martlet reconcile --accept-rewrite")
        }
        let doubts = context.trust.doubts.map { doubt in
            call("record \(doubt.reference) \(doubt.tip)", "\(LoopError.doubted(doubt))")
        }
        return [rewritten].compactMap(\.self) + doubts + (context.signingProblem.map { [call("unsigned", $0)] } ?? [])
    }
}

// What was told.
extension NoticeSender {
    private func readBook(_ context: NoticeContext) async throws {
        let store = NoticeStore(context.trust)
        let last = bookTip
        let found = try await surroundings.store.read { reader in
            let tip = try reader.tip(of: store.reference, store.belief)
            return last == .some(tip) ? nil : try store.read(reader)
        }
        guard let (tip, other) = found else { return }
        book.rebase(onto: other)
        bookTip = .some(tip)
        for (name, record) in book.notifiers { queues[name]?.learn(record) }
    }

    /// Writes down what was told. Where somebody else was faster, on top of what they wrote; where it fails, with the next round.
    private func writeBook(_ context: NoticeContext) async throws {
        let store = NoticeStore(context.trust)
        // What must not be written is remembered, and may be told again after a restart.
        guard store.belief.doubt == nil, context.signingProblem == nil else { return }
        for _ in 0..<3 where !book.unsaved.isEmpty {
            let (now, paths, author) = (book, book.unsaved, context.author)
            guard let draft = try await surroundings.store.write({ try store.write(now, by: author, $0) }) else {
                book.markSaved(paths)
                return
            }
            guard let update = try await controller.signed([draft]).first else { return }
            surroundings.step("before-notices")
            guard try await Publisher(remote: surroundings.remote, step: surroundings.step).publish([update]) else {
                // Whether what others wrote is believed, the loop finds out.
                guard store.belief == .all else { return }
                try await surroundings.remote.fetch([store.reference])
                bookTip = nil
                try await readBook(context)
                continue
            }
            try await surroundings.store.write { writer in
                if try writer.resolve(update.name) == update.old {
                    _ = try writer.move(update.name, from: update.old, to: update.new, reason: "martlet: published")
                }
            }
            try await controller.noteOwn([update])
            book.markSaved(paths)
            bookTip = .some(update.new)
        }
    }
}
