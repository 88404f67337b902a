import Data
import Domain

/// One metric of some predictions, with the interval in which its true value lies.
struct MetricReading {
    let name: String
    let value: Double
    let interval: Interval?
    /// Whether the interval holds at all looks together, and not only at this one.
    let isForAllLooks: Bool
    private let confidence: Double

    /// Throws ``MissingEvidence`` where the metric is undefined on these rows; `nil` where there is no such metric.
    ///
    /// - Parameter sequence: What the interval is of; where it has none of the metric, and without it, the interval is of this look.
    init?(
        _ name: String, of predictions: Predictions, in metrics: Metrics, confidence: Double,
        sequence: ConfidenceSequence? = nil
    ) throws(MissingEvidence) {
        guard metrics.values.contains(where: { $0.name == name }) else { return nil }
        guard let value = metrics[name] else {
            let reason = metrics.gaps.first { $0.names.contains(name) }?.reason ?? "it is undefined on these rows"
            throw MissingEvidence("\(name) cannot be computed: \(reason)")
        }
        self.name = name
        self.value = value
        self.confidence = confidence
        let lasting = sequence.flatMap { predictions.interval(of: name, at: value, in: $0) }
        isForAllLooks = lasting != nil
        interval = lasting ?? predictions.interval(of: name, confidence: confidence)
        if interval == nil, !Metrics.isCount(name), predictions.clusterCount != nil {
            throw MissingEvidence("\(name) has no interval that draws clusters; bound another metric")
        }
    }

    /// Of a count, which is no estimate.
    private var exact: Interval? { Metrics.isCount(name) ? Interval(lower: value, upper: value) : nil }

    /// Whether only the bare value is known of what is an estimate.
    var isBare: Bool { interval == nil && exact == nil }

    /// `auc 0.9955 [0.9853, 0.9987]`.
    var text: String { "\(name) \(value.brief)" + (interval.map { " \($0.text)" } ?? "") }

    /// The verdict on a bound: decided by the interval, and open where the bound lies inside it, or no interval is known.
    func verdict(atLeast bound: Double) -> Verdict {
        guard let ends = interval ?? exact else { return .inconclusive }
        if Bound.isAtLeast(ends.lower, bound) { return .pass }
        return Bound.isAtLeast(ends.upper, bound) ? .inconclusive : .fail
    }

    func verdict(atMost bound: Double) -> Verdict {
        guard let ends = interval ?? exact else {
            // The greatest error to come is no less than the greatest so far.
            return name == "max_error" && !keeps(bound) ? .fail : .inconclusive
        }
        if Bound.isAtMost(ends.upper, bound) { return .pass }
        return Bound.isAtMost(ends.lower, bound) ? .inconclusive : .fail
    }

    /// Whether the value itself keeps a bound, in the direction in which the metric is better.
    func keeps(_ bound: Double) -> Bool {
        MetricDirection.isHigherBetter(name) ? Bound.isAtLeast(value, bound) : Bound.isAtMost(value, bound)
    }

    /// Rows with which the bound would be outside of the interval with probability `power`, if the value is the true one.
    ///
    /// (z₁ + z₂)² · Var / δ² with the quantiles of the interval and of `power`, of which the interval's end on the bound's side gives
    /// z₁ · √Var: with z₁ alone the interval of every other table would still hold the bound.
    func rowsNeeded(for bound: Double, rows: Int, power: Double = 0.8) -> Int? {
        guard let interval else { return nil }
        if let rows = rowsAlikeNeeded(for: bound, rows: rows, interval) { return rows }
        let z = SpecialFunctions.normalQuantile((1 + confidence) / 2), distance = abs(value - bound)
        let error = (value > bound ? value - interval.lower : interval.upper - value) / z
        let errors = (z + SpecialFunctions.normalQuantile(power)) * error / distance
        let needed = Double(rows) * errors * errors
        return distance > 0 && needed < 1e9 ? Int(needed.rounded(.up)) : nil
    }

    /// Where all rows are right, or all are wrong: Wilson's interval z² / (n + z²) then shrinks with the number of rows, and not with its
    /// root.
    private func rowsAlikeNeeded(for bound: Double, rows: Int, _ interval: Interval) -> Int? {
        guard let least = MetricRange.least(of: name), value == 1 && bound < 1 || least == 0 && value == 0 && bound > 0
        else {
            return nil
        }
        let range = 1 - least, distance = abs(value - bound)
        let width = value == 1 ? 1 - interval.lower : interval.upper
        let needed = Double(rows) * (range / distance - 1) / (range / width - 1)
        return needed > 0 && needed < 1e9 ? Int(needed.rounded(.up)) : nil
    }

    var json: JSON {
        [
            "value": .double(value), "low": JSON(interval?.lower), "high": JSON(interval?.upper),
        ]
    }
}

extension Interval {
    var text: String { "[\(lower.brief), \(upper.brief)]" }
}
