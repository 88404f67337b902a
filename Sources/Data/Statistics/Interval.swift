/// A range that holds the true value with some confidence.
public struct Interval: Hashable, Sendable {
    public let lower: Double
    public let upper: Double

    public init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    /// Wilson's score interval of a proportion (1927); `nil` without trials.
    ///
    /// `successes` may be fractional. Unlike Wald's it stays within 0…1 and is wide where there are few trials.
    public static func wilson(successes: Double, of trials: Double, confidence: Double = 0.95) -> Interval? {
        guard trials > 0, successes >= 0, successes <= trials, let z = twoSided(confidence) else { return nil }
        let share = successes / trials
        let center = share + z * z / (2 * trials)
        let width = z * (share * (1 - share) / trials + z * z / (4 * trials * trials)).squareRoot()
        let scale = 1 + z * z / trials
        return Interval(
            lower: successes == 0 ? 0 : max(0, (center - width) / scale),
            upper: successes == trials ? 1 : min(1, (center + width) / scale))
    }

    public static func wilson(successes: Int, of trials: Int, confidence: Double = 0.95) -> Interval? {
        wilson(successes: Double(successes), of: Double(trials), confidence: confidence)
    }

    /// The exact interval of a proportion (Clopper and Pearson 1934), which holds at least its confidence.
    public static func clopperPearson(successes: Int, of trials: Int, confidence: Double = 0.95) -> Interval? {
        guard trials > 0, (0...trials).contains(successes), confidence > 0, confidence < 1 else { return nil }
        let tail = (1 - confidence) / 2
        let (hits, misses) = (Double(successes), Double(trials - successes))
        return Interval(
            lower: successes == 0 ? 0 : SpecialFunctions.betaQuantile(tail, hits, misses + 1),
            upper: successes == trials ? 1 : SpecialFunctions.betaQuantile(1 - tail, hits + 1, misses))
    }

    /// The difference of two independent proportions, second minus first, from their Wilson intervals (Newcombe 1998).
    public static func newcombe(
        first: (successes: Int, trials: Int), second: (successes: Int, trials: Int), confidence: Double = 0.95
    ) -> Interval? {
        guard let one = wilson(successes: first.successes, of: first.trials, confidence: confidence),
            let two = wilson(successes: second.successes, of: second.trials, confidence: confidence)
        else { return nil }
        let p = Double(first.successes) / Double(first.trials)
        let q = Double(second.successes) / Double(second.trials)
        func distance(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
        return Interval(
            lower: q - p - distance(q - two.lower, one.upper - p), upper: q - p + distance(two.upper - q, p - one.lower)
        )
    }

    /// The mean of a sample by Student's t; `nil` with fewer than two values.
    public static func mean(of values: [Double], confidence: Double = 0.95) -> Interval? {
        guard values.count > 1, confidence > 0, confidence < 1 else { return nil }
        let count = Double(values.count)
        let mean = CompensatedSum.of(values) / count
        let variance = CompensatedSum.of(values.lazy.map { ($0 - mean) * ($0 - mean) }) / (count - 1)
        let width =
            SpecialFunctions.studentQuantile((1 + confidence) / 2, dof: count - 1) * (variance / count).squareRoot()
        return width.isFinite ? Interval(lower: mean - width, upper: mean + width) : nil
    }

    /// How many standard errors to either side hold `confidence`.
    static func twoSided(_ confidence: Double) -> Double? {
        confidence > 0 && confidence < 1 ? SpecialFunctions.normalQuantile((1 + confidence) / 2) : nil
    }
}
