/// The chi-square test that two samples come from one distribution over categories, without continuity correction.
public struct ChiSquare: Hashable, Sendable {
    public let statistic: Double
    public let degreesOfFreedom: Int

    /// 1 with fewer than two categories, where nothing can differ.
    public let pValue: Double

    /// `nil` where a sample is empty.
    public init?(_ table: ShareTable) {
        guard table.referenceTotal > 0, table.currentTotal > 0 else { return nil }
        let (n, m) = (Double(table.referenceTotal), Double(table.currentTotal))
        var statistic = 0.0
        var categories = 0
        for (a, b) in table.counts where a + b > 0 {
            let both = Double(a + b)
            let (expected, other) = (both * n / (n + m), both * m / (n + m))
            statistic += (Double(a) - expected) * (Double(a) - expected) / expected
            statistic += (Double(b) - other) * (Double(b) - other) / other
            categories += 1
        }
        self.init(statistic: statistic, degreesOfFreedom: max(0, categories - 1))
    }

    /// Pearson's test that the current sample comes from the reference's shares, which it takes for exact.
    ///
    /// `nil` where a sample is empty, or the reference has none of what the current one has.
    public static func goodnessOfFit(_ table: ShareTable) -> ChiSquare? {
        guard table.referenceTotal > 0, table.currentTotal > 0 else { return nil }
        let scale = Double(table.currentTotal) / Double(table.referenceTotal)
        var statistic = 0.0, categories = 0
        for (a, b) in table.counts where a + b > 0 {
            guard a > 0 else { return nil }
            let expected = Double(a) * scale
            statistic += (Double(b) - expected) * (Double(b) - expected) / expected
            categories += 1
        }
        return ChiSquare(statistic: statistic, degreesOfFreedom: max(0, categories - 1))
    }

    private init(statistic: Double, degreesOfFreedom: Int) {
        self.statistic = statistic
        self.degreesOfFreedom = degreesOfFreedom
        pValue = degreesOfFreedom > 0 ? SpecialFunctions.chiSquareTail(statistic, dof: Double(degreesOfFreedom)) : 1
    }
}
