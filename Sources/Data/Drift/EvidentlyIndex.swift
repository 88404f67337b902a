import Glibc

/// The population stability index as Evidently 0.7 has it, `psi_evidently`: bins of equal width over both samples, and its own zeros.
enum EvidentlyIndex {
    /// Of numbers in as many bins as Sturges asks for (`numpy.histogram_bin_edges`); `nil` where a sample is empty or its range is no number.
    ///
    /// - Parameters:
    ///   - least: The least of all numbers, which sketches need not have.
    ///   - greatest: The greatest.
    static func value(
        _ reference: SortedValues, _ current: SortedValues, from least: Double, to greatest: Double
    ) -> Double? {
        let count = reference.count + current.count
        guard count > 0, let edges = edges(count, from: least, to: greatest) else { return nil }
        func counts(_ values: SortedValues) -> [Int] {
            let below = edges.map { values.count(atMost: $0.nextDown) }
            return zip([0] + below, below + [values.count]).map { $1 - $0 }
        }
        return value(zip(counts(reference), counts(current)), of: (reference.count, current.count))
    }

    /// Of counts of bins, empty ones too; `nil` where a sample is empty.
    static func value(_ counts: some Sequence<(Int, Int)>, of totals: (reference: Int, current: Int)) -> Double? {
        guard totals.reference > 0, totals.current > 0 else { return nil }
        let (all, others) = (Double(totals.reference), Double(totals.current))
        var least = (reference: totals.reference, current: totals.current)
        for (one, other) in counts {
            if one > 0 { least.reference = min(least.reference, one) }
            if other > 0 { least.current = min(least.current, other) }
        }
        let (zero, otherZero) = (floor(Double(least.reference) / all), floor(Double(least.current) / others))
        var sum = 0.0
        for (one, other) in counts {
            let p = one == 0 ? zero : Double(one) / all
            let q = other == 0 ? otherZero : Double(other) / others
            sum += (p - q) * log(p / q)
        }
        return sum
    }

    /// What stands for a share of 0: 0.0001, or a millionth of the least other share where that is no more.
    private static func floor(_ least: Double) -> Double { least <= 0.0001 ? least / 1e6 : 0.0001 }

    /// The inner edges of bins that are closed on the left, with the operations of NumPy in their order.
    private static func edges(_ count: Int, from least: Double, to greatest: Double) -> [Double]? {
        let range = greatest - least
        guard range.isFinite, range >= 0 else { return nil }
        let width = range / (log2(Double(count)) + 1)
        // Of no more values than there can be, log2 is below 64.
        let bins = width > 0 ? (range / width).rounded(.up) : 1
        guard bins >= 1, bins <= 100 else { return nil }
        return (1..<max(1, Int(bins))).map { Double($0) * (range / bins) + least }
    }
}
