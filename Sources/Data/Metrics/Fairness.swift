import Domain

/// How differently the groups of one column are treated, by fairlearn's definitions.
///
/// A group without a row of label 1 has a true positive rate of 0, as in fairlearn, and a warning; likewise label 0 and the
/// false positive rate.
public struct Fairness: Hashable, Sendable {
    public struct Group: Hashable, Sendable {
        public let value: String
        public let counts: BinaryCounts

        /// At least 100 rows, 10 of each label: fewer say little about rates.
        public var isSufficient: Bool { counts.rows >= 100 && counts.positives >= 10 && counts.negatives >= 10 }
    }

    public let column: String
    public let groups: [Group]
    public let metrics: Metrics

    /// The others against the group that was named as privileged.
    public let privileged: PrivilegedGroup?

    /// The group that was named and is not there.
    private let missing: String?

    init(_ grouping: Grouping, _ counts: [BinaryCounts], privileged: String? = nil) {
        column = grouping.name
        groups = zip(grouping.values, counts).map(Group.init)
        metrics = Self.metrics(counts)
        self.privileged = privileged.flatMap { [groups] in PrivilegedGroup($0, among: groups) }
        missing = self.privileged == nil ? privileged : nil
    }

    /// For a task without a positive label: every metric is `nil`.
    init(_ grouping: Grouping, undefined reason: String) {
        column = grouping.name
        groups = []
        var metrics = Metrics()
        for name in Self.names { metrics.add(name, nil, undefined: reason) }
        self.metrics = metrics
        (privileged, missing) = (nil, nil)
    }

    /// The metrics, and the rates of each group that they compare.
    var json: JSON {
        let groups = groups.map { group -> (String, JSON) in
            let counts = group.counts
            let rates: JSON = [
                "n": .int(counts.rows), "positives": .int(counts.positives),
                "selection_rate": JSON(counts.selectionRate),
                "tpr": JSON(counts.recall), "fpr": JSON(counts.falsePositiveRate), "precision": JSON(counts.precision),
                "accuracy": JSON(counts.accuracy), "fn_over_fp": JSON(counts.errorRatio),
            ]
            return (group.value, rates)
        }
        guard !groups.isEmpty, let members = metrics.json.members else { return metrics.json }
        let privileged = privileged.map { group in
            JSON.Member(
                "privileged", .object([.init("value", .string(group.value))] + (group.metrics.json.members ?? [])))
        }
        return .object(members + [privileged, JSON.Member("groups", .object(groups))].compactMap(\.self))
    }

    static let names = [
        "demographic_parity_difference", "demographic_parity_ratio", "equalized_odds_difference",
        "equalized_odds_ratio", "equalized_odds_difference_mean", "equal_opportunity_difference",
        "predictive_parity_difference", "treatment_equality_difference", "theil_index",
    ]

    private static func metrics(_ counts: [BinaryCounts]) -> Metrics {
        let selection = Spread(counts.map { $0.selectionRate ?? 0 })
        let hits = Spread(counts.map { $0.recall ?? 0 })
        let alarms = Spread(counts.map { $0.falsePositiveRate ?? 0 })
        let empty = "there are no groups"
        var metrics = Metrics()
        metrics.add(names[0], selection?.difference, undefined: empty)
        metrics.add(names[1], selection?.ratio, undefined: "no group has a row that is predicted 1")
        metrics.add(
            names[2], hits.flatMap { hits in alarms.map { max(hits.difference, $0.difference) } }, undefined: empty)
        let ratio = hits?.ratio.map { hits in alarms?.ratio.map { min(hits, $0) } ?? hits }
        metrics.add(names[3], ratio, undefined: "no group has a true positive")
        metrics.add(
            names[4], hits.flatMap { hits in alarms.map { (hits.difference + $0.difference) / 2 } }, undefined: empty)
        metrics.add(names[5], hits?.difference, undefined: empty)
        // Here fairlearn has no definition of its own that could be kept: a group without a rate cannot be compared.
        metrics.add(names[6], difference(counts.map(\.precision)), undefined: "a group has no row that is predicted 1")
        metrics.add(names[7], difference(counts.map(\.errorRatio)), undefined: "a group has no false positive")
        let all = counts.reduce(into: BinaryCounts()) { $0.add($1) }
        metrics.add(names[8], all.theilIndex, undefined: "there are no rows, or all are false negatives")
        return metrics
    }

    /// The greatest less the least; `nil` where one is unknown.
    private static func difference(_ rates: [Double?]) -> Double? {
        let known = rates.compactMap(\.self)
        return known.count == rates.count ? Spread(known)?.difference : nil
    }

    /// The least and the greatest of the groups' rates.
    private struct Spread {
        let least: Double
        let greatest: Double

        init?(_ rates: [Double]) {
            guard let least = rates.min(), let greatest = rates.max() else { return nil }
            (self.least, self.greatest) = (least, greatest)
        }

        var difference: Double { greatest - least }
        var ratio: Double? { greatest > 0 ? least / greatest : nil }
    }

    /// What a reader of the numbers has to know.
    var warnings: [String] {
        var warnings = (metrics.gaps + (privileged?.metrics.gaps ?? [])).map {
            "fairness by \(column): \($0.names.joined(separator: ", ")) null: \($0.reason)"
        }
        if let missing { warnings.append("fairness by \(column): there is no group \(missing), named as privileged") }
        func warn(_ text: String, _ isMeant: (Group) -> Bool) {
            let names = groups.filter(isMeant).map(\.value)
            guard !names.isEmpty else { return }
            let listed =
                names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
            warnings.append("fairness by \(column): \(text): \(listed)")
        }
        warn("no row has label 1, so that the true positive rate counts as 0") { $0.counts.positives == 0 }
        warn("no row has label 0, so that the false positive rate counts as 0") { $0.counts.negatives == 0 }
        warn("fewer than 100 rows, or than 10 of a label, are too few to judge") { !$0.isSufficient }
        return warnings
    }
}
