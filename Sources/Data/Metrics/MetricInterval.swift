import Domain

extension Predictions {
    /// Where the true value of a metric lies, as far as these rows can tell; `nil` where the metric is undefined.
    ///
    /// Proportions by Wilson, areas under the ROC curve by DeLong, the line of calibration by its standard errors, means over
    /// rows or queries by Student's t, all else by bootstrap; of clusters all by bootstrap. Where these see nothing but one value, or the
    /// rarest label has few rows, never narrower than few rows allow.
    public func interval(
        of metric: String, confidence: Double = 0.95, bootstrap: Bootstrap = Bootstrap()
    ) -> Interval? {
        guard rowCount > 0, confidence > 0, confidence < 1 else { return nil }
        return asWide(
            as: clusters == nil
                ? plain(metric, confidence, bootstrap) : clustered(metric, confidence, bootstrap), metric, confidence)
    }

    private func plain(_ metric: String, _ confidence: Double, _ bootstrap: Bootstrap) -> Interval? {
        values.proportion(metric).map {
            Interval.wilson(successes: $0.part, of: $0.whole, confidence: confidence)
        }
            ?? values.area(metric).map { $0.interval(confidence: confidence) }
            ?? values.calibration(metric).map { $0?.interval(of: metric, confidence: confidence) }
            ?? values.mean(metric).map { Interval.mean(of: $0, confidence: confidence) }
            ?? values.ranking.map { QueryMeasures($0).interval(of: metric, confidence: confidence) }
            ?? rootMeanSquare(metric, confidence) ?? resampled(metric, confidence, bootstrap)
    }

    /// Never narrower than if every row stood for itself: clusters that are all alike say little of those to come.
    private func clustered(_ metric: String, _ confidence: Double, _ bootstrap: Bootstrap) -> Interval? {
        guard let clustered = resampled(metric, confidence, bootstrap) else { return nil }
        let rows = withoutClusters.interval(of: metric, confidence: confidence, bootstrap: bootstrap) ?? clustered
        return Interval(lower: min(rows.lower, clustered.lower), upper: max(rows.upper, clustered.upper))
    }

    private var withoutClusters: Predictions {
        Predictions(
            task: task, columns: columns, rowCount: rowCount, values: values, ids: ids, groups: groups, clusters: nil)
    }

    private func rootMeanSquare(_ metric: String, _ confidence: Double) -> Interval?? {
        guard metric == "rmse", let squares = values.mean("mse") else { return nil }
        return Interval.mean(of: squares, confidence: confidence).map {
            Interval(lower: max(0, $0.lower).squareRoot(), upper: $0.upper.squareRoot())
        }
    }

    private func resampled(_ metric: String, _ confidence: Double, _ bootstrap: Bootstrap) -> Interval? {
        let model = Resampler(self, named: [metric])
        guard model.names == [metric] else { return nil }
        guard let repeated = RepeatedRows(values, [metric]) else {
            return bootstrap.spreads(of: model, keys: keys, confidence: confidence)[0]?.interval
        }
        // An area of many classes is walked through class by class.
        let steps = rowCount * (metric.hasPrefix("auc_ov") ? values.classCount : 1)
        guard steps <= Self.mostSteps || !metric.hasPrefix("auc_ov") else { return nil }
        var bootstrap = bootstrap
        bootstrap.replicates = min(bootstrap.replicates, max(200, 20_000_000 / steps))
        let interval = bootstrap.spreads(of: model, keys: keys, confidence: confidence)[0]?.interval
        // Resamples are worse calibrated than the rows that they are drawn from, which repeat in them.
        guard let interval, let value = value(of: repeated) else { return interval }
        return Interval(lower: min(interval.lower, value), upper: max(interval.upper, value))
    }

    /// Of rows times classes: more are not resampled, and the rows of each class give the interval.
    private static let mostSteps = 500_000

