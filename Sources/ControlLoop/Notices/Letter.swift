import Domain

/// A notice on its way to one notifier.
struct Letter: Sendable {
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

    /// So many of one sort at once are told in one letter.
    private static let crowd = 10

    /// The same letters, those of one event in one environment as one where they are a crowd.
    static func condensed(_ letters: [Letter]) -> [Letter] {
        guard letters.count > crowd else { return letters }
        let sorts = Dictionary(grouping: letters.indices.filter { !letters[$0].wasHandedOut }) { index in
            [letters[index].notice.event.rawValue] + letters[index].notice.environments
        }
        var result = letters.map(Optional.some)
        for indices in sorts.values where indices.count > crowd {
            for index in indices.dropFirst() { result[index] = nil }
            result[indices[0]] = union(of: indices.map { letters[$0] })
        }
        return result.compactMap(\.self)
    }

    private static func union(of letters: [Letter]) -> Letter {
        let first = letters[0].notice
        let details = letters.map(\.notice.headline)
        let more = details.count > 15 ? ["and \(details.count - 15) more"] : []
        let place = first.environments.isEmpty ? "" : " in \(first.environments.joined(separator: ", "))"
        var letter = Letter(
            Notice(
                first.event, from: letters.map(\.notice.id).joined(separator: " "), environments: first.environments,
                "\(letters.reduce(0) { $0 + $1.ids.count }) times \(first.event.rawValue)\(place)",
                details: details.prefix(15) + more, at: first.time))
        letter.ids = letters.flatMap(\.ids)
        for one in letters { letter.dependencies.merge(one.dependencies) { $0.union($1) } }
        return letter
    }
}
