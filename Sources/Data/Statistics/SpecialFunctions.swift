import Glibc

/// The functions of mathematical physics that p-values are made of, to about 1e-13 relative in the middle and 1e-10 in far tails.
///
/// Arguments outside a function's domain give `nan`, never a trap.
public enum SpecialFunctions {
    /// The logarithm of the gamma function's absolute value.
    public static func logGamma(_ x: Double) -> Double {
        var sign: Int32 = 0
        return lgamma_r(x, &sign)
    }

    /// The share of a gamma distribution of shape `a` at or below `x`: P(a, x).
    public static func lowerGamma(_ a: Double, _ x: Double) -> Double {
        guard a > 0, x >= 0 else { return .nan }
        if x == 0 { return 0 }
        if x == .infinity { return 1 }
        return x < a + 1 ? gammaSeries(a, x) : 1 - gammaFraction(a, x)
    }

    /// The share of a gamma distribution of shape `a` above `x`: Q(a, x) = 1 - P(a, x), exact in the tail.
    public static func upperGamma(_ a: Double, _ x: Double) -> Double {
        guard a > 0, x >= 0 else { return .nan }
        if x == 0 { return 1 }
        if x == .infinity { return 0 }
        return x < a + 1 ? 1 - gammaSeries(a, x) : gammaFraction(a, x)
    }

    /// The probability that a chi-square variable with `dof` degrees of freedom exceeds `x`.
    public static func chiSquareTail(_ x: Double, dof: Double) -> Double { upperGamma(dof / 2, max(x, 0) / 2) }

    /// The value that a chi-square variable with `dof` degrees of freedom exceeds with probability `tail`.
    public static func chiSquareQuantile(tail: Double, dof: Double) -> Double {
        guard tail > 0, tail < 1, dof > 0 else { return .nan }
        var low = 0.0
        var high = max(1, dof)
        while chiSquareTail(high, dof: dof) > tail, high < 1e300 { high *= 2 }
        for _ in 0..<200 where high - low > 1e-14 * high {
            let middle = low + (high - low) / 2
            if chiSquareTail(middle, dof: dof) > tail { low = middle } else { high = middle }
        }
        return low + (high - low) / 2
    }

    /// The regularised incomplete beta function I_x(a, b).
    public static func beta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard a > 0, b > 0, x >= 0, x <= 1 else { return .nan }
        if x == 0 || x == 1 { return x }
        let front = binomialDensity(a, a + b, x, 1 - x)
        return x < (a + 1) / (a + b + 2)
            ? front * b / (a + b) * betaFraction(x, a, b)
            : 1 - front * a / (a + b) * betaFraction(1 - x, b, a)
    }

    /// The probability of at most `k` successes in `n` trials of probability `p`.
    public static func binomialCumulative(_ k: Double, trials n: Double, probability p: Double) -> Double {
        if k < 0 { return 0 }
        return k >= n ? 1 : beta(1 - p, n - k, k + 1)
    }

    /// The probability that a Student t variable exceeds `t`.
    public static func studentTail(_ t: Double, dof: Double) -> Double {
        let half = 0.5 * beta(dof / (dof + t * t), dof / 2, 0.5)
        return t >= 0 ? half : 1 - half
    }

    /// The standard normal distribution function.
    public static func normalCumulative(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

    /// The probability that a standard normal variable exceeds `z`, exact in the tail.
    public static func normalTail(_ z: Double) -> Double { 0.5 * erfc(z / 2.0.squareRoot()) }
}

extension SpecialFunctions {
    /// x^a e^-x / gamma(a + 1) without cancellation (Loader 2000, "Fast and Accurate Computation of Binomial Probabilities").
    static func poissonDensity(_ a: Double, _ x: Double) -> Double {
        exp(-stirlingError(a) - deviance(a, x)) / (2 * Double.pi * a).squareRoot()
    }

    /// The binomial density at a real `a` of `n` trials (Loader 2000).
    static func binomialDensity(_ a: Double, _ n: Double, _ p: Double, _ q: Double) -> Double {
        let b = n - a
        let exponent = stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * p) - deviance(b, n * q)
        return exp(exponent) * (n / (2 * Double.pi * a * b)).squareRoot()
    }

    /// log n! less Stirling's approximation of it.
    static func stirlingError(_ n: Double) -> Double {
        if n < 16 { return logGamma(n + 1) - (n + 0.5) * log(n) + n - 0.5 * log(2 * Double.pi) }
        let square = 1 / (n * n)
        let series = 1.0 / 1260 - (1.0 / 1680 - (1.0 / 1188 - 691.0 / 360_360 * square) * square) * square
        return (1.0 / 12 - (1.0 / 360 - series * square) * square) / n
    }

    /// a log(a / x) + x - a, by its series where a is near x.
    static func deviance(_ a: Double, _ x: Double) -> Double {
        guard abs(a - x) < 0.1 * (a + x) else { return a * log(a / x) + x - a }
        let v = (a - x) / (a + x)
        var sum = (a - x) * v
        var term = 2 * a * v
        for j in 1..<1000 {
            term *= v * v
            let next = sum + term / Double(2 * j + 1)
            if next == sum { break }
            sum = next
        }
        return sum
    }

    private static func gammaSeries(_ a: Double, _ x: Double) -> Double {
        var term = 1.0
        var sum = 1.0
        var n = a
        for _ in 0..<iterations(a) {
            n += 1
            term *= x / n
            sum += term
            if term < sum * 1e-17 { break }
        }
        return min(1, sum * poissonDensity(a, x))
    }

    private static func gammaFraction(_ a: Double, _ x: Double) -> Double {
        let fraction = continuedFraction(x + 1 - a, limit: iterations(a)) { n, last in
            (-n * (n - a), last + 2)
        }
        return min(1, poissonDensity(a, x) * a * fraction)
    }

    /// 1 / (b0 + a1 / (b1 + a2 / …)) by Lentz's method; `next` gives (a_n, b_n) from n and b_(n-1).
    private static func continuedFraction(
        _ start: Double, limit: Int, _ next: (Double, Double) -> (Double, Double)
    ) -> Double {
        let tiny = 1e-300
        var b = start
        var c = 1 / tiny
        var d = 1 / (abs(b) < tiny ? tiny : b)
        var value = d
        for n in 1..<limit {
            let (a, following) = next(Double(n), b)
            b = following
            d = a * d + b
            d = 1 / (abs(d) < tiny ? tiny : d)
            c = b + a / c
            if abs(c) < tiny { c = tiny }
            value *= c * d
            if abs(c * d - 1) < 1e-16 { break }
        }
        return value
    }

    private static func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        var c = 1.0
        var d = 1 - (a + b) * x / (a + 1)
        d = 1 / (abs(d) < tiny ? tiny : d)
        var value = d
        for step in 1..<iterations(max(a, b)) {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            var factor = 1.0
            for coefficient in [even, odd] {
                d = 1 + coefficient * d
                d = 1 / (abs(d) < tiny ? tiny : d)
                c = 1 + coefficient / c
                if abs(c) < tiny { c = tiny }
                factor = c * d
                value *= factor
            }
            if abs(factor - 1) < 1e-16 { break }
        }
        return value
    }

    private static func iterations(_ a: Double) -> Int { Int(min(10_000_000, 500 + 20 * a.squareRoot())) }
}
