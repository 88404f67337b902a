import Glibc

/// The law of the distance between an empirical distribution function and the true one, two-sided.
///
/// Computed by the ways that Simard and L'Ecuyer (2011, "Computing the Two-Sided Kolmogorov-Smirnov Distribution") and
/// `scipy.stats.kstwo` choose: exactly for few values or far tails, by the Pelz-Good expansion in the middle.
enum KolmogorovDistribution {
    /// The probability that `n` values of the law come out at least `x` away from it.
    static func tail(_ x: Double, samples n: Int) -> Double {
        let count = Double(n)
        let t = count * x
        if x >= 1 { return 0 }
        if t <= 0.5 { return 1 }
        if t <= 1 { return 1 - rubenGambino(n, t) }
        if t >= count - 1 { return 2 * pow(1 - x, count) }
        if x >= 0.5 { return clip(2 * oneSidedTail(x, samples: n)) }
        let square = t * x
        if n <= 140 {
            return square <= 4 ? clip(1 - durbin(n, x)) : clip(2 * oneSidedTail(x, samples: n))
        }
        if square >= 370 { return 0 }
        if square >= 2.2 { return clip(2 * oneSidedTail(x, samples: n)) }
        return clip(1 - (n <= 100_000 && count * pow(x, 1.5) <= 1.4 ? durbin(n, x) : pelzGood(n, x)))
    }

    private static func clip(_ p: Double) -> Double { min(1, max(0, p)) }

    /// n! / n^n · (2t - 1)^n, for 1/2 < t ≤ 1.
    private static func rubenGambino(_ n: Int, _ t: Double) -> Double {
        let count = Double(n)
        return exp(SpecialFunctions.logGamma(count + 1) - count * log(count) + count * log(2 * t - 1))
    }

    /// The probability that the empirical function rises at least `x` above the true one (Smirnov, Birnbaum-Tingey).
    ///
    /// The terms are binomial densities. Of more than 40,000 only each so-many-th is computed: they change so smoothly, and
    /// vanish at both ends, that the sum by this trapezoid rule is as exact as the terms.
    static func oneSidedTail(_ x: Double, samples n: Int) -> Double {
        let count = Double(n)
        if n > 1_000_000 { return exp(-pow(6 * count * x + 1, 2) / (18 * count)) }
        let stride = max(1, n / 20_000)
        var sum = stride == 1 ? exp(count * log1p(-x)) : 0
        var v = stride
        while Double(v) < count * (1 - x) {
            let p = x + Double(v) / count
            if p < 1 { sum += SpecialFunctions.binomialDensity(Double(v), count, p, 1 - p) * x / p * Double(stride) }
            v += stride
        }
        return sum
    }

    /// Durbin's matrix as Marsaglia, Tsang and Wang (2003) raise it to the power n: P(D < x).
    private static func durbin(_ n: Int, _ x: Double) -> Double {
        let k = Int((Double(n) * x).rounded(.up))
        let size = 2 * k - 1
        var power = ScaledMatrix(durbinMatrix(size, gap: Double(k) - Double(n) * x), size: size)
        var result = ScaledMatrix.identity(size)
        var rest = n
        while rest > 0 {
            if rest & 1 == 1 { result = result.multiplied(by: power) }
            power = power.multiplied(by: power)
            rest >>= 1
        }
        var value = result.values[(k - 1) * size + k - 1]
        var exponent = result.exponent
        for i in 1...n {
            value *= Double(i) / Double(n)
            if value.magnitude < 0x1p-128 {
                value *= 0x1p128
                exponent -= 128
            }
        }
        return scalbn(value, Int32(clamping: exponent))
    }

    private static func durbinMatrix(_ size: Int, gap h: Double) -> [Double] {
        var matrix = [Double](repeating: 0, count: size * size)
        var inverse = [1.0]
        for j in 1...(size + 1) { inverse.append(inverse[j - 1] / Double(j)) }
        for i in 0..<size {
            for j in 0..<size where i - j + 1 >= 0 { matrix[i * size + j] = inverse[i - j + 1] }
        }
        for i in 0..<size {
            let border = (1 - pow(h, Double(i + 1))) * inverse[i + 1]
            matrix[i * size] = border
            matrix[(size - 1) * size + size - 1 - i] = border
        }
        let corner = 1 - 2 * pow(h, Double(size)) + pow(max(2 * h - 1, 0), Double(size))
        matrix[(size - 1) * size] = corner * inverse[size]
        return matrix
    }

