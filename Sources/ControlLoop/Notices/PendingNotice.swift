import Domain

/// A notice on its way to one notifier.
struct PendingNotice: Sendable {
    var notice: Notice
    /// The ids of the notices that it stands for: many of one sort become one.
    var ids: [String]
    /// By model, the paths whose change it tells.
    var dependencies: [String: Set<String>] = [:]
    /// Whether it was handed over, whatever came of that: told once more, it must have the same id.
    var wasHandedOut = false
    /// How often the other side would not take it.
    var refusals = 0
    /// Not to be tried before.
    var notBefore: ContinuousClock.Instant?

    init(_ notice: Notice, dependencies: [String: Set<String>] = [:]) {
        self.notice = notice
        self.dependencies = dependencies
        ids = [notice.id]
    }

    /// So many of one sort at once are told in one.
    private static let crowd = 10

    /// The same notices, those of one event in one environment as one where they are a crowd.
    static func condensed(_ items: [PendingNotice]) -> [PendingNotice] {
        guard items.count > crowd else { return items }
        let sorts = Dictionary(grouping: items.indices.filter { !items[$0].wasHandedOut }) { index in
            [items[index].notice.event.rawValue] + items[index].notice.environments
        }
        var result = items.map(Optional.some)
        for indices in sorts.values where indices.count > crowd {
            for index in indices.dropFirst() { result[index] = nil }
            result[indices[0]] = union(of: indices.map { items[$0] })
        }
        return result.compactMap(\.self)
    }

    private static func union(of items: [PendingNotice]) -> PendingNotice {
        let first = items[0].notice
        let details = items.map(\.notice.headline)
        let more = details.count > 15 ? ["and \(details.count - 15) more"] : []
        let place = first.environments.isEmpty ? "" : " in \(first.environments.joined(separator: ", "))"
        var item = PendingNotice(
            Notice(
                first.event, from: items.map(\.notice.id).joined(separator: " "), environments: first.environments,
                "\(items.reduce(0) { $0 + $1.ids.count }) times \(first.event.rawValue)\(place)",
                details: details.prefix(15) + more, at: first.time))
        item.ids = items.flatMap(\.ids)
        for one in items { item.dependencies.merge(one.dependencies) { $0.union($1) } }
        return item
    }
}
