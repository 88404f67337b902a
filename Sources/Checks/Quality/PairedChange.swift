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

    /// The difference, signed so that more is better.
    var gain: Double { MetricDirection.gain(difference, of: name) }

    /// Of several metrics, by ``PredictionPair``.
    static func all(
        _ names: [String], from first: Predictions, to second: Predictions
    ) throws -> [String: PairedChange] {
        try PredictionPair(first, second, for: names).changes(of: names)
    }

    /// Whether the second is shown to be worse by less than `margin`, at one-sided 95 %.
    func nonInferiority(margin: Double, alpha: Double = 0.05) -> NonInferiority {
        NonInferiority(
            difference: difference, standardError: standardError, rows: rows, margin: margin,
            higherIsBetter: MetricDirection.isHigherBetter(name), alpha: alpha, of: [first, second])
    }

    /// The same, shown to be neither better nor worse by more than `margin`.
    func equivalence(margin: Double, alpha: Double = 0.05) -> Equivalence {
        Equivalence(
            difference: difference, standardError: standardError, observations: rows, margin: margin, alpha: alpha)
    }

    /// Whether the second value is worse by no more than `margin`, rounding aside.
    func isWithin(_ margin: Double) -> Bool { Bound.isAtLeast(gain, -margin, of: [first, second]) }

    /// The probability of a second value this much worse if it were truly worse by `margin` and no more.
    func chance(ofDropping margin: Double) -> Double { 1 - nonInferiority(margin: margin).pValue }

    /// `-0.0122 [-0.0171, -0.0073]`, the change with its one-sided bounds.
    func text(alpha: Double = 0.05) -> String {
        let z = SpecialFunctions.normalQuantile(1 - alpha)
        let interval = Interval(lower: difference - z * standardError, upper: difference + z * standardError)
        return "\(difference > 0 ? "+" : "")\(difference.brief) \(interval.text)"
    }
}

extension PairedChange {
    /// Of two independent samples, by the widths of their intervals.
    init(from first: MetricReading, to second: MetricReading, rows: Int, confidence: Double) {
        let z = SpecialFunctions.normalQuantile((1 + confidence) / 2)
        let errors = [first, second].map { (($0.interval?.upper ?? 0) - ($0.interval?.lower ?? 0)) / (2 * z) }
        self.init(
            name: second.name, first: first.value, second: second.value,
            standardError: (errors[0] * errors[0] + errors[1] * errors[1]).squareRoot(), rows: rows)
    }
}
