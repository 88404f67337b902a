extension Predictions {
    /// Where the true value of a metric lies that is `value` here, at all looks of a sequence together; `nil` where it is undefined,
    /// where there are fewer rows than the first look has, and where no such interval is known.
    ///
    /// Proportions exactly; means over rows, areas under the ROC curve by DeLong and smooth functions of means asymptotically. Not
    /// known for quantiles and maxima of errors, errors of calibration, areas under the precision-recall curve and clusters.
    public func interval(
        of metric: String, at value: Double?, in sequence: ConfidenceSequence, bootstrap: Bootstrap = Bootstrap()
    ) -> Interval? {
        guard rowCount > 0, clusters == nil else { return nil }
        if let counts = values.proportion(metric) {
            return sequence.proportion(successes: counts.part, of: counts.whole)
        }
        if let area = values.area(metric) { return area.interval(in: sequence) }
        if let rows = values.mean(metric) { return sequence.mean(of: rows) }
        if metric == "rmse", let squares = values.mean("mse") {
            return sequence.mean(of: squares).map {
                Interval(lower: max(0, $0.lower).squareRoot(), upper: $0.upper.squareRoot())
            }
        }
        let model = Resampler(self, named: [metric])
        guard Self.smooth.contains(metric), model.names == [metric], let reach = sequence.reach(at: rowCount),
            let value, let spread = bootstrap.spreads(of: model, keys: keys, confidence: 0.95)[0]
        else { return nil }
        let width = reach * spread.standardError, most = Self.unbounded.contains(metric) ? Double.infinity : 1
        return Interval(lower: value - width, upper: min(most, value + width))
    }

    /// Whether the interval of a metric holds only where there are many rows of each label: of two labels all but proportions, whose
    /// intervals are exact, and means over rows, and of more those that give each label the same weight.
    public func restsOnRarestLabel(_ metric: String) -> Bool {
        switch values {
        case .binary: values.proportion(metric) == nil && values.mean(metric) == nil
        case .multiclass: metric.hasSuffix("_macro") || metric == "balanced_accuracy"
        case .regression, .ranking: false
        }
    }

    /// Functions of means with derivatives: to first order they are means themselves, whose standard error the bootstrap knows.
    private static let smooth: Set<String> = [
        "balanced_accuracy", "f1_binary", "f1_macro", "f1_weighted", "f2_binary", "mcc", "cohen_kappa",
        "precision_macro",
        "recall_macro", "precision_weighted", "recall_weighted", "brier_sum", "r2", "explained_variance", "pearson_r",
        "mape", "smape",
    ]

    /// Those that may be above 1, which the others are not.
    private static let unbounded: Set<String> = ["brier_sum", "mape", "smape"]
}
