/// The first Wasserstein distance: the area between two empirical distribution functions, in the unit of the values.
public enum Wasserstein {
    /// `nil` where a sample is empty.
    public static func distance(_ one: SortedValues, _ other: SortedValues) -> Double? {
        guard one.count > 0, other.count > 0 else { return nil }
        let (n, m) = (Double(one.count), Double(other.count))
        var (i, j) = (0, 0)
        var area = 0.0
        var previous = min(one.values[0], other.values[0])
        while i < one.values.count || j < other.values.count {
            let isOne = j == other.values.count || i < one.values.count && one.values[i] <= other.values[j]
            let value = isOne ? one.values[i] : other.values[j]
            if value != previous {
                let below = Double(i == 0 ? 0 : one.end(at: i - 1)) / n
                let otherBelow = Double(j == 0 ? 0 : other.end(at: j - 1)) / m
                area += abs(below - otherBelow) * (value - previous)
                previous = value
            }
            if isOne { i += 1 } else { j += 1 }
        }
        return area
    }
}