    /// Pelz and Good (1976), to n^-3/2: P(D ≤ x).
    private static func pelzGood(_ n: Int, _ x: Double) -> Double {
        let z = Double(n).squareRoot() * x
        let squarePi = Double.pi * Double.pi
        if squarePi / 8 / (z * z) > 708 { return 0 }
        let sums = oddSums(z)
        let (k2, k3) = extraSums(z)
        let rootN = Double(n).squareRoot()
        return sums[0] + sums[1] / rootN + (sums[2] + k2) / Double(n) + (sums[3] + k3) / (Double(n) * rootN)
    }

    private static func oddSums(_ z: Double) -> [Double] {
        let pi2 = Double.pi * Double.pi
        let (z2, z4, z6) = (z * z, pow(z, 4), pow(z, 6))
        let q = exp(-pi2 / 8 / z2)
        var sums = [0.0, 0, 0, 0]
        for k in stride(from: Int((16 * z / Double.pi).rounded(.up)), to: 0, by: -1) {
            let m2 = pow(Double(2 * k - 1), 2)
            let (m4, m6) = (m2 * m2, m2 * m2 * m2)
            let step = pow(q, Double(8 * k))
            let third = -30 * z6 - 90 * pow(z, 8) + pi2 * (135 * z4 - 96 * z6) / 4 * m2
            let terms = [
                1, -z2 + pi2 / 4 * m2,
                6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * pi2 / 4 * m2 + pi2 * pi2 * (1 - 2 * z2) / 16 * m4,
                third + pi2 * pi2 * (-60 * z2 + 212 * z4) / 16 * m4 + pow(pi2, 3) * (5 - 30 * z2) / 64 * m6,
            ]
            for index in 0..<4 { sums[index] = sums[index] * step + terms[index] }
        }
        let scale = q * (2 * Double.pi).squareRoot()
        let divisors = [z, 6 * z4, 72 * pow(z, 7), 6480 * pow(z, 10)]
        return (0..<4).map { sums[$0] * scale / divisors[$0] }
    }

    private static func extraSums(_ z: Double) -> (Double, Double) {
        let pi2 = Double.pi * Double.pi
        let root = (2 * Double.pi).squareRoot()
        let q = exp(-pi2 / 2 / (z * z))
        var (second, third) = (0.0, 0.0)
        for k in stride(from: Int((16 * z / Double.pi).rounded(.up)), to: 0, by: -1) {
            let k2 = Double(k * k)
            let power = pow(q, k2)
            second += k2 * power
            third += (3 * z * z - pi2 * k2) * k2 * power
        }
        return (second * pi2 * root / (-36 * pow(z, 3)), third * pi2 * root / (216 * pow(z, 6)))
    }
}

/// A square matrix times a power of two, so that high powers stay within a double's range.
private struct ScaledMatrix {
    var values: [Double]
    let size: Int
    var exponent = 0

    init(_ values: [Double], size: Int) {
        self.values = values
        self.size = size
    }

    static func identity(_ size: Int) -> ScaledMatrix {
        ScaledMatrix((0..<size * size).map { $0 % (size + 1) == 0 ? 1 : 0 }, size: size)
    }

    func multiplied(by other: ScaledMatrix) -> ScaledMatrix {
        var product = ScaledMatrix([Double](repeating: 0, count: size * size), size: size)
        product.exponent = exponent + other.exponent
        for i in 0..<size {
            for k in 0..<size {
                let factor = values[i * size + k]
                if factor == 0 { continue }
                for j in 0..<size { product.values[i * size + j] += factor * other.values[k * size + j] }
            }
        }
        let middle = (size / 2) * size + size / 2
        if product.values[middle].magnitude > 0x1p128 {
            for index in product.values.indices { product.values[index] *= 0x1p-128 }
            product.exponent += 128
        }
        return product
    }
}
