import Data
import Domain

/// How a metric changed from one model to another on the same rows, with the standard error of the change.
struct PairedChange {
    let name: String
    let first: Double
    let second: Double
    let standardError: Double
    let rows: Int

    var difference: Double { second - first }

    private init(name: String, first: Double, second: Double, standardError: Double, rows: Int) {
        self.name = name
        self.first = first
        self.second = second
        self.standardError = standardError
        self.rows = rows
    }

    /// Of two independent samples, by the widths of their intervals.
    init(from first: MetricReading, to second: MetricReading, rows: Int, confidence: Double) {
        let z = SpecialFunctions.normalQuantile((1 + confidence) / 2)
        let errors = [first, second].map { (($0.interval?.upper ?? 0) - ($0.interval?.lower ?? 0)) / (2 * z) }
        self.init(
            name: second.name, first: first.value, second: second.value,
            standardError: (errors[0] * errors[0] + errors[1] * errors[1]).squareRoot(), rows: rows)
    }

    /// Of several metrics. DeLong for the area under the ROC curve, the discordant rows for accuracy, else a paired bootstrap,
    /// which is run only where one is needed; of clusters always.
    static func all(
        _ names: [String], from first: Predictions, to second: Predictions
    ) throws -> [String: PairedChange] {
        let quick = try Comparison(of: first, and: second, bootstrap: Bootstrap(replicates: 1))
        var changes: [String: PairedChange] = [:]
        var open: [String] = []
        for name in names {
            guard let one = quick.first[name], let two = quick.second[name] else { continue }
            guard quick.clusters == nil, let error = quick.standardError(of: name) else {
                open.append(name)
                continue
            }
            changes[name] = PairedChange(name: name, first: one, second: two, standardError: error, rows: quick.rows)
        }
        guard !open.isEmpty else { return changes }
        let slow = try Comparison(of: first, and: second, bootstrap: Bootstrap(replicates: replicates(quick.rows)))
        for name in open {
            guard let found = slow.differences.first(where: { $0.name == name }), let one = found.first,
                let two = found.second, let spread = found.spread
            else { continue }
            changes[name] = PairedChange(
                name: name, first: one, second: two, standardError: spread.standardError, rows: slow.rows)
        }
        return changes
    }

    /// Enough for a standard error within a tenth of itself, and a thousand where rows are few.
    private static func replicates(_ rows: Int) -> Int { max(200, min(1000, 2_000_000 / max(1, rows))) }

    /// Whether the second is shown to be worse by less than `margin`, at one-sided 95 %.
    func nonInferiority(margin: Double, alpha: Double = 0.05) -> NonInferiority {
        NonInferiority(
            difference: difference, standardError: standardError, rows: rows, margin: margin,
            higherIsBetter: MetricDirection.isHigherBetter(name), alpha: alpha)
    }

    /// The same, shown to be neither better nor worse by more than `margin`.
    func equivalence(margin: Double, alpha: Double = 0.05) -> Equivalence {
        Equivalence(
            difference: difference, standardError: standardError, observations: rows, margin: margin, alpha: alpha)
    }

    /// The probability of a second value this much worse if it were truly worse by `margin` and no more.
    func chance(ofDropping margin: Double) -> Double { 1 - nonInferiority(margin: margin).pValue }

    /// `-0.0122 [-0.0171, -0.0073]`, the change with its one-sided bounds.
    func text(alpha: Double = 0.05) -> String {
        let z = SpecialFunctions.normalQuantile(1 - alpha)
        let interval = Interval(lower: difference - z * standardError, upper: difference + z * standardError)
        return "\(difference > 0 ? "+" : "")\(difference.brief) \(interval.text)"
    }
}

extension Comparison {
    /// Where a formula gives it.
    fileprivate func standardError(of metric: String) -> Double? {
        switch metric {
        case "auc": return auc?.standardError
        case "accuracy":
            guard let mcNemar, rows > 0 else { return nil }
            let (b, c) = (Double(mcNemar.onlyFirstCorrect), Double(mcNemar.onlySecondCorrect))
            let variance = max(0, b + c - (b - c) * (b - c) / Double(rows))
            return variance.squareRoot() / Double(rows)
        default: return nil
        }
    }
}
