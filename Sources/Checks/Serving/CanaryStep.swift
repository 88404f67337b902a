import Data
import Glibc

/// One look at one step of a rollout, as a row of its record tells it.
struct CanaryStep {
    let share: Double
    let requests: Int
    let errors: Int
    let baselineRequests: Int
    let baselineErrors: Int
    /// `nil` where either side's latency is no positive number.
    let latencyIncrease: Double?
    /// How many requests took longer than the 95th percentile beside it and what may be added; `nil` where nobody counted.
    var slow: Int?
    /// How long it had taken this share of the traffic.
    var minutes: Double?
    /// To it and to all others.
    var allRequests: Int?
    /// How far the distribution of its scores is from that beside it.
    var scorePSI: Double?
    var value: Value?
    /// Whether what it is held against was beside an earlier step.
    var isBesideEarlier = false

    /// What a request brings, such as money: more is better.
    struct Value {
        let mean: Double
        let deviation: Double
        let baselineMean: Double
        let baselineDeviation: Double
    }

    /// Fewer requests of an arm are no normal approximation.
    static let burnIn = 100

    /// The share of requests that are slower than the 95th percentile where nothing has changed.
    static let slowShare = 0.05

    var errorRate: Double { Double(errors) / Double(max(1, requests)) }
    var baselineErrorRate: Double { Double(baselineErrors) / Double(max(1, baselineRequests)) }

    /// The chance of a false alarm that the steps share: a fifth to each of the first four, as plans have five, and the last fifth to all
    /// that follow, however many (1/2, 1/6, 1/12, … of it).
    static func alpha(ofStep index: Int, of alpha: Double) -> Double {
        index < 4 ? alpha / 5 : alpha / 5 / (Double(index - 3) * Double(index - 2))
    }

    /// The always-valid interval of the difference of the rates, with a prior as wide as `scale`.
    func errorIncrease(alpha: Double, scale: Double) -> (Double, Double) {
        let sizes = [Double(max(1, requests)), Double(max(1, baselineRequests))]
        let n = 2 / (1 / sizes[0] + 1 / sizes[1])
        let floor = 1 / n
        // Of unequal arms, n(s₁²/n₁ + s₂²/n₂): the small one is the less certain.
        let variance = zip([errorRate, baselineErrorRate], sizes).reduce(0) { sum, arm in
            sum + n * max(arm.0 * (1 - arm.0), floor) / arm.1
        }
        let prior = max(scale * scale, 1e-12), total = variance + n * prior
        let reach = (variance * total / (n * n * prior) * (2 * log(1 / alpha) + log(total / variance))).squareRoot()
        let difference = errorRate - baselineErrorRate
        return (difference - reach, difference + reach)
    }

    /// The same of what a request brings; `nil` where it is not told.
    func valueIncrease(_ sequence: ConfidenceSequence) -> Interval? {
        guard let value, let reach = sequence.reach(at: min(requests, baselineRequests)) else { return nil }
        let variances = (
            value.deviation * value.deviation / Double(max(1, requests)),
            value.baselineDeviation * value.baselineDeviation / Double(max(1, baselineRequests))
        )
        let width = reach * (variances.0 + variances.1).squareRoot(), difference = value.mean - value.baselineMean
        return Interval(lower: difference - width, upper: difference + width)
    }
}
