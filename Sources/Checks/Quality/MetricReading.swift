import Data
import Domain

/// One metric of some predictions, with the interval in which its true value lies.
struct MetricReading {
    let name: String
    let value: Double
    let interval: Interval?

    /// Throws ``MissingEvidence`` where the metric is undefined on these rows; `nil` where there is no such metric.
    init?(_ name: String, of predictions: Predictions, in metrics: Metrics, confidence: Double) throws(MissingEvidence)
    {
        guard metrics.values.contains(where: { $0.name == name }) else { return nil }
        guard let value = metrics[name] else {
            let reason = metrics.gaps.first { $0.names.contains(name) }?.reason ?? "it is undefined on these rows"
            throw MissingEvidence("\(name) cannot be computed: \(reason)")
        }
        self.name = name
        self.value = value
        interval = predictions.interval(of: name, confidence: confidence)
        if interval == nil, predictions.clusterCount != nil {
            throw MissingEvidence("\(name) has no interval that draws clusters; bound another metric")
        }
    }

    /// `auc 0.9955 [0.9853, 0.9987]`.
    var text: String { "\(name) \(value.brief)" + (interval.map { " \($0.text)" } ?? "") }

    /// The verdict on a bound: decided by the interval, and open where the bound lies inside it.
    func verdict(atLeast bound: Double) -> Verdict {
        let ends = interval ?? Interval(lower: value, upper: value)
        if Bound.isAtLeast(ends.lower, bound) { return .pass }
        return Bound.isAtLeast(ends.upper, bound) ? .inconclusive : .fail
    }

    func verdict(atMost bound: Double) -> Verdict {
        let ends = interval ?? Interval(lower: value, upper: value)
        if Bound.isAtMost(ends.upper, bound) { return .pass }
        return Bound.isAtMost(ends.lower, bound) ? .inconclusive : .fail
    }

    /// Whether the value itself keeps a bound, in the direction in which the metric is better.
    func keeps(_ bound: Double) -> Bool {
        MetricDirection.isHigherBetter(name) ? Bound.isAtLeast(value, bound) : Bound.isAtMost(value, bound)
    }

    /// Rows that would narrow the interval until the bound is outside of it, if the value stays; by the square root law.
    func rowsNeeded(for bound: Double, rows: Int) -> Int? {
        guard let interval else { return nil }
        let reach = max(value - interval.lower, interval.upper - value), distance = abs(value - bound)
        let needed = Double(rows) * (reach / distance) * (reach / distance)
        return distance > 0 && needed < 1e9 ? Int(needed.rounded(.up)) : nil
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
