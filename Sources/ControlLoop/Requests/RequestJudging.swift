import Domain

extension Controller {
    var requestStore: RequestStore { RequestStore(trust) }

    /// Takes in which requests there are, and adds the deployments of those that are new, changed or gone.
    func withRequested(_ units: [Unit], _ snapshot: Snapshot) async throws -> [Unit] {
        try await readRequests()
        var all = units
        var known = Set(units)
        for (unit, head) in requests.heads.sorted(by: { $0.key < $1.key })
        where requests.judged[unit]?.status.head != head && known.insert(unit).inserted {
            all.append(unit)
        }
        all += requests.gone(snapshot.names).map(\.unit).filter { known.insert($0).inserted }
        for unit in requests.crowdedOut.sorted() where branchInTheWay(of: unit) == nil {
            requests.crowdedOut.remove(unit)
            if known.insert(unit).inserted { all.append(unit) }
        }
        return all
    }

    func readRequests() async throws {
        requests.heads = [:]
        for (name, head) in seen {
            if let unit = RequestName.unit(of: name) {
                requests.heads[unit] = head
            } else if RequestName.isMeant(name), told.branches.insert(name).inserted {
                let words = Excerpt.line(String(name.dropFirst("refs/heads/".utf8.count)), limit: 300)
                surroundings.tell(
                    Event(
                        .warning, "\(words) is no request: there can be no deployment of that name; delete or rename it"
                    ))
            }
        }
        if told.branches.count > 10_000 { told.branches = [] }
        for unit in requests.judged.keys where requests.heads[unit] == nil { requests.judged[unit] = nil }
        try await readRecord()
    }

    /// Judges the requests that something changed for. Returns those that may be merged.
    func judgeRequests(_ units: [Unit], _ snapshot: Snapshot, _ draft: inout BranchDraft) async throws
        -> [JudgedRequest]
    {
        try await closeGone(snapshot, &draft)
        var ready: [JudgedRequest] = []
        let touched = Set(units)
        for (unit, head) in requests.heads.sorted(by: { $0.key < $1.key })
        where requests.mustJudge(unit, head, touched: touched) {
            do {
                surroundings.step("before-judge")
                let judged = try await judge(unit, head, snapshot)
                requests.judged[unit] = judged
                // An approval that is still to come moves nothing when it has come.
                let approvals = judged.status.blockers.filter { $0.kind == .approval }
                if let next = approvals.compactMap(\.nextLook).min() { timers.set(unit, at: next) }
                record(judged.status, &draft)
                if try await hasOutlivedPolicy(judged.status, snapshot) {
                    draft.requests.statuses[unit] = judged.status
                }
                if judged.status.state == .ready { ready.append(judged) }
            } catch {
                surroundings.tell(
                    Event(.error, "\(unit.request) cannot be judged: \(Excerpt.line("\(error)", limit: 1000))"))
                timers.set(unit, at: surroundings.tools.now() + .seconds(60))
            }
        }
        return ready
    }

    /// Notes a verdict for the record, if it is news.
    func record(_ status: RequestStatus, _ draft: inout BranchDraft) {
        guard let last = requests.statuses[status.unit] else {
            draft.requests.statuses[status.unit] = status
            return
        }
        if !last.isSame(as: status) { draft.requests.statuses[status.unit] = status }
    }

    /// A branch that is gone was closed by whoever deleted it, or merged by hand.
    private func closeGone(_ snapshot: Snapshot, _ draft: inout BranchDraft) async throws {
        let now = surroundings.tools.now()
        let tip = snapshot.revision
        for status in requests.gone(snapshot.names) {
            let isReached = try await surroundings.store.read { reader in
                (try? reader.commit(status.head)) != nil ? try reader.reaches(status.head, from: tip) : false
            }
            let isMerged = status.isPending && (isReached || Self.isDone(status, on: snapshot))
            draft.requests.statuses[status.unit] =
                isMerged
                ? status.entering(.merged, at: now, wayOfMerge(status))
                : status.entering(
                    .closed, at: now,
                    snapshot.names(status.unit) ? "its branch was deleted" : "its deployment is no more")
        }
    }

    /// Who brought what a request proposes: another request, or a person.
    private func wayOfMerge(_ status: RequestStatus) -> String {
        let other = requests.statuses.values.filter { other in
            other.state == .merged && other.unit != status.unit && other.unit.environment == status.unit.environment
                && status.moves.allSatisfy { move in
                    other.moves.contains { $0.model == move.model && $0.new == move.new }
                }
        }.min { $0.unit < $1.unit }
        return other.map { "merged with \($0.unit.request)" } ?? "merged by hand"
    }

