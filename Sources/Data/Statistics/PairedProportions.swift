import Glibc

/// How much more often the second of two is right than the first on the same rows, with bounds that hold where few rows differ.
///
/// Tango's score test (1998), whose standard error is that of the difference which is tested, and so is not 0 where no row differs;
/// never surer than the exact test of the rows on which one alone is right (McNemar). Where none differs, the exact bound of none among all.
public struct PairedProportions: Hashable, Sendable {
    public let rows: Int
    private let onlyFirst: Double
    private let onlySecond: Double

    public init(_ counts: McNemar, rows: Int) {
        self.rows = max(rows, counts.discordant)
        onlyFirst = Double(counts.onlyFirstCorrect)
        onlySecond = Double(counts.onlySecondCorrect)
    }

    private var count: Double { Double(rows) }
    private var discordant: Double { onlyFirst + onlySecond }

    /// Second minus first.
    public var difference: Double { rows > 0 ? (onlySecond - onlyFirst) / count : 0 }

    /// Of the difference as it is: that of a normal approximation.
    public var standardError: Double {
        rows > 0 ? max(0, discordant - (onlySecond - onlyFirst) * difference).squareRoot() / count : 0
    }

    /// The one-sided bounds of the difference, each at `1 - alpha`.
    public func bounds(alpha: Double) -> Interval {
        Interval(lower: lower(alpha), upper: -mirrored.lower(alpha))
    }

    /// Of a difference that is no greater than `least`, one such as this or greater.
    public func chance(ofAtMost least: Double) -> Double {
        guard rows > 0 else { return 1 }
        guard least > -1 else { return 0 }
        let normal = SpecialFunctions.normalTail(score(least))
        if least == 0 { return binomialTail }
        guard discordant == 0 else { return normal }
        return least < 0 ? exp(count * log1p(least)) : 1
    }

    private var mirrored: PairedProportions {
        PairedProportions(
            McNemar(onlyFirstCorrect: Int(onlySecond), onlySecondCorrect: Int(onlyFirst)), rows: rows)
    }

    /// Of as many rows on which one alone is right, at least as many for the second as there are, if both are as good.
    private var binomialTail: Double {
        discordant == 0
            ? 1 : SpecialFunctions.binomialCumulative(onlyFirst, trials: discordant, probability: 0.5)
    }

    private func lower(_ alpha: Double) -> Double {
        guard rows > 0 else { return -1 }
        if discordant == 0 { return -unseenShare(of: count, alpha: alpha) }
        let z = SpecialFunctions.normalQuantile(1 - alpha)
        var (low, high) = (-1.0, difference)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if score(middle) > z { low = middle } else { high = middle }
        }
        return binomialTail <= alpha ? low : min(low, 0)
    }

    /// In standard errors of a difference `expected`, how far this one is above it.
    private func score(_ expected: Double) -> Double {
        let slope = expected * (1 - expected)
        // The likeliest share of rows on which the first alone is right, if the difference is the expected one.
        let middle = (2 * count - onlySecond + onlyFirst) * expected - discordant
        let product = 8 * count * onlyFirst * slope
        let share = ((middle * middle + product).squareRoot() - middle) / (4 * count)
        let distance = onlySecond - onlyFirst - count * expected
        let variance = count * (2 * share + slope)
        return variance > 0
            ? distance / variance.squareRoot() : distance > 0 ? .infinity : distance < 0 ? -.infinity : 0
    }
}

/// The greatest share of which none of `rows` shows a thing, with probability `alpha`: 3 of a hundred rows at 0.05.
public func unseenShare(of rows: Double, alpha: Double) -> Double {
    rows > 0 ? -expm1(log(alpha) / rows) : 1
}
