import Glibc

/// The Jensen-Shannon distance: the square root of the mean divergence of two samples from their mixture.
public enum JensenShannon {
    /// With the natural logarithm, 0…√ln 2; `nil` where a sample is empty.
    public static func distance(_ table: ShareTable) -> Double? {
        guard let shares = table.shares else { return nil }
        var divergence = 0.0
        for share in shares where share.reference + share.current > 0 {
            let mixture = (share.reference + share.current) / 2
            divergence += mixture * excess((share.reference - share.current) / 2 / mixture) / 2
        }
        return divergence.squareRoot()
    }

    /// (1 + t) ln(1 + t) + (1 - t) ln(1 - t), by its series near 0 where the two would cancel.
    private static func excess(_ t: Double) -> Double {
        let square = t * t
        if square >= 1 { return 2 * log(2) }
        if square > 0.01 { return (1 + t) * log1p(t) + (1 - t) * log1p(-t) }
        var sum = 0.0
        var power = square
        for k in 1...8 {
            sum += power / Double(k * (2 * k - 1))
            power *= square
        }
        return sum
    }

    /// With the logarithm of base 2, 0…1; `nil` where a sample is empty.
    public static func distanceBase2(_ table: ShareTable) -> Double? {
        // Rounding would put samples that share nothing a little above.
        distance(table).map { min(1, $0 / log(2).squareRoot()) }
    }
}
