import Data
import Domain

/// The metric on one slice.
struct SliceReading {
    let column: String
    let value: String
    let rows: Int
    let part: Predictions
    let reading: MetricReading

    var title: String { "slice \(column)=\(value) (n=\(rows.grouped))" }

    /// The probability of a value this bad if the slice kept its bound, by the width of the interval.
    func chance(ofKeeping bound: Double, _ isHigherBetter: Bool, confidence: Double) -> Double {
        let short = isHigherBetter ? bound - reading.value : reading.value - bound
        // Without an interval nothing is sure.
        guard short > 0, let interval = reading.interval else { return 1 }
        let reach = isHigherBetter ? interval.upper - reading.value : reading.value - interval.lower
        guard reach > 0 else { return 0 }
        return SpecialFunctions.normalTail(short / reach * SpecialFunctions.normalQuantile((1 + confidence) / 2))
    }
}

/// How the metric on one slice changed from the version that runs now.
struct SliceChange {
    let slice: SliceReading
    let change: PairedChange

    /// Only a drop by more than chance fails; one that chance could be the reason of, or could hide, is a warning.
    func finding(atMost most: Double, isSure: Bool, confidence: Double) -> Finding? {
        let alpha = 1 - confidence
        guard change.nonInferiority(margin: most, alpha: alpha).verdict != .shown else { return nil }
        let so =
            change.isWithin(most)
            ? "the rows are too few to exclude a drop of more than \(most.brief)"
            : "at most \(most.brief) is allowed" + (isSure ? "" : ", though chance could explain it")
        return Finding(
            isSure && !change.isWithin(most) ? .fail : .warn,
            "\(slice.title): \(change.name) \(change.second.brief), \(change.first.brief) in the version that runs now; "
                + "difference \(change.text(alpha: alpha)), \(so)", value: change.difference, threshold: most)
    }

    /// The change as it is, and as bad as it may be.
    func json(_ confidence: Double) -> JSON {
        let bounds = change.nonInferiority(margin: 0, alpha: 1 - confidence).bounds
        return ["gain": .double(change.gain), "gain_low": .double(bounds.lower), "rows": .int(change.rows)]
    }
}
