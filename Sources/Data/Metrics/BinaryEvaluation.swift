/// The metrics of a binary classification, on all rows and by group; rows are sorted once for all of them.
struct BinaryEvaluation {
    private let order: [Int32]
    private let scores: [Double]?

    /// Bit 1: the label, bit 0: the prediction.
    private let outcomes: [UInt8]

    init(_ rows: BinaryRows) {
        let outcomes = zip(rows.labels, rows.predictions).map { $0 << 1 | $1 }
        let order = AscendingOrder.of(rows.scores ?? Array(repeating: 0, count: outcomes.count), thenBy: outcomes)
        self.order = order
        self.outcomes = order.map { outcomes[Int($0)] }
        scores = rows.scores.map { scores in order.map { scores[Int($0)] } }
    }

    var metrics: Metrics { Self.metrics(scores?[...], outcomes[...]) }

    /// The metrics that need no scores, without the sorting; `nil` where one of `names` is not among them.
    static func metrics(of rows: BinaryRows, named names: Set<String>) -> Metrics? {
        guard names.isSubset(of: counted) else { return nil }
        var counts = BinaryCounts()
        for (label, prediction) in zip(rows.labels, rows.predictions) { counts.add(outcome: label << 1 | prediction) }
        var metrics = Metrics()
        add(counts, to: &metrics)
        return metrics
    }

    private static let counted = {
        var metrics = Metrics()
        add(BinaryCounts(), to: &metrics)
        return Set(metrics.values.map(\.name))
    }()

    /// The metrics of each group, in the order of its values.
    func metrics(by grouping: Grouping) -> [Metrics] {
        let buckets = Buckets(order: order, of: grouping)
        let dealtOutcomes = buckets.positions.map { outcomes[Int($0)] }
        let dealtScores = scores.map { scores in buckets.positions.map { scores[Int($0)] } }
        return (0..<buckets.count).map { group in
            let range = buckets.starts[group]..<buckets.starts[group + 1]
            return Self.metrics(dealtScores?[range], dealtOutcomes[range])
        }
    }

    /// `nil` without a score for every row, and where no line fits best.
    var calibration: CalibrationLine? {
        guard let scores, !scores.contains(where: \.isNaN) else { return nil }
        return CalibrationLine(ascending: scores[...], outcomes: outcomes[...])
    }

    /// `nil` without a score for every row, and without both labels.
    var curve: ROCCurve? {
        guard let scores, !scores.contains(where: \.isNaN) else { return nil }
        return ROCCurve(ascending: scores[...], outcomes: outcomes[...])
    }

    /// The counts of each group, in the order of its values.
    func counts(by grouping: Grouping) -> [BinaryCounts] {
        var counts = Array(repeating: BinaryCounts(), count: grouping.values.count)
        for (position, row) in order.enumerated() {
            counts[Int(grouping.codes[Int(row)])].add(outcome: outcomes[position])
        }
        return counts
    }

    private static func metrics(_ scores: ArraySlice<Double>?, _ outcomes: ArraySlice<UInt8>) -> Metrics {
        var counts = BinaryCounts()
        for outcome in outcomes { counts.add(outcome: outcome) }
        var metrics = Metrics()
        add(counts, to: &metrics)
        add(scores, outcomes, counts, to: &metrics)
        return metrics
    }

    private static func add(_ counts: BinaryCounts, to metrics: inout Metrics) {
        metrics.add("n", count: counts.rows)
        metrics.add("positives", count: counts.positives)
        metrics.add("tp", count: counts.truePositives)
        metrics.add("fp", count: counts.falsePositives)
        metrics.add("fn", count: counts.falseNegatives)
        metrics.add("tn", count: counts.trueNegatives)
        let labels = counts.positives == 0 ? "no row has label 1" : "no row has label 0"
        metrics.add("accuracy", counts.accuracy, undefined: "there are no rows")
        metrics.add("balanced_accuracy", counts.balancedAccuracy, undefined: labels)
        metrics.add("precision", counts.precision, undefined: "no row is predicted 1")
        metrics.add("recall", counts.recall, undefined: "no row has label 1")
        metrics.add("specificity", counts.specificity, undefined: "no row has label 0")
        metrics.add("fpr", counts.falsePositiveRate, undefined: "no row has label 0")
        metrics.add("fnr", counts.falseNegativeRate, undefined: "no row has label 1")
        metrics.add("selection_rate", counts.selectionRate, undefined: "there are no rows")
        metrics.add("f1_binary", counts.f1, undefined: "no row has label 1 or is predicted 1")
        metrics.add("f2_binary", counts.f2, undefined: "no row has label 1 or is predicted 1")
        metrics.add("f1_macro", counts.f1Macro, undefined: "there are no rows")
        metrics.add("f1_weighted", counts.f1Weighted, undefined: "there are no rows")
        metrics.add("mcc", counts.matthewsCorrelation, undefined: "there are no rows")
        metrics.add("cohen_kappa", counts.cohenKappa, undefined: "labels and predictions are all the same one")
    }

