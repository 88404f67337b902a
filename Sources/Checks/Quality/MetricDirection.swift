import Data
import Domain

/// Which way a metric is better.
enum MetricDirection {
    private static let errors: Set<String> = [
        "log_loss", "brier", "brier_sum", "ece10_right_closed", "ece10_left_closed", "ece10_confidence",
        "ece10_equal_mass", "fpr", "fnr",
        "rmse", "mse", "mae", "median_abs_error", "max_error", "mape",
    ]

    static func isHigherBetter(_ metric: String) -> Bool { !errors.contains(metric) }

    /// How much better `second` is than `first`; negative where it is worse.
    static func gain(_ difference: Double, of metric: String) -> Double {
        isHigherBetter(metric) ? difference : -difference
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