    private func value(of metric: RepeatedRows) -> Double? {
        let once = Array(repeating: SIMD16<UInt8>(repeating: 1), count: values.rowCount)
        return once.withUnsafeBufferPointer { metric.metrics($0)[0][0] }
    }
}

// MARK: Few rows

extension Predictions {
    /// Resamples hold no row that the rows do not: of a model that is right on all of them, or on the two of the rarest label, they say
    /// that it always is.
    private static let fewOfLabel = 10.0

    /// So many rows that are alike leave one in twenty that is not with a probability of 0.6 %.
    private static let manyAlike = 100.0

    /// The interval itself; of a single value, of none and of few rows of a label at least Wilson's on the rows of the rarest label, as if
    /// the metric were a proportion of them; `nil` where the metric has no bounds, and few rows all have the same value.
    private func asWide(as interval: Interval?, _ metric: String, _ confidence: Double) -> Interval? {
        guard !Metrics.isCount(metric), metric != "max_error" else { return nil }
        let isPoint = interval.map { $0.upper - $0.lower <= 4 * $0.upper.magnitude.ulp } ?? true
        let mayBeThin = task == .binaryClassification && restsOnRarestLabel(metric) && metric != "auc"
        guard isPoint || mayBeThin else { return interval }
        let units = units(of: metric)
        guard isPoint || units < Self.fewOfLabel else { return interval }
        guard let least = MetricRange.least(of: metric) else {
            return isPoint && units < Self.manyAlike ? nil : interval
        }
        guard let value = Evaluation.metrics(of: self, named: [metric])[metric] else { return interval }
        let share = max(0, min(1, (value - least) / (1 - least)))
        guard let wilson = Interval.wilson(successes: share * units, of: units, confidence: confidence) else {
            return interval
        }
        let (lower, upper) = (least + (1 - least) * wilson.lower, least + (1 - least) * wilson.upper)
        return Interval(lower: min(lower, interval?.lower ?? value), upper: max(upper, interval?.upper ?? value))
    }

    /// How many rows a metric is an estimate from: those of the rarer label, of more classes so many as would bound a proportion as well as
    /// the mean of all classes' bounds does; of calibration all; never more than there are clusters or queries.
    public func units(of metric: String) -> Double {
        let rows = Double(min(clusterCount ?? .max, values.units))
        guard !metric.hasPrefix("ece10"), !metric.hasPrefix("brier") else { return rows }
        let counts = values.rowsByLabel.map(Double.init)
        guard let rarest = counts.min() else { return rows }
        guard task == .multiclassClassification else { return min(rows, rarest) }
        let reach = 3.84, mean = counts.reduce(0) { $0 + $1 / ($1 + reach) } / Double(counts.count)
        return min(rows, reach * mean / (1 - mean))
    }
}

extension Predictions.Values {
    fileprivate var rowCount: Int {
        switch self {
        case .binary(let rows): rows.labels.count
        case .multiclass(let rows): rows.labels.count
        case .regression(let rows): rows.labels.count
        case .ranking(let rows): rows.relevances.count
        }
    }

    fileprivate var classCount: Int { if case .multiclass(let rows) = self { rows.classes.count } else { 1 } }

    /// What resamples draw: the queries of a ranking, else rows.
    fileprivate var units: Int { ranking.map(\.present.count) ?? rowCount }

    /// Of each label that there is; none where labels are no classes.
    fileprivate var rowsByLabel: [Int] {
        switch self {
        case .binary(let rows):
            let positives = rows.labels.count { $0 == 1 }
            return [positives, rows.labels.count - positives].filter { $0 > 0 }
        case .multiclass(let rows):
            var counts = Array(repeating: 0, count: rows.classes.count)
            for label in rows.labels { counts[Int(label)] += 1 }
            return counts.filter { $0 > 0 }
        case .regression, .ranking: return []
        }
    }
}

/// Between which numbers a metric lies.
public enum MetricRange {
    /// The least value of a metric of which the greatest is 1; `nil` of one that is not bounded.
    public static func least(of metric: String) -> Double? {
        if correlations.contains(metric) { return -1 }
        return unbounded.contains(metric) || CalibrationLine.names.contains(metric) || metric.hasPrefix("dcg") ? nil : 0
    }

