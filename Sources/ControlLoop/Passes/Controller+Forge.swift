import Domain

/// The forge's part in the loop: what people did there comes in, and what was decided goes out. No pass waits for it.
extension Controller {
    private static let stale = Duration.seconds(600)

    private var forgeSettings: ForgeSettings? { surroundings.forge == nil ? nil : snapshot?.settings.forge }

    /// Whether Martlet's own push merges a request, or the forge at the head that was judged.
    var leavesMergingToForge: Bool { forgeSettings?.merge == .forge }

    /// Takes over what was seen on the forge. Returns whether it is news.
    func lookAtForge() async -> Bool {
        let forgeSync = snapshot?.settings.forge == nil ? nil : surroundings.forge
        let troubles = await forgeSync?.troubles ?? [:]
        guard let sight = await forgeSync?.sight else {
            // Nothing that another forge said counts here.
            let isNews = troubles != forge.troubles
            if forge.time != nil || isNews { forge = ForgeView() }
            forge.troubles = troubles
            if isNews { touched.models.formUnion(requests.heads.keys.map(\.model)) }
            return isNews
        }
        guard sight.round != forge.round || troubles != forge.troubles else {
            forge.time = sight.time
            return false
        }
        var seen = ForgeView(sight, into: branch)
        seen.troubles = troubles
        let changed =
            forge.time == nil || troubles != forge.troubles
            ? Set(requests.heads.keys) : seen.units(differingFrom: forge)
        forge = seen
        for unit in changed.union(seen.requests.keys.filter { requests.judged[$0]?.status.page == nil }) {
            touched.models.insert(unit.model)
        }
        return true
    }

    /// What people did with a request's page: they may close, merge or object to it.
    func heedForge(_ status: inout RequestStatus) {
        guard let settings = forgeSettings else { return }
        let last = requests.statuses[status.unit].flatMap { $0.state == .merged ? nil : $0 }
        let pull = forge.pull(for: status.unit, known: last?.page?.number)
        status.page = pull.map { .init(number: $0.number, url: Excerpt.line($0.url, limit: 500)) } ?? last?.page
        let page = status.page?.url ?? "the forge"
        switch pull?.state {
        case .merged where status.state == .stale || status.state == .merged:
            (status.state, status.reason) = (.merged, "merged on \(page)")
            status.commit = pull?.merged
        case .closed where pull?.head == status.head || pull?.head == .zero:
            (status.state, status.blockers) = (.closed, [])
            status.reason = "closed on \(page); open it again there, or push its branch again"
        // Git is not seen to have it yet.
        case .merged where pull?.head == status.head: break
        case .closed, .merged: status.page = nil
        default:
            if settings.reviews { status.add(objections(pull, settings.people)) }
            if pull?.isDraft == true {
                status.add([
                    Blocker(
                        .person, "draft", "\(page) is a draft",
                        unblockedBy: "whoever opened it says that it is ready for review")
                ])
            }
            // It stays ready: the forge is asked again and again.
            if settings.merge == .forge, status.state == .ready,
                let words = forge.troubles[status.unit.request] ?? forge.troubles[ForgeSync.everything]
            {
                status.reason += ", but the forge does not merge it: \(Excerpt.line(words, limit: 300))"
            }
        }
    }

    /// What reviews hold against a request, and that nobody knows them. Strangers object to nothing: anybody may have a login.
    private func objections(_ pull: PullRequest?, _ people: [String: String]) -> [Blocker] {
        let now = surroundings.tools.now()
        guard let time = forge.time, now - time < Self.stale else {
            return [
                Blocker(
                    .person, "forge", "the forge has not said what people think of it",
                    unblockedBy: "the forge answers again", nextLook: now + .seconds(60))
            ]
        }
        if let gap = pull?.gap {
            return [
                Blocker(
                    .person, "forge", "what people think of it cannot be seen: \(Excerpt.line(gap, limit: 300))",
                    unblockedBy: "the forge answers, or its token may see that", nextLook: now + .seconds(60))
            ]
        }
        let logins = Set(people.keys.map { $0.lowercased() })
        return (pull?.objections ?? []).filter { logins.contains($0.person.lowercased()) }.map { review in
            let who = Excerpt.line(review.person)
            return Blocker(
                .person, who, "\(who) asks for changes on \(Excerpt.line(pull?.url ?? "the forge", limit: 500))",
                unblockedBy: "\(who) approves it, or somebody dismisses that review")
        }
    }

    /// Who has agreed to a request there, as far as it counts.
    func reviews(of request: (unit: Unit, head: ObjectID), bringing version: VersionName, _ snapshot: Snapshot)
        async throws -> Approvals
    {
        guard let settings = forgeSettings, settings.reviews, let time = forge.time,
            surroundings.tools.now() - time < Self.stale, let pull = forge.pull(for: request.unit, known: nil)
        else { return Approvals() }
        return try await approvals.approvals(
            by: pull, people: settings.people, of: request.head, since: snapshot.revision, bringing: version,
            into: request.unit.environment, policy: snapshot)
    }

