import Domain

/// What the controller knows of requests between passes. All of it is found out again after a restart.
struct RequestMemory: Sendable {
    /// The heads of the branches that are requests.
    var heads: [Unit: ObjectID] = [:]
    /// What the record says.
    var statuses: [Unit: RequestStatus] = [:]
    /// The record's commit that the statuses were read from or written to; no value before the first look.
    var recordTip: ObjectID??
    /// Those whose status the record had and has no more: they are written again.
    var lost: Set<Unit> = []
    var judged: [Unit: JudgedRequest] = [:]
    /// What the remote did not take, by ``RequestMemory/key(of:)``.
    var refusals: [String: PushRefusal] = [:]
    /// Who agreed to each of the deployments that a request moves, when it was judged last: the commit that merges it names them.
    var agreed: [Unit: [Unit: [Approval]]] = [:]
    /// Why merges rest that the remote did not take, several in a row.
    var refusedMerges: PushRefusal?
    /// Whether the remote takes merges only if they leave the branches where they are.
    var keepsBranches = false
    /// Those that cannot have their branch, as another's name is in the way.
    var crowdedOut: Set<Unit> = []
    /// Those whose record changed since it was last asked.
    private var news: Set<Unit> = []

    /// As it was judged last; the record leaves out what only measured values have changed.
    func newest(_ unit: Unit) -> RequestStatus? {
        guard let recorded = statuses[unit], !recorded.isOver, let judged = judged[unit]?.status,
            judged.head == recorded.head, judged.state == recorded.state
        else { return statuses[unit] }
        return judged
    }

    /// What the record still calls a request though its branch is gone.
    func leftOver(_ unit: Unit) -> RequestStatus? { statuses[unit].flatMap { $0.isOver ? nil : $0 } }

    mutating func note(_ status: RequestStatus) {
        statuses[status.unit] = status
        news.insert(status.unit)
    }

    mutating func takeNews() -> Set<Unit> {
        defer { news = [] }
        return news
    }

    /// A branch that may not be deleted may well be moved.
    static func key(of update: ReferenceUpdate) -> String { (update.new == nil ? "-" : "") + update.name }

    /// Where ``refusals`` has what the remote said of a request's merge.
    static func mergeKey(of unit: Unit) -> String { "merge \(unit)" }

    /// Whether it is too early to push a reference again that the remote did not take.
    func rests(_ reference: String, at now: Timestamp) -> Bool { refusals[reference].map { now < $0.until } ?? false }

    /// Requests whose branch is gone, and not by Martlet, which would have said why; and of those that it took back or could not open, the
    /// ones whose deployment is no more.
    func gone(_ isThere: (Unit) -> Bool) -> [RequestStatus] {
        statuses.values.filter { status in
            guard heads[status.unit] == nil, !status.isOver else { return false }
            let isPending = !status.isOwn || status.state == .open || status.state == .ready
            return status.hasHead && isPending || !isThere(status.unit)
        }.sorted { $0.unit < $1.unit }
    }

    /// Whether a request was not judged at this head, or one of the deployments that it moves was looked at again.
    func mustJudge(_ unit: Unit, _ head: ObjectID, touched: Set<Unit>) -> Bool {
        guard let known = judged[unit], known.status.head == head else { return true }
        return touched.contains(unit) || known.units.contains { touched.contains($0) }
    }
}

/// A request as it was judged: its verdict, and what it changes.
struct JudgedRequest: Sendable {
    var status: RequestStatus
    let content: RequestContent

    /// The deployments that the verdict depends on.
    var units: [Unit] { status.moves.map { Unit(environment: status.unit.environment, model: $0.model) } }
}

/// What a pass writes of requests, in the same push as everything else where the remote takes it so.
struct RequestDraft: Sendable {
    /// Verdicts that are new.
    var statuses: [Unit: RequestStatus] = [:]
    /// Verdicts on heads that are replaced: their notes alone are written.
    var replaced: [RequestStatus] = []
    /// Branches that are opened, moved on or deleted.
    var branches: [ReferenceUpdate] = []
    /// Those whose record was lost, and is written again.
    var lost: Set<Unit> = []
    /// What is told once it is done.
    var words: [Unit: String] = [:]
    /// Whether verdicts are written as notes, too.
    var isNoted = true

    var isEmpty: Bool { statuses.isEmpty && branches.isEmpty && lost.isEmpty }

    /// What is true whatever becomes of the branches.
    var verdicts: RequestDraft {
        let bound = bound
        return RequestDraft(
            statuses: statuses.filter { !bound.contains($0.key) }, lost: lost,
            words: words.filter { !bound.contains($0.key) },
            isNoted: isNoted)
    }

    /// These branches, with what is true only once they are moved.
    func only(_ branches: [ReferenceUpdate]) -> RequestDraft {
        let bound = bound.intersection(branches.compactMap { RequestName.unit(of: $0.name) })
        return RequestDraft(
            statuses: statuses.filter { bound.contains($0.key) }, replaced: replaced.filter { bound.contains($0.unit) },
            branches: branches, words: words.filter { bound.contains($0.key) }, isNoted: isNoted)
    }

    /// Whether a branch goes because a person closed its request.
    func closes(_ branch: ReferenceUpdate) -> Bool {
        branch.new == nil && RequestName.unit(of: branch.name).flatMap { statuses[$0]?.state } == .closed
    }

    /// The requests whose status says where the branch is. One that is taken back is stale all the same while its branch is there.
    private var bound: Set<Unit> {
        Set(
            branches.compactMap { branch in
                branch.new != nil || closes(branch) ? RequestName.unit(of: branch.name) : nil
            })
    }
}
