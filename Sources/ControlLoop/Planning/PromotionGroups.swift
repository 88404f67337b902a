import Domain

/// Which promotions share a commit.
struct PromotionGroups: Sendable {
    struct Group: Hashable, Sendable {
        let environment: String
        var moves: [Action.Move]
    }

    private(set) var groups: [Group] = []
    /// Members of release sets that could enter, and what they wait for.
    private(set) var incomplete: [Unit: Blocker] = [:]

    /// - Parameter plans: How every deployment stands; a release set waits for each of its members.
    init(_ promotions: [(unit: Unit, move: Action.Move)], _ snapshot: Snapshot, _ plans: [Unit: UnitPlan]) {
        let byEnvironment = Dictionary(grouping: promotions) { $0.unit.environment }
        for name in snapshot.environmentsInOrder {
            guard let ready = byEnvironment[name], let environment = snapshot.environments[name]?.value else {
                continue
            }
            var left = ready.map(\.move)
            for set in environment.releaseSets {
                let members = left.filter { set.models.contains($0.model) }
                left.removeAll { set.models.contains($0.model) }
                let waiting = set.models.filter { model in
                    !members.contains { $0.model == model }
                        && plans[Unit(environment: name, model: model)].map { $0.state != .upToDate } ?? true
                }
                if !members.isEmpty, waiting.isEmpty { groups.append(Group(environment: name, moves: members)) }
                guard !waiting.isEmpty else { continue }
                for member in members {
                    let unit = Unit(environment: name, model: member.model)
                    incomplete[unit] = .incomplete(
                        set.name, waitingFor: waiting, in: name, since: plans[unit]?.waitingSince)
                }
            }
            if environment.promotion.order == .batch {
                if !left.isEmpty { groups.append(Group(environment: name, moves: left)) }
            } else {
                groups += left.map { Group(environment: name, moves: [$0]) }
            }
        }
    }
}

extension Blocker {
    fileprivate static func incomplete(
        _ set: String, waitingFor models: [String], in environment: String, since: Timestamp?
    ) -> Blocker {
        let names = models.sorted().joined(separator: " and ")
        let first = models.sorted().first ?? ""
        return Blocker(
            .releaseSet, set, "the release set '\(set)' enters together, and \(names) cannot yet",
            unblockedBy: "\(names) can enter, too: martlet why \(first) \(environment) says what is missing",
            since: since)
    }
}
