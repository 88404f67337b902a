import Domain

/// How the rows outside a privileged group are treated against those in it: signed, by AIF360's definitions (Bellamy et al. 2018).
///
/// Below 0 (of the ratio: below 1) the others are worse off.
public struct PrivilegedGroup: Hashable, Sendable {
    public let value: String

    /// The others' rates less the group's, and the ratio of their selection rates.
    public let metrics: Metrics

    /// `nil` where no group has that value.
    init?(_ value: String, among groups: [Fairness.Group]) {
        guard let place = groups.place(of: value, by: \.value) else { return nil }
        self.value = value
        let own = groups[place].counts
        let others = groups.indices.filter { $0 != place }.map { groups[$0] }.reduce(into: BinaryCounts()) {
            $0.add($1.counts)
        }
        let rate = Self.difference(others.selectionRate, own.selectionRate)
        let hits = Self.difference(others.recall, own.recall)
        let alarms = Self.difference(others.falsePositiveRate, own.falsePositiveRate)
        let (noRows, noLabel) = ("one side has no rows", "one side has no row of a label")
        var metrics = Metrics()
        metrics.add("statistical_parity_difference", rate, undefined: noRows)
        let ratio = others.selectionRate.flatMap { others in
            own.selectionRate.flatMap { $0 > 0 ? others / $0 : nil }
        }
        metrics.add(
            "disparate_impact", ratio, undefined: rate == nil ? noRows : "no row of the group is predicted 1")
        metrics.add("equal_opportunity_difference", hits, undefined: noLabel)
        metrics.add(
            "average_odds_difference", hits.flatMap { hits in alarms.map { (hits + $0) / 2 } }, undefined: noLabel)
        self.metrics = metrics
    }

    private static func difference(_ one: Double?, _ other: Double?) -> Double? {
        one.flatMap { one in other.map { one - $0 } }
    }
}
