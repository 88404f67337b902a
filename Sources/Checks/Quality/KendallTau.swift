/// Kendall's rank correlation τ-b, which allows for ties: (C − D) / √((n₀ − n₁)(n₀ − n₂)).
///
/// Of n₀ pairs of rows C are in the same order on both sides and D in opposite ones; n₁ and n₂ are tied on a side. In n log n steps
/// (Knight 1966).
enum KendallTau {
    /// `nil` where one side is constant, or there are fewer than two rows.
    static func b(_ rows: [(Double, Double)]) -> Double? {
        let sorted = rows.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
        let all = pairs(rows.count)
        let first = ties(sorted) { $0.0 == $1.0 }, both = ties(sorted) { $0 == $1 }
        var values = sorted.map(\.1)
        let swaps = mergeSort(&values), second = ties(values, ==)
        let scale = (Double(all - first) * Double(all - second)).squareRoot()
        return scale > 0 ? Double(all - first - second + both - 2 * swaps) / scale : nil
    }

    private static func pairs(_ count: Int) -> Int { count * (count - 1) / 2 }

    /// Pairs of equal neighbours of what is sorted.
    private static func ties<Row>(_ sorted: [Row], _ areEqual: (Row, Row) -> Bool) -> Int {
        var found = 0, run = 1
        for (one, other) in zip(sorted, sorted.dropFirst()) {
            if areEqual(one, other) { run += 1 } else { (found, run) = (found + pairs(run), 1) }
        }
        return found + pairs(run)
    }

    /// Sorts, and counts the pairs that stood in the wrong order.
    private static func mergeSort(_ values: inout [Double]) -> Int {
        var swaps = 0, width = 1, merged = values
        while width < values.count {
            for begin in stride(from: 0, to: values.count, by: 2 * width) {
                let middle = min(begin + width, values.count), end = min(begin + 2 * width, values.count)
                var (one, other) = (begin, middle)
                for place in begin..<end {
                    if one < middle, other == end || values[one] <= values[other] {
                        merged[place] = values[one]
                        one += 1
                    } else {
                        merged[place] = values[other]
                        other += 1
                        swaps += middle - one
                    }
                }
            }
            swap(&values, &merged)
            width *= 2
        }
        return swaps
    }
}
