import Glibc

/// Intervals that hold at all looks together: with a chance of at least `1 - alpha` none of them ever misses the true value, however
/// often somebody looks and whenever he stops.
///
/// They depend on no order of the rows: labels come late, and not in the order of the predictions that they belong to.
public struct ConfidenceSequence: Hashable, Sendable {
    /// The chance that any of the intervals misses.
    public let alpha: Double

    /// How many rows the first look has at least. Intervals of means are narrowest there, and of fewer rows there are none.
    public let firstLook: Int

    public init(alpha: Double, firstLook: Int) {
        self.alpha = alpha
        self.firstLook = max(1, firstLook)
    }

    /// Of a proportion: all p under which just so many successes have a chance above alpha / (n + 1); `nil` without trials.
    ///
    /// Exact at every number of trials (Ville 1939): 1 / ((n + 1) · P(k; n, p)) is the likelihood, mixed over all p with equal weights,
    /// divided by that of p (Robbins 1970, "Statistical methods related to the law of the iterated logarithm").
    public func proportion(successes: Int, of trials: Int) -> Interval? {
        guard trials > 0, (0...trials).contains(successes), alpha > 0, alpha < 1 else { return nil }
        let (k, n) = (Double(successes), Double(trials))
        let least = alpha / (n + 1), end = -expm1(log(least) / n)
        if successes == 0 { return Interval(lower: 0, upper: end) }
        if successes == trials { return Interval(lower: 1 - end, upper: 1) }
        let share = k / n
        func edge(towards limit: Double) -> Double {
            var inside = share, outside = limit
            for _ in 0..<200 {
                let middle = inside + (outside - inside) / 2
                guard middle != inside, middle != outside else { break }
                if SpecialFunctions.binomialDensity(k, n, middle, 1 - middle) > least {
                    inside = middle
                } else {
                    outside = middle
                }
            }
            return outside
        }
        return Interval(lower: edge(towards: 0), upper: edge(towards: 1))
    }

    /// Of a mean; `nil` of fewer values than the first look has.
    ///
    /// Asymptotic: it takes sums for normal, as Student's does for large samples, but at all looks from the first on (Waudby-Smith,
    /// Arbour, Sinha, Kennedy and Ramdas 2024, "Time-uniform central limit theory and asymptotic confidence sequences").
    public func mean(of values: [Double]) -> Interval? {
        guard values.count > 1, let reach = reach(at: values.count) else { return nil }
        let count = Double(values.count), mean = CompensatedSum.of(values) / count
        let variance = CompensatedSum.of(values.lazy.map { ($0 - mean) * ($0 - mean) }) / (count - 1)
        let width = reach * (variance / count).squareRoot()
        return width.isFinite ? Interval(lower: mean - width, upper: mean + width) : nil
    }

    /// How many standard errors to either side of a mean of `rows` values the interval goes; `nil` before the first look.
    ///
    ///     √( (nρ² + 1) / (nρ²) · ln((nρ² + 1) / α²) ),   ρ² = (-2 ln α + ln(1 - 2 ln α)) / m
    ///
    /// with m rows at the first look. A number that comes ever nearer to a mean over the rows has the same, such as an area under the
    /// ROC curve or a smooth function of means.
    public func reach(at rows: Int) -> Double? {
        guard rows >= firstLook, alpha > 0, alpha < 1 else { return nil }
        let scaled = growth(at: rows)
        return ((scaled + 1) / scaled * (log(scaled + 1) - 2 * log(alpha))).squareRoot()
    }

    /// The chance that any look ever has a mean so many standard errors or further from the true one; 1 before the first look.
    ///
    /// It is alpha where the interval's end is the true mean.
    public func pValue(errors: Double, at rows: Int) -> Double {
        guard rows >= firstLook, !errors.isNaN else { return 1 }
        let scaled = growth(at: rows)
        return min(1, exp(log(scaled + 1) / 2 - errors * errors / 2 * scaled / (scaled + 1)))
    }

    /// nρ².
    private func growth(at rows: Int) -> Double {
        let wanted = -2 * log(alpha)
        return Double(rows) / Double(firstLook) * (wanted + log(wanted + 1))
    }
}
