import Glibc

extension SpecialFunctions {
    /// The value below which a standard normal variable lies with probability `p`, to 1e-15 relative.
    ///
    /// `nan` outside 0…1, infinite at its ends. A rational start (Acklam) and two Halley steps on the distribution function.
    public static func normalQuantile(_ p: Double) -> Double {
        guard p >= 0, p <= 1 else { return .nan }
        if p == 0 { return -.infinity }
        if p == 1 { return .infinity }
        return p > 0.5 ? -refined(start(1 - p), 1 - p) : refined(start(p), p)
    }

    private static func refined(_ start: Double, _ p: Double) -> Double {
        var z = start
        for _ in 0..<2 {
            let error = normalCumulative(z) - p
            let step = error * (2 * Double.pi).squareRoot() * exp(z * z / 2)
            guard step.isFinite else { return z }
            z -= step / (1 + z * step / 2)
        }
        return z
    }

    /// Acklam's approximation for p ≤ 0.5, relative error below 1.2e-9.
    private static func start(_ p: Double) -> Double {
        let a = [
            -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02,
            -3.066479806614716e+01, 2.506628277459239e+00,
        ]
        let b = [
            -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01,
            -1.328068155288572e+01, 1,
        ]
        let c = [
            -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00, -2.549732539343734e+00,
            4.374664141464968e+00, 2.938163982698783e+00,
        ]
        let d = [7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00, 1]
        if p < 0.02425 {
            let q = (-2 * log(p)).squareRoot()
            return polynomial(c, q) / polynomial(d, q)
        }
        let q = p - 0.5
        return polynomial(a, q * q) * q / polynomial(b, q * q)
    }

    private static func polynomial(_ coefficients: [Double], _ x: Double) -> Double {
        coefficients.reduce(0) { $0 * x + $1 }
    }
}
