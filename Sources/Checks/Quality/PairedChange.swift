import Data
import Domain

/// How a metric changed from one model to another on the same rows, with the standard error of the change.
struct PairedChange {
    let name: String
    let first: Double
    let second: Double
    let standardError: Double
    let rows: Int

    /// Of a share of rows that are right, the rows on which one of the two alone is.
    var shares: PairedProportions?

    /// What counts where no row moved the metric; `nil` where that is no wonder, such as of one artifact.
    var unseen: NonInferiority.Unseen?

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
        if let shares { return NonInferiority(of: shares, margin: margin, alpha: alpha, of: [first, second]) }
        return NonInferiority(
            difference: difference, standardError: standardError, rows: rows, margin: margin,
            higherIsBetter: MetricDirection.isHigherBetter(name), alpha: alpha, of: [first, second], unseen: unseen)
    }

    /// The same, shown to be neither better nor worse by more than `margin`.
    func equivalence(margin: Double, alpha: Double = 0.05) -> Equivalence {
        Equivalence(
            difference: difference, standardError: standardError, observations: rows, margin: margin, alpha: alpha)
    }

    /// Whether the second value is worse by no more than `margin`, rounding aside.
    func isWithin(_ margin: Double) -> Bool { Bound.isAtLeast(gain, -margin, of: [first, second]) }

    /// The probability of a second value this much worse if it were truly worse by `margin` and no more.
    func chance(ofDropping margin: Double) -> Double {
        standardError > 0 ? 1 - nonInferiority(margin: margin).pValue : isWithin(margin) ? 1 : 0
    }

    /// `-0.0122 [-0.0171, -0.0073]`, the change with its one-sided bounds.
    func text(alpha: Double = 0.05) -> String {
        let bounds = nonInferiority(margin: 0, alpha: alpha).bounds
        let isHigherBetter = MetricDirection.isHigherBetter(name)
        let interval = isHigherBetter ? bounds : Interval(lower: -bounds.upper, upper: -bounds.lower)
        return "\(difference > 0 ? "+" : "")\(difference.brief) \(interval.text)"
    }
}

extension PairedChange {
    /// Of two independent samples, by the widths of their intervals.
    init(
        from first: MetricReading, to second: MetricReading, rows: Int, confidence: Double
    ) throws(MissingEvidence) {
        guard let one = first.interval, let other = second.interval else {
            throw MissingEvidence("no interval of \(second.name) is known")
        }
        let z = SpecialFunctions.normalQuantile((1 + confidence) / 2)
        let errors = [one, other].map { ($0.upper - $0.lower) / (2 * z) }
        self.init(
            name: second.name, first: first.value, second: second.value,
            standardError: (errors[0] * errors[0] + errors[1] * errors[1]).squareRoot(), rows: rows)
    }

    /// The same of one model: where no row moved the metric, none can.
    var ofOneArtifact: PairedChange {
        guard standardError == 0, difference == 0 else { return self }
        return PairedChange(name: name, first: first, second: second, standardError: 0, rows: rows)
    }
}
