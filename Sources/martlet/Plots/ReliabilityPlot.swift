import Data

/// What scores promise against what rows hold, one line a bin of scores.
enum ReliabilityPlot {
    /// Within `width` characters, at least 40.
    static func text(_ reliability: Reliability, width: Int) -> String {
        let counts = reliability.bins.map { String($0.rows) }
        let field = max(4, counts.map(\.count).max() ?? 0)
        let axis = Axis(from: 0, to: 1, width: min(51, max(11, width - field - 15)))
        var lines = ["  SCORE      \(pad("ROWS", field))  \(scale(axis.width))"]
        for (bin, count) in zip(reliability.bins, counts) {
            let line = bin.positiveRate.map { rate in
                let interval = Interval.wilson(successes: rate * Double(bin.rows), of: Double(bin.rows))
                return axis.line(point: rate, low: interval?.lower, high: interval?.upper, mark: bin.meanScore)
            }
            lines.append(
                "  \(bin.scores.lowerBound) – \(bin.scores.upperBound)  \(pad(count, field))"
                    + (line.map { "  " + $0 } ?? ""))
        }
        return (lines + ["  ● share of label 1 with its interval", "  │ mean score, ◆ both: calibrated"]).joined(
            separator: "\n")
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// `0    0.5    1`, with the half in the middle.
    static func scale(_ width: Int) -> String {
        let left = String(repeating: " ", count: (width - 1) / 2 - 2)
        let right = String(repeating: " ", count: width - 5 - left.count)
        return "0" + left + "0.5" + right + "1"
    }
}
