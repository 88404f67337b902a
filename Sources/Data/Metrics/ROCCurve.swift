/// Which share of label 1 scores find at each share of false alarms that they may raise.
public struct ROCCurve: Hashable, Sendable {
    /// The true positive rates at false positive rates 0, 0.01 … 1, linear between thresholds; where the curve rises
    /// straight up, at its top.
    public let truePositiveRates: [Double]

    private static let steps = 100

    /// From scores in ascending order and the labels of the same rows, bit 1 of `outcomes`; `nil` without both labels.
    init?(ascending scores: ArraySlice<Double>, outcomes: ArraySlice<UInt8>) {
        let positives = outcomes.count { $0 >> 1 == 1 }
        let negatives = outcomes.count - positives
        guard positives > 0, negatives > 0 else { return nil }
        var rates: [Double] = []
        var (here, last) = ((hits: 0, misses: 0), (hits: 0, misses: 0))
        for index in scores.indices.reversed() {
            if outcomes[index] >> 1 == 1 { here.hits += 1 } else { here.misses += 1 }
            guard index == scores.startIndex || scores[index - 1] != scores[index] else { continue }
            while here.misses * Self.steps > rates.count * negatives {
                let misses = Double(rates.count * negatives) / Double(Self.steps) - Double(last.misses)
                let share = misses / Double(here.misses - last.misses)
                rates.append((Double(last.hits) + share * Double(here.hits - last.hits)) / Double(positives))
            }
            last = here
        }
        truePositiveRates = rates + [1]
    }

    /// The rate at any false positive rate, 0…1.
    public func truePositiveRate(at falsePositiveRate: Double) -> Double {
        SortedValues.linearQuantile(falsePositiveRate, of: truePositiveRates.count) { truePositiveRates[$0] }
    }
}