    private static let scoreMetrics = [
        "auc", "pr_auc_average_precision", "pr_auc_trapezoid", "log_loss", "brier", "brier_reliability",
        "brier_resolution", "brier_uncertainty", "ece10_right_closed", "ece10_left_closed", "ece10_confidence",
        "ece10_equal_mass", "distinct_scores",
    ]

    private static func add(
        _ scores: ArraySlice<Double>?, _ outcomes: ArraySlice<UInt8>, _ counts: BinaryCounts, to metrics: inout Metrics
    ) {
        let unusable = scores?.reversed().prefix { $0.isNaN }.count ?? 0
        guard let scores, unusable == 0, !scores.isEmpty else {
            metrics.lacksScores = unusable > 0
            let reason =
                scores == nil
                ? "no column of scores is named"
                : counts.rows == 0
                    ? "there are no rows" : "\(unusable) of \(counts.rows) rows have no score (empty or NaN)"
            for name in scoreMetrics { metrics.add(name, nil, undefined: reason) }
            return
        }
        let ranking = ScoreRanking(ascending: scores, outcomes: outcomes)
        let labels = counts.positives == 0 ? "no row has label 1" : "no row has label 0"
        metrics.add("auc", ranking.auc, undefined: labels)
        metrics.add("pr_auc_average_precision", ranking.averagePrecision, undefined: labels)
        metrics.add("pr_auc_trapezoid", ranking.precisionRecallTrapezoid, undefined: labels)
        let accuracy = ScoreAccuracy(scores, outcomes)
        metrics.add("log_loss", accuracy.logLoss, undefined: labels)
        metrics.add("brier", accuracy.brier, undefined: labels)
        metrics.add("brier_reliability", ranking.brier.reliability, undefined: labels)
        metrics.add("brier_resolution", ranking.brier.resolution, undefined: labels)
        metrics.add("brier_uncertainty", ranking.brier.uncertainty, undefined: labels)
        metrics.add("ece10_right_closed", accuracy.rightClosed, undefined: labels)
        metrics.add("ece10_left_closed", accuracy.leftClosed, undefined: labels)
        metrics.add("ece10_confidence", accuracy.confidence, undefined: labels)
        metrics.add("ece10_equal_mass", CalibrationError.ofEqualMass(scores, outcomes), undefined: labels)
        metrics.add("distinct_scores", count: ranking.distinctScores)
    }
}

/// How near scores come to labels, row by row.
private struct ScoreAccuracy {
    let logLoss: Double
    let brier: Double
    let rightClosed: Double?
    let leftClosed: Double?
    let confidence: Double?

    init(_ scores: ArraySlice<Double>, _ outcomes: ArraySlice<UInt8>) {
        var loss = CompensatedSum()
        var squares = CompensatedSum()
        var right = CalibrationError(closedRight: true)
        var left = CalibrationError(closedRight: false)
        var sure = CalibrationError(closedRight: true)
        for (score, outcome) in zip(scores, outcomes) {
            let label = outcome >> 1 == 1
            let predicted = outcome & 1 == 1
            loss.add(LogLoss.of(label ? score : 1 - score))
            squares.add((score - (label ? 1 : 0)) * (score - (label ? 1 : 0)))
            right.add(score, label)
            left.add(score, label)
            sure.add(predicted ? score : 1 - score, label == predicted)
        }
        logLoss = loss.value / Double(scores.count)
        brier = squares.value / Double(scores.count)
        rightClosed = right.value
        leftClosed = left.value
        confidence = sure.value
    }
}
