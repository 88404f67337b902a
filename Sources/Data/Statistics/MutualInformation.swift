import Domain
import Glibc

/// What two columns of categories tell of each other, in nats, as counted.
///
/// A count overestimates: of two columns that have nothing to do with each other it is (r - 1)(c - 1) / 2n on average, as 2n times it
/// is the statistic of the G-test and follows a chi-square distribution (Miller 1955). Where they do, that distribution is noncentral,
/// with 2n times the true value. By this ``chance(ifNormalized:)`` tells too few rows from no information.
public struct MutualInformation: Hashable, Sendable {
    /// Those where both codes are at least 0.
    public let rows: Int
    public let value: Double
    /// The entropy of the column that has less of it.
    public let entropy: Double
    /// The entropy of the second column.
    public let targetEntropy: Double
    public let degreesOfFreedom: Int

    /// Whether the chi-square distribution can be trusted: Cochran's rule (1954), that no expected count is below 1, and a fifth of them
    /// at most below 5.
    public let isCountable: Bool

    /// `nil` where a side has fewer than two categories, or more than ``Association/mostCategories``.
    public init?(_ one: [Int32], _ other: [Int32]) {
        var (left, right) = (Association.Places(), Association.Places())
        var pairs: [(left: Int, right: Int)] = []
        pairs.reserveCapacity(one.count)
        for (x, y) in zip(one, other) where x >= 0 && y >= 0 {
            pairs.append((left.place(of: x), right.place(of: y)))
            if max(left.count, right.count) > Association.mostCategories { return nil }
        }
        guard min(left.count, right.count) > 1 else { return nil }
        var counts = Array(repeating: 0, count: left.count * right.count)
        for pair in pairs { counts[pair.left * right.count + pair.right] += 1 }
        self.init(counts, width: right.count, rows: pairs.count)
    }

    private init(_ counts: [Int], width: Int, rows: Int) {
        var totals = (Array(repeating: 0, count: counts.count / width), Array(repeating: 0, count: width))
        for (place, count) in counts.enumerated() {
            totals.0[place / width] += count
            totals.1[place % width] += count
        }
        let n = Double(rows)
        var sum = CompensatedSum(), small = 0, least = Double.infinity
        for (place, count) in counts.enumerated() {
            let product = totals.0[place / width] * totals.1[place % width]
            least = min(least, Double(product) / n)
            if Double(product) / n < 5 { small += 1 }
            guard count > 0 else { continue }
            // The difference of whole numbers is exact where both shares are nearly equal.
            sum.add(Double(count) / n * log1p(Double(count * rows - product) / Double(product)))
        }
        self.rows = rows
        value = max(0, sum.value)
        targetEntropy = Self.entropy(totals.1, n)
        entropy = min(Self.entropy(totals.0, n), targetEntropy)
        degreesOfFreedom = (totals.0.count - 1) * (totals.1.count - 1)
        isCountable = least >= 1 && small * 5 <= counts.count
    }

    private static func entropy(_ totals: [Int], _ n: Double) -> Double {
        var sum = CompensatedSum()
        for total in totals { sum.add(-Double(total) / n * log(Double(total) / n)) }
        return sum.value
    }

    /// Divided by the smaller entropy, 0 to 1: scikit-learn's `normalized_mutual_info_score` with `average_method="min"`.
    ///
    /// Of the usual divisors (Vinh, Epps, Bailey 2010) it gives the largest value: one that is small by it is small by all. By the
    /// mean of both entropies a feature of many values could tell next to nothing of a label that is rarely 1.
    public var normalized: Double { min(1, value / entropy) }

    /// The share of what there is to know of the second column that the first tells, less what is counted on average where they have
    /// nothing to do with each other: Theil's U (1972), with Miller's correction.
    ///
    /// 1 at most, for a copy of many rows. Of names, each of one row, it is far less than what they tell as counted.
    public var correctedShare: Double {
        max(0, value - Double(degreesOfFreedom) / (2 * Double(rows))) / targetEntropy
    }

    /// The probability of counting this much or more where the columns have nothing to do with each other: the G-test.
    public var pValue: Double {
        SpecialFunctions.chiSquareTail(2 * Double(rows) * value, dof: Double(degreesOfFreedom))
    }

    /// The probability of counting this little or less where the true normalized value is `threshold`: where that is small, it is less.
    ///
    /// Less than two columns that have nothing to do with each other show on average counts as that: few rows may show nothing at all.
    public func chance(ifNormalized threshold: Double) -> Double {
        let (twice, dof) = (2 * Double(rows), Double(degreesOfFreedom))
        return SpecialFunctions.noncentralChiSquare(
            max(twice * value, dof), dof: dof, noncentrality: twice * threshold * entropy)
    }
}
