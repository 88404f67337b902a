import Glibc

extension SpecialFunctions {
    /// The probability that a noncentral chi-square variable is at most `x`: central ones of `dof`, `dof` + 2, … degrees of freedom,
    /// weighted as a Poisson distribution of mean `noncentrality` / 2 says (Johnson, Kotz, Balakrishnan 1995, 29.2).
    ///
    /// Summed from the last term that counts downwards, so that the recurrence P(a, y) = P(a + 1, y) + yᵃ e⁻ʸ / Γ(a + 1) only adds.
    public static func noncentralChiSquare(_ x: Double, dof: Double, noncentrality: Double) -> Double {
        guard dof > 0, noncentrality >= 0, noncentrality < 1e8, !x.isNaN else { return .nan }
        guard x > 0 else { return 0 }
        let (y, mean) = (x / 2, noncentrality / 2)
        guard y < .infinity else { return 1 }
        guard mean > 0 else { return lowerGamma(dof / 2, y) }
        let last = (mean + 12 * mean.squareRoot() + 60).rounded(.down)
        var (j, a) = (last, dof / 2 + last)
        var share = lowerGamma(a, y), step = 0.0, weight = poissonDensity(j, mean)
        var sum = CompensatedSum()
        // Below, digits are lost, and the recurrence would carry that on.
        let smallest = 1e-290
        while true {
            sum.add(weight * share)
            // Of the terms below none is greater than its weight, and these fall faster than by halves far below the mean.
            if j == 0 || j < mean / 2 && weight < 1e-20 * sum.value { break }
            a -= 1
            step = step > smallest ? step * (a + 1) / y : poissonDensity(a, y)
            share += step
            weight = weight > smallest ? weight * j / mean : j > 1 ? poissonDensity(j - 1, mean) : exp(-mean)
            j -= 1
        }
        return min(1, sum.value)
    }
}
