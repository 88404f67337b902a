import Domain

/// One notifier: what it has been told, what waits for it, and how patient to be with it.
struct NotifierQueue: Sendable {
    private(set) var record: NotifierRecord
    /// How far the records were read for it.
    var read: NoticePosition
    private(set) var waiting: [PendingNotice] = []
    private(set) var failures = 0
    private(set) var retryAt: ContinuousClock.Instant?

    /// What nobody took for so long is given up, and said to be.
    static let patience: Duration = .seconds(86_400)
    /// How many notices one round takes: between rounds what was told is written down, and the controller may end.
    private static let bite = 4

    /// - Parameter record: Whose knowledge it starts from.
    init(_ record: NotifierRecord) {
        self.record = record
        read = record.position
    }

    /// Takes in what somebody else has written down.
    mutating func learn(_ other: NotifierRecord) {
        record.merge(other)
        let told = Set(record.told)
        waiting.removeAll { told.isSuperset(of: $0.ids) }
        guard waiting.isEmpty else { return }
        record.position = other.position
        read = other.position
    }

    mutating func post(_ items: [PendingNotice]) {
        let known = Set(record.told + waiting.flatMap(\.ids))
        waiting = PendingNotice.condensed(waiting + items.filter { !known.isSuperset(of: $0.ids) })
    }

    /// What is to be tried now.
    mutating func handOut(at now: ContinuousClock.Instant) -> [PendingNotice] {
        if let retryAt, now < retryAt { return [] }
        let due = waiting.indices.filter { index in waiting[index].notBefore.map { now >= $0 } ?? true }
            .prefix(Self.bite)
        for index in due { waiting[index].wasHandedOut = true }
        return due.map { waiting[$0] }
    }

    /// How long until there is something to try; `nil` where nothing waits.
    func wait(at now: ContinuousClock.Instant) -> Duration? {
        guard let first = waiting.map({ $0.notBefore ?? now }).min() else { return nil }
        return max(.zero, max(first, retryAt ?? now) - now)
    }

    /// Takes in how a round went. Returns what was given up.
    ///
    /// - Parameter time: What notices are dated by; how long to be patient goes by a clock that nobody sets.
    mutating func accept(_ delivery: DeliveryResult, at now: ContinuousClock.Instant, _ time: Timestamp) -> [Notice] {
        remove(delivery.taken)
        record.tell(delivery.taken.flatMap(\.ids))
        for (item, _) in delivery.refused {
            guard let index = waiting.firstIndex(where: { $0.ids == item.ids }) else { continue }
            waiting[index].refusals += 1
            waiting[index].notBefore = now + Self.pause(after: waiting[index].refusals)
        }
        failures = delivery.failure == nil ? 0 : failures + 1
        retryAt = delivery.failure == nil ? nil : now + Self.pause(after: failures)
        let late = waiting.filter { time - $0.notice.time > Self.patience }
        remove(late)
        for item in late { record.lose(item.notice) }
        return late.map(\.notice)
    }

    /// Notes how far everything is told, where nothing waits.
    mutating func settle(at now: Timestamp) {
        if waiting.isEmpty { record.advance(to: read) }
        record.time = now
    }

    private mutating func remove(_ items: [PendingNotice]) {
        let gone = Set(items.map(\.ids))
        waiting.removeAll { gone.contains($0.ids) }
    }

    private static func pause(after failures: Int) -> Duration {
        .seconds(5).doubled(after: failures, upTo: .seconds(600))
    }
}