    private static let correlations: Set<String> = ["mcc", "cohen_kappa", "pearson_r", "spearman_rho"]
    private static let unbounded: Set<String> = [
        "log_loss", "brier_sum", "rmse", "mse", "mae", "median_abs_error", "p95_abs_error", "max_error", "mape",
        "smape", "r2", "explained_variance", "bias_mean_prediction_minus_label", RegressionMetrics.pinballLoss,
    ]
}

extension Predictions.Values {
    func proportion(_ metric: String) -> (part: Int, whole: Int)? {
        switch self {
        case .binary(let rows):
            var counts = BinaryCounts()
            for (label, prediction) in zip(rows.labels, rows.predictions) {
                counts.add(outcome: label << 1 | prediction)
            }
            return counts.proportion(metric)
        case .multiclass(let rows):
            if let count = TopClasses.counts(of: rows.classes.count).first(where: { TopClasses.name($0) == metric }) {
                guard rows.scores?.allSatisfy({ !$0.contains(where: \.isNaN) }) ?? false else { return nil }
                return TopClasses(rows).map { ($0.hits(within: count), rows.labels.count) }
            }
            guard ["accuracy", "f1_micro", "precision_micro", "recall_micro"].contains(metric) else { return nil }
            return (zip(rows.labels, rows.predictions).count(where: ==), rows.labels.count)
        case .regression, .ranking: return nil
        }
    }

    /// `nil` unless the metric is of it.
    fileprivate func calibration(_ metric: String) -> CalibrationLine?? {
        guard CalibrationLine.names.contains(metric), case .binary(let rows) = self else { return nil }
        return .some(BinaryEvaluation(rows).calibration)
    }

    fileprivate var ranking: RankingRows? { if case .ranking(let rows) = self { rows } else { nil } }

    func area(_ metric: String) -> DeLong? {
        guard metric == "auc", case .binary(let rows) = self, let scores = rows.scores else { return nil }
        return DeLong(labels: rows.labels, scores: scores)
    }

    /// What the metric is the mean of, by row.
    func mean(_ metric: String) -> [Double]? {
        switch (self, metric) {
        case (.binary(let rows), "log_loss"):
            rows.scores.map { zip(rows.labels, $0).map { LogLoss.of($0 == 1 ? $1 : 1 - $1) } }
        case (.binary(let rows), "brier"):
            rows.scores.map { zip(rows.labels, $0).map { ($1 - Double($0)) * ($1 - Double($0)) } }
        case (.multiclass(let rows), "log_loss"):
            rows.scores.map { scores in rows.labels.indices.map { LogLoss.of(scores[Int(rows.labels[$0])][$0]) } }
        case (.regression(let rows), "mae"): zip(rows.labels, rows.predictions).map { abs($1 - $0) }
        case (.regression(let rows), "mse"): zip(rows.labels, rows.predictions).map { ($1 - $0) * ($1 - $0) }
        case (.regression(let rows), "bias_mean_prediction_minus_label"):
            zip(rows.labels, rows.predictions).map { $1 - $0 }
        case (.regression(let rows), RegressionMetrics.pinballLoss):
            rows.quantile.map { quantile in
                zip(rows.labels, rows.predictions).map { RegressionMetrics.pinball($0 - $1, quantile) }
            }
        default: nil
        }
    }
}

extension BinaryCounts {
    /// The counts that a proportion divides, by the proportion's name.
    public func proportion(_ metric: String) -> (part: Int, whole: Int)? {
        switch metric {
        case "accuracy": (correct, rows)
        case "precision": (truePositives, selected)
        case "recall": (truePositives, positives)
        case "specificity": (trueNegatives, negatives)
        case "fpr": (falsePositives, negatives)
        case "fnr": (falseNegatives, positives)
        case "selection_rate": (selected, rows)
        default: nil
        }
    }
}
