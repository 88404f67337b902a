public import Domain

/// What scores promise against what rows hold, in ten bins of equal width that are closed on the right.
///
/// The curve behind `ece10_right_closed`: a model is calibrated where both means are equal in every bin.
public struct Reliability: Hashable, Sendable {
    public struct Bin: Hashable, Sendable {
        public let scores: ClosedRange<Double>
        public let rows: Int

        /// `nil` in a bin without rows.
        public let meanScore: Double?

        /// The share of label 1; `nil` in a bin without rows.
        public let positiveRate: Double?
    }

    public let bins: [Bin]

    public var json: JSON {
        .array(
            bins.map { bin in
                [
                    "above": .double(bin.scores.lowerBound), "to": .double(bin.scores.upperBound), "n": .int(bin.rows),
                    "mean_score": JSON(bin.meanScore), "positive_rate": JSON(bin.positiveRate),
                ]
            })
    }

    /// `nil` unless the task is a binary classification and every row has a score.
    public init?(of predictions: Predictions) {
        guard case .binary(let values) = predictions.values, let scores = values.scores,
            scores.allSatisfy(\.isFinite)
        else { return nil }
        var rows = Array(repeating: 0, count: 10)
        var positives = rows
        var sums = Array(repeating: CompensatedSum(), count: 10)
        for (label, score) in zip(values.labels, scores) {
            let bin = CalibrationError.bin(score, closedRight: true)
            rows[bin] += 1
            positives[bin] += Int(label)
            sums[bin].add(score)
        }
        bins = (0..<10).map { bin in
            let count = Double(rows[bin])
            return Bin(
                scores: (Double(bin) / 10)...(Double(bin + 1) / 10), rows: rows[bin],
                meanScore: rows[bin] > 0 ? sums[bin].value / count : nil,
                positiveRate: rows[bin] > 0 ? Double(positives[bin]) / count : nil)
        }
    }
}
