extension Predictions {
    /// Where the true value of a metric lies, as far as these rows can tell; `nil` where the metric is undefined.
    ///
    /// Proportions by Wilson, areas under the ROC curve by DeLong, the line of calibration by its standard errors, means over
    /// rows or queries by Student's t, all else by bootstrap; of clusters all by bootstrap.
    public func interval(
        of metric: String, confidence: Double = 0.95, bootstrap: Bootstrap = Bootstrap()
    ) -> Interval? {
        guard rowCount > 0, confidence > 0, confidence < 1 else { return nil }
        guard clusters == nil else { return clustered(metric, confidence, bootstrap) }
        return values.proportion(metric).map {
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
        return bootstrap.spreads(of: model, keys: keys, confidence: confidence)[0]?.interval
    }
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
