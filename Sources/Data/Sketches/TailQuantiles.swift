import Glibc

extension SpecialFunctions {
    /// The value below which a beta variable lies with probability `p`.
    public static func betaQuantile(_ p: Double, _ a: Double, _ b: Double) -> Double {
        guard p >= 0, p <= 1, a > 0, b > 0 else { return .nan }
        if p == 0 || p == 1 { return p }
        return bisect(0, 1) { beta($0, a, b) < p }
    }

    /// The value below which a Student t variable lies with probability `p`.
    public static func studentQuantile(_ p: Double, dof: Double) -> Double {
        guard p > 0, p < 1, dof > 0 else { return p == 0 ? -.infinity : p == 1 ? .infinity : .nan }
        if p < 0.5 { return -studentQuantile(1 - p, dof: dof) }
        var high = 1.0
        while studentTail(high, dof: dof) > 1 - p, high < 1e300 { high *= 2 }
        return bisect(0, high) { studentTail($0, dof: dof) > 1 - p }
    }

    /// Where `isBelow` turns false between two bounds, to the last bits of a double.
    private static func bisect(_ low: Double, _ high: Double, _ isBelow: (Double) -> Bool) -> Double {
        var (low, high) = (low, high)
        for _ in 0..<200 {
            let middle = low + (high - low) / 2
            if middle == low || middle == high { break }
            if isBelow(middle) { low = middle } else { high = middle }
        }
        return low + (high - low) / 2
    }
}
