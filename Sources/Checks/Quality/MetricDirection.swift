/// Which way a metric is better.
enum MetricDirection {
    private static let errors: Set<String> = [
        "log_loss", "brier", "brier_sum", "ece10_right_closed", "ece10_left_closed", "ece10_confidence", "fpr", "fnr",
        "rmse", "mse", "mae", "median_abs_error", "max_error", "mape",
    ]

    static func isHigherBetter(_ metric: String) -> Bool { !errors.contains(metric) }

    /// How much better `second` is than `first`; negative where it is worse.
    static func gain(_ difference: Double, of metric: String) -> Double {
        isHigherBetter(metric) ? difference : -difference
    }
}
