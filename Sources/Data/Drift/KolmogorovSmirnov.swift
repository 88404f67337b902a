/// The two-sample Kolmogorov-Smirnov test: how far apart two empirical distribution functions come, after all ties of a value.
///
/// Numbers as `scipy.stats.ks_2samp`, two-sided, gives them. Where sketches stand in for values the statistic may be too large by
/// what they are off, and with millions of values that alone would look like a change: p-values are then of a statistic that is
/// smaller by as much, so that they are rather too large than too small.
public struct KolmogorovSmirnov: Hashable, Sendable {
    /// The largest difference, 0…1.
    public let statistic: Double

    /// How far the statistic may be from that of all values; 0 where they are all there.
    public let statisticError: Double

    /// Exact where both samples have at most 10,000 values, otherwise `asymptoticPValue`.
    public let pValue: Double?

    /// By the one-sample law of a sample of nm / (n + m) values; `nil` where that is less than one value.
    public let asymptoticPValue: Double?

    /// The p-value if the statistic were that of all values.
    let leastPValue: Double?

    /// `nil` where a sample is empty.
    ///
    /// - Parameter statisticError: What the samples' distribution functions may be off, together.
    public init?(_ one: SortedValues, _ other: SortedValues, statisticError: Double = 0) {
        guard one.count > 0, other.count > 0 else { return nil }
        statistic = Self.distance(one, other)
        self.statisticError = statisticError
        let sure = max(0, statistic - statisticError)
        asymptoticPValue = Self.asymptoticTail(sure, one.count, other.count)
        pValue = Self.tail(sure, one.count, other.count)
        leastPValue = statisticError > 0 ? Self.tail(statistic, one.count, other.count) : pValue
    }

    private static func tail(_ statistic: Double, _ n: Int, _ m: Int) -> Double? {
        max(n, m) <= 10_000 ? exactTail(statistic, max(n, m), min(n, m)) : asymptoticTail(statistic, n, m)
    }

    private static func asymptoticTail(_ statistic: Double, _ n: Int, _ m: Int) -> Double? {
        let (n, m) = (Double(max(n, m)), Double(min(n, m)))
        let effective = (n * m / (n + m)).rounded(.toNearestOrEven)
        return effective >= 1 ? KolmogorovDistribution.tail(statistic, samples: Int(effective)) : nil
    }

    private static func distance(_ one: SortedValues, _ other: SortedValues) -> Double {
        let (n, m) = (Double(one.count), Double(other.count))
        var largest = 0.0
        var (i, j) = (0, 0)
        while i < one.values.count, j < other.values.count {
            let value = min(one.values[i], other.values[j])
            while i < one.values.count, one.values[i] == value { i += 1 }
            while j < other.values.count, other.values[j] == value { j += 1 }
            let below = Double(i == 0 ? 0 : one.end(at: i - 1)) / n
            let otherBelow = Double(j == 0 ? 0 : other.end(at: j - 1)) / m
            largest = max(largest, abs(below - otherBelow))
        }
        return largest
    }

    /// The probability of a distance of at least `statistic` between samples of `n` ≥ `m` values of one continuous law.
    private static func exactTail(_ statistic: Double, _ n: Int, _ m: Int) -> Double {
        let divisor = greatestCommonDivisor(n, m)
        let steps = Int((statistic * Double(n / divisor * m)).rounded(.toNearestOrEven))
        if steps == 0 { return 1 }
        // Beyond this the probability is less than the smallest double.
        if statistic * statistic * Double(n) * Double(m) / Double(n + m) > 380 { return 0 }
        return min(1, max(0, n == m ? outsideSquare(n, steps) : outsideBand(n, m, divisor, steps)))
    }

    private static func greatestCommonDivisor(_ one: Int, _ other: Int) -> Int {
        var (a, b) = (one, other)
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }

    /// Share of lattice paths over an n × n square that leave the diagonal by `h`, by reflection, as a Horner scheme.
    private static func outsideSquare(_ n: Int, _ h: Int) -> Double {
        var share = 0.0
        for k in stride(from: n / h, through: 0, by: -1) {
            var factor = 1.0
            for j in 0..<h { factor = Double(n - k * h - j) * factor / Double(n + k * h + j + 1) }
            share = factor * (1 - share)
        }
        return 2 * share
    }

    /// Share of lattice paths over an n × m rectangle that leave the band of `h` steps around the diagonal, column by column
    /// (Hodges 1958). Counting those outside keeps small probabilities exact.
    private static func outsideBand(_ n: Int, _ m: Int, _ divisor: Int, _ h: Int) -> Double {
        let (wide, high) = (n / divisor, m / divisor)
        var first = 0
        var last = min((h + wide - 1) / wide, m + 1)
        var count = last - first
        var shares = [Double](repeating: 1, count: min(2 * last + 2, m + 1))
        for index in first..<min(last, shares.count) { shares[index] = 0 }
        for i in 1...n {
            let (firstBefore, countBefore) = (first, count)
            first = min(max(floorDivide(high * i - h, wide) + 1, 0), m)
            last = min((high * i + h + wide - 1) / wide, m + 1)
            if last <= first { return 1 }
            count = last - first
            var share = first == 0 ? 0.0 : 1.0
            shares.withUnsafeMutableBufferPointer { shares in
                for offset in 0..<count {
                    let j = first &+ offset
                    share = (shares[j &- firstBefore] * Double(i) + share * Double(j)) / Double(i &+ j)
                    shares[offset] = share
                }
            }
            if countBefore > count {
                for index in count..<countBefore { shares[index] = 1 }
            }
        }
        return shares[count - 1]
    }

    private static func floorDivide(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((b - 1 - a) / b) }
}