    /// Whether the branch has what a request proposes: a merge by squash or rebase brings the change without the commit.
    private static func isDone(_ status: RequestStatus, on snapshot: Snapshot) -> Bool {
        !status.moves.isEmpty
            && status.moves.allSatisfy {
                snapshot.deployment(of: $0.model, in: status.unit.environment)?.value.pin == $0.new
            }
    }

    /// The verdict on one head: a function of the request, the branch, the evidence and the clock.
    func judge(_ unit: Unit, _ head: ObjectID, _ snapshot: Snapshot) async throws -> JudgedRequest {
        let (tip, language) = (snapshot.revision, surroundings.language)
        let content = try await surroundings.store.write {
            try RequestContent.read(unit, head: head, tip: tip, $0, language)
        }
        let last = requests.statuses[unit].flatMap { $0.head == head ? $0 : nil }
        if let last, last.state == .merged, content.finding == .nothing {
            // Its branch could not be deleted.
            return JudgedRequest(status: last, content: content)
        }
        var status = RequestStatus(
            unit: unit, head: head, tip: tip, state: .open, since: surroundings.tools.now(), reason: "",
            author: content.author.words, isOwn: try await isOwn(head, unit, last))
        switch content.finding {
        case .refused(let reason): (status.state, status.reason) = (.refused, reason)
        case .conflicts(let paths):
            status.state = .conflicting
            status.reason =
                "\(branch) has changed \(RequestContent.names(paths)) as well; rebase the request, or make it anew: "
                + "martlet promote \(unit.model) --to \(unit.environment)"
        case .nothing:
            status.moves = last?.moves ?? []
            let isMerged = last?.isPending == true && (content.base == head || Self.isDone(status, on: snapshot))
            status.state = isMerged ? .merged : .stale
            status.reason = isMerged ? wayOfMerge(status) : "it changes nothing that is not on \(branch) already"
        case .moves(let moves):
            status.moves = moves
            try await judge(&status, snapshot)
        }
        heedForge(&status)
        rememberRefusal(last, &status)
        return JudgedRequest(status: status.bounded, content: content)
    }

    /// What the remote has refused is not pushed again at every look, but ever more seldom, or when its branch moves.
    ///
    /// - Parameter last: What was said of this very head before.
    private func rememberRefusal(_ last: RequestStatus?, _ status: inout RequestStatus) {
        let key = RequestMemory.mergeKey(of: status.unit)
        guard let last, last.isRefusedByRemote else { return requests.refusals[key] = nil }
        guard status.state == .ready else { return }
        let again = requests.refusals[key]?.until ?? last.since + .seconds(60)
        guard surroundings.tools.now() < again else { return }
        timers.set(status.unit, at: again)
        (status.state, status.reason, status.since) = (last.state, last.reason, last.since)
    }

    /// Holds what the request moves against the policy of the branch.
    private func judge(_ status: inout RequestStatus, _ snapshot: Snapshot) async throws {
        requests.agreed[status.unit] = [:]
        var promotions: [(unit: Unit, move: Action.Move)] = []
        for move in status.moves {
            switch try await standing(of: move, by: status, snapshot) {
            case .mayNot(let state, let reason):
                (status.state, status.reason, status.blockers) = (state, reason, [])
                return
            case .may(let version, let blockers):
                status.blockers += blockers
                promotions.append(
                    (
                        Unit(environment: status.unit.environment, model: move.model),
                        Action.Move(model: move.model, old: move.old, new: version)
                    ))
            }
        }
        let together = PromotionGroups(promotions, snapshot, plans)
        status.blockers += together.incomplete.sorted { $0.key < $1.key }.prefix(1).map(\.value)
        status.state = status.blockers.isEmpty ? .ready : .open
        status.reason = Self.waiting(for: status.blockers)
    }

    static func waiting(for blockers: [Blocker]) -> String {
        guard !blockers.isEmpty else { return "the gate is open" }
        var names: [String] = []
        for name in blockers.map({ "\($0.kind.rawValue) \($0.name)" }) where !names.contains(name) {
            names.append(name)
        }
        return "waits for " + names.joined(separator: ", ")
    }
}

extension Snapshot {
    /// Whether the branch has such a deployment.
    fileprivate func names(_ unit: Unit) -> Bool { deployment(of: unit.model, in: unit.environment) != nil }
}
