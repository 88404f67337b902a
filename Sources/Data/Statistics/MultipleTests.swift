/// Adjusts p-values for how many hypotheses were tested; the results stand in the order of the input.
public enum MultipleTests {
    /// Holm (1979): holds the chance of any false alarm in the family, under any dependence. For gates.
    public static func holm(_ pValues: [Double]) -> [Double] {
        let order = ascending(pValues)
        var adjusted = pValues
        var greatest = 0.0
        for (rank, index) in order.enumerated() {
            greatest = max(greatest, min(1, pValues[index] * Double(pValues.count - rank)))
            adjusted[index] = greatest
        }
        return adjusted
    }

    /// Benjamini and Hochberg (1995): holds the share of false alarms among the alarms. For screening.
    public static func benjaminiHochberg(_ pValues: [Double]) -> [Double] { stepUp(pValues, factor: 1) }

    /// Benjamini and Yekutieli (2001): the same under any dependence.
    public static func benjaminiYekutieli(_ pValues: [Double]) -> [Double] {
        stepUp(pValues, factor: pValues.indices.reduce(0.0) { $0 + 1 / Double($1 + 1) })
    }

    private static func stepUp(_ pValues: [Double], factor: Double) -> [Double] {
        let order = ascending(pValues)
        var adjusted = pValues
        var least = 1.0
        for (rank, index) in order.enumerated().reversed() {
            least = min(least, pValues[index] * Double(pValues.count) / Double(rank + 1) * factor)
            adjusted[index] = least
        }
        return adjusted
    }

    private static func ascending(_ pValues: [Double]) -> [Int] {
        pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
    }
}
