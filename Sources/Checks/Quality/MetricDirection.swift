import Data
import Domain

/// Which way a metric is better.
enum MetricDirection {
    case higher, lower
    /// A count, a rate or a bias, of which neither more nor less is better.
    case neither

    private static let errors: Set<String> = [
        "log_loss", "brier", "brier_sum", "ece10_right_closed", "ece10_left_closed", "ece10_confidence",
        "ece10_equal_mass", "fpr", "fnr",
        "brier_reliability", "rmse", "mse", "mae", "median_abs_error", "p95_abs_error", "max_error", "mape", "smape",
        "pinball_loss",
    ]

    private static let descriptions: Set<String> = [
        "n", "positives", "tp", "fp", "fn", "tn", "distinct_scores", "queries", "queries_without_relevant",
        "brier_uncertainty", "selection_rate", "calibration_intercept", "calibration_slope",
        "bias_mean_prediction_minus_label",
    ]

    private static let counted: Set<String> = [
        "balanced_accuracy", "precision", "recall", "specificity", "fpr", "fnr", "selection_rate", "mcc",
        "cohen_kappa",
    ]

    /// Whether only what is predicted decides a metric, whatever the scores.
    static func restsOnPredictions(_ metric: String) -> Bool {
        counted.contains(metric) || ["f1_", "f2_", "precision_", "recall_"].contains { metric.hasPrefix($0) }
    }

    init(of metric: String) {
        self = Self.descriptions.contains(metric) ? .neither : Self.errors.contains(metric) ? .lower : .higher
    }

    static func isHigherBetter(_ metric: String) -> Bool { MetricDirection(of: metric) != .lower }

    /// How much better `second` is than `first`; negative where it is worse.
    static func gain(_ difference: Double, of metric: String) -> Double {
        isHigherBetter(metric) ? difference : -difference
    }
}

extension Fields {
    /// Notes where the metric that `key` asks to be better, or not worse, has no such direction.
    func requireDirection(of metric: String?, about key: String) {
        guard let metric, MetricDirection(of: metric) == .neither else { return }
        complain(
            about: key, "more of '\(metric)' is neither better nor worse",
            hint: "infra.quality-gate bounds it with min and max")
    }
}

extension ModelTask {
    /// The metric that is looked at where none is named; `error` is a regression's.
    func standardMetric(error: String = "rmse") -> String {
        switch self {
        case .regression: error
        case .ranking: "ndcg"
        case .binaryClassification, .multiclassClassification, .detection: "accuracy"
        }
    }

    /// The same, but the area under the ROC curve where there is one.
    func standardMetric(among metrics: Metrics) -> String { metrics["auc"] != nil ? "auc" : standardMetric() }
}

extension Metrics {
    /// Where nobody names a metric and some scores are missing: then accuracy stands in for the area under the ROC curve, and what is bad
    /// by that is bad, but what is good may only look so.
    func missingScores(naming metric: String?) -> Finding? {
        guard metric == nil, lacksScores else { return nil }
        let reason = gaps.first { $0.names.contains("auc") }?.reason ?? "some rows have no score"
        return Finding(.inconclusive, "auc cannot be computed: \(reason)")
    }
}
