import Domain

/// How closely two columns go together.
public enum Association {
    /// Columns with more different values than this on a side have no table of counts.
    public static let mostCategories = 1000

    /// Pearson's coefficient of the rows where both numbers are finite; `nil` with fewer than three, or where one is constant.
    public static func pearson(_ one: [Double], _ other: [Double]) -> Double? {
        var (x, y): ([Double], [Double]) = ([], [])
        x.reserveCapacity(one.count)
        y.reserveCapacity(one.count)
        for (left, right) in zip(one, other) where left.isFinite && right.isFinite {
            x.append(left)
            y.append(right)
        }
        guard x.count > 2 else { return nil }
        return x.withUnsafeBufferPointer { x in
            y.withUnsafeBufferPointer { RegressionMetrics.correlation(x, $0, (mean(x), mean($0))) }
        }
    }

    /// Each is divided first, so that the sum does not overflow.
    private static func mean(_ values: UnsafeBufferPointer<Double>) -> Double {
        var sum = CompensatedSum()
        for value in values { sum.add(value / Double(values.count)) }
        return sum.value
    }

    /// Cramér's V (1946) of the rows where both codes are at least 0, without correction of its bias: the root of
    /// χ² ÷ (n · (fewer categories − 1)). `nil` where a side has fewer than two categories, or more than ``mostCategories``.
    public static func cramersV(_ one: [Int32], _ other: [Int32]) -> Double? {
        var (rows, columns) = (Places(), Places())
        var pairs: [(row: Int, column: Int)] = []
        pairs.reserveCapacity(one.count)
        for (left, right) in zip(one, other) where left >= 0 && right >= 0 {
            pairs.append((rows.place(of: left), columns.place(of: right)))
        }
        guard min(rows.count, columns.count) > 1, max(rows.count, columns.count) <= mostCategories else { return nil }
        var counts = Array(repeating: 0, count: rows.count * columns.count)
        var totals = (Array(repeating: 0, count: rows.count), Array(repeating: 0, count: columns.count))
        for pair in pairs {
            counts[pair.row * columns.count + pair.column] += 1
            totals.0[pair.row] += 1
            totals.1[pair.column] += 1
        }
        var statistic = CompensatedSum()
        for row in 0..<rows.count {
            for column in 0..<columns.count {
                let expected = Double(totals.0[row]) * Double(totals.1[column]) / Double(pairs.count)
                let gap = Double(counts[row * columns.count + column]) - expected
                statistic.add(gap * gap / expected)
            }
        }
        let most = Double(pairs.count) * Double(min(rows.count, columns.count) - 1)
        return min(1, (statistic.value / most).squareRoot())
    }

    /// Numbers codes from 0 in the order in which they come.
    struct Places {
        private var places: [Int32: Int] = [:]

        var count: Int { places.count }

        mutating func place(of code: Int32) -> Int {
            if let place = places[code] { return place }
            places[code] = places.count
            return places.count - 1
        }
    }
}
