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
        self.statistic = statistic
        degreesOfFreedom = max(0, categories - 1)
        pValue = categories > 1 ? SpecialFunctions.chiSquareTail(statistic, dof: Double(categories - 1)) : 1
    }
}
