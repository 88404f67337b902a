import Domain

/// What the controller knows of requests between passes. All of it is found out again after a restart.
struct RequestDesk: Sendable {
    /// The heads of the branches that are requests.
    var heads: [Unit: ObjectID] = [:]
    /// What the record says.
    var statuses: [Unit: RequestStatus] = [:]
    /// The record's commit that the statuses were read from or written to; no value before the first look.
    var recordTip: ObjectID??
    /// Those whose status the record had and has no more: they are written again.
    var lost: Set<Unit> = []
    var judged: [Unit: JudgedRequest] = [:]
    /// Those whose record changed since it was last asked.
    private var news: Set<Unit> = []

    /// As it was judged last; the record leaves out what only measured values have changed.
    func newest(_ unit: Unit) -> RequestStatus? {
        guard let recorded = statuses[unit], !recorded.isOver, let judged = judged[unit]?.status,
            judged.head == recorded.head, judged.state == recorded.state
        else { return statuses[unit] }
        return judged
    }

    mutating func note(_ status: RequestStatus) {
        statuses[status.unit] = status
        news.insert(status.unit)
    }

    mutating func takeNews() -> Set<Unit> {
        defer { news = [] }
        return news
    }

    /// Requests whose branch is gone, and not by Martlet, which would have said why.
    var gone: [RequestStatus] {
        statuses.values.filter { status in
            heads[status.unit] == nil && !status.isOver
                && (!status.isOwn || status.state == .open || status.state == .ready)
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

/// What a pass writes of requests, in the same push as everything else.
struct RequestDraft: Sendable {
    /// Verdicts that are new.
    var statuses: [Unit: RequestStatus] = [:]
    /// Verdicts on heads that are replaced: their notes alone are written.
    var replaced: [RequestStatus] = []
    /// Branches that are opened, moved on or deleted.
    var branches: [ReferenceUpdate] = []

    var isEmpty: Bool { statuses.isEmpty && branches.isEmpty }
}