    // MARK: Out

    /// Hands over what the forge is to show: the requests that were judged or ended in this pass, and other pull requests.
    func showOnForge(_ units: [Unit], _ snapshot: Snapshot, except rolledBack: Set<String>) async {
        guard let forgeSync = surroundings.forge, !options.isDryRun else { return }
        await forgeSync.serve(
            snapshot.settings.forge,
            PullRequestQuery(
                into: branch,
                reviewed: snapshot.settings.forge?.reviews == true ? Set(requests.heads.keys.map(\.request)) : [],
                numbers: Set(requests.heads.keys.compactMap { requests.statuses[$0]?.page?.number })))
        guard let settings = snapshot.settings.forge else { return }
        let news = requests.takeNews()
        // Pages without a branch: of a controller before this one, or of a forge that does not close them by itself.
        let left = forge.requests.filter { unit, pull in
            requests.heads[unit] == nil && requests.statuses[unit]?.page?.number == pull.number
        }
        let judged = units.filter { requests.heads[$0] != nil }
        for unit in news.union(judged).union(left.keys).sorted() {
            guard let status = requests.newest(unit), status.hasHead else { continue }
            // Before the first look nobody knows who agreed: what its page says since the last start is nearer to the truth.
            if settings.reviews, forge.time == nil, status.page != nil, !status.isOver { continue }
            do {
                try await show(
                    status, on: forgeSync, snapshot, mayMerge: !rolledBack.contains(unit.environment))
            } catch {
                surroundings.tell(Event(.error, "\(unit.request) cannot be shown on the forge: \(error)"))
            }
        }
        await showProposals(on: forgeSync, Set(units), snapshot)
    }

    private func show(_ status: RequestStatus, on forgeSync: ForgeSync, _ snapshot: Snapshot, mayMerge: Bool)
        async throws
    {
        let presenter = RequestPresenter(base: branch)
        guard !status.isOver else {
            guard status.page != nil else { return await forgeSync.leave(status.unit.request) }
            let presentation = presenter.presentation(status, title: status.unit.request, report: nil)
            // A merge is noticed there by itself; only what is not is closed.
            let pause = status.state == .merged ? Duration.seconds(10) : .zero
            return await forgeSync.want(presentation, after: pause)
        }
        var status = status, lines: [Substring] = []
        let judged = requests.judged[status.unit].flatMap { $0.status.head == status.head ? $0 : nil }
        if judged == nil, status.state == .ready {
            // What was recorded, or is said of what was only just proposed, is no verdict on this head.
            (status.state, status.reason) = (.open, "it is being judged")
        }
        if let judged {
            lines = try await promotion(of: judged, snapshot).message.split(
                separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        }
        let title = lines.first.map(String.init) ?? "Promote \(status.unit.model) to \(status.unit.environment)"
        let message = lines.dropFirst().first.map { String($0.drop { $0 == "\n" }) } ?? ""
        let isMerging = leavesMergingToForge && mayMerge && judged?.status.state == .ready
        // A verdict does not stay true: the sync merges only on one that is fresh.
        if isMerging { timers.set(status.unit, at: surroundings.tools.now() + ForgeSync.freshness / 2) }
        let report = try await report(of: status, snapshot)
        await forgeSync.want(
            presenter.presentation(status, title: title, report: report, merge: isMerging ? message : nil))
    }

    /// What is known of the versions that a request moves.
    private func report(of status: RequestStatus, _ snapshot: Snapshot) async throws -> RequestReport {
        var parts: [RequestReport.Part] = []
        for (index, move) in status.moves.enumerated() {
            let unit = Unit(environment: status.unit.environment, model: move.model)
            let plan = plans[unit].flatMap { $0.candidate?.revision == move.new.revision ? $0 : nil }
            var part = RequestReport.Part(
                model: move.model, candidate: move.new.label, running: move.old?.label,
                blockers: index == 0 ? status.blockers : [], evidence: plan?.evidence ?? [])
            part.sections = (plan?.scorecard?.sections ?? []).map {
                .init($0.name, points: $0.score, of: $0.rows.count)
            }
            if let current = await deployedVersion(of: unit, snapshot).known?.version {
                let (store, checks) = (evidenceStore, Set(part.evidence.map(\.check)))
                part.before = try await surroundings.store.read { try store.newest(of: current, checks, $0) }
            }
            parts.append(part)
        }
        return RequestReport(environment: status.unit.environment, parts: parts)
    }
}

extension RequestStatus {
    /// Adds what only people can take away; a request that was ready is so no more.
    fileprivate mutating func add(_ more: [Blocker]) {
        guard !more.isEmpty, state == .open || state == .ready else { return }
        blockers += more
        state = .open
        reason = Controller.waiting(for: blockers)
    }
}
