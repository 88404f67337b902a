import Data
import Glibc

/// What a metric is worth when every row gets the same answer, chosen as well as the labels allow; and when all are right.
struct ConstantAnswer {
    let value: Double
    let perfect: Double

    /// Always 1, or always 0, makes no mistake of these kinds.
    static let alwaysPerfect: Set<String> = ["recall", "specificity", "fpr", "fnr"]

    /// `nil` where no single answer can be given, as to a ranking, or the metric has no such reading.
    init?(_ name: String, of predictions: Predictions, _ metrics: Metrics) {
        let shares = Self.shares(metrics), p = shares?.last ?? 0
        let found: (Double, Double)?
        switch name {
        case "auc", "auc_ovr_macro", "auc_ovr_weighted", "auc_ovo_macro": found = (0.5, 1)
        case "balanced_accuracy": found = (1 / Double(max(2, shares?.count ?? 2)), 1)
        case "mcc", "cohen_kappa", "r2", "explained_variance", "pearson_r", "spearman_rho": found = (0, 1)
        case "log_loss": found = shares.map { ($0.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }, 0) }
        case "brier": found = shares.map { _ in (p * (1 - p), 0) }
        case "brier_sum": found = shares.map { ($0.reduce(1) { $0 - $1 * $1 }, 0) }
        case "pr_auc_average_precision", "precision": found = shares.map { _ in (p, 1) }
        // One point of the curve, and where it ends by definition: recall 0, precision 1.
        case "pr_auc_trapezoid": found = shares.map { _ in ((1 + p) / 2, 1) }
        case "f1_binary": found = shares.map { _ in (Self.f1(p), 1) }
        case "recall", "specificity": found = (1, 1)
        case "fpr", "fnr": found = (0, 0)
        case "accuracy", "f1_micro": found = shares?.max().map { ($0, 1) }
        case "f1_macro":
            found = shares.flatMap { shares in shares.max().map { (Self.f1($0) / Double(shares.count), 1) } }
        case "f1_weighted": found = shares?.max().map { ($0 * Self.f1($0), 1) }
        case "rmse", "mse", "mae": found = predictions.numericLabels.flatMap { Self.error(name, $0) }.map { ($0, 0) }
        default: found = nil
        }
        guard let found else { return nil }
        (value, perfect) = found
    }

    /// Of each class among the labels, that of label 1 last; `nil` of a task without classes.
    private static func shares(_ metrics: Metrics) -> [Double]? {
        let rows = metrics["n"] ?? 0
        // A class that is predicted only is none of a constant answer's.
        let counts =
            metrics.perClass?.compactMap { $0.metrics["support"] }.filter { $0 > 0 }
            ?? metrics["positives"].map { [rows - $0, $0] }
        return rows > 0 ? counts?.map { $0 / rows } : nil
    }

    /// Of a class of this share, where every row is said to be in it.
    private static func f1(_ share: Double) -> Double { 2 * share / (1 + share) }

    /// The least squares are those of the mean, the least absolute errors those of the median.
    private static func error(_ name: String, _ labels: [Double]) -> Double? {
        guard !labels.isEmpty else { return nil }
        let count = Double(labels.count)
        if name == "mae" {
            let median = labels.median
            return labels.reduce(0) { $0 + abs($1 - median) } / count
        }
        let mean = labels.reduce(0, +) / count
        let variance = labels.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        return name == "mse" ? variance : variance.squareRoot()
    }
}
