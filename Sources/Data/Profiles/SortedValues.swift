/// Numbers in ascending order, each with how many values it stands for: an empirical distribution.
///
/// Exact where the numbers are the data; an estimate where they come from a `KLLSketch`.
public struct SortedValues: Sendable {
    /// Ascending; without counts a number may stand here repeatedly.
    public let values: [Double]

    /// How many values are at or before each place; `nil` where each place stands for one value.
    let cumulative: [Int]?

    /// How many values there are.
    public let count: Int

    /// How many different values there are.
    public let distinct: Int

    /// Of finite numbers in any order.
    public init(of values: [Double]) { self.init(ascending: RadixSort.sorted(values)) }

    /// Of finite numbers that ascend. Held as runs where that is much smaller.
    public init(ascending values: [Double]) {
        count = values.count
        var distinct = values.isEmpty ? 0 : 1
        for index in values.indices.dropFirst() where values[index] != values[index - 1] { distinct += 1 }
        self.distinct = distinct
        guard distinct * 3 < values.count else {
            self.values = values
            cumulative = nil
            return
        }
        var runs: [Double] = []
        var ends: [Int] = []
        runs.reserveCapacity(distinct)
        ends.reserveCapacity(distinct)
        for index in values.indices where index + 1 == values.count || values[index] != values[index + 1] {
            runs.append(values[index])
            ends.append(index + 1)
        }
        self.values = runs
        cumulative = ends
    }

    /// Of numbers that ascend, with their counts.
    public init(ascending runs: [(value: Double, count: Int)]) {
        values = runs.map(\.value)
        distinct = runs.count
        var sum = 0
        cumulative = runs.map { run in
            sum += run.count
            return sum
        }
        count = sum
    }

    /// The same as another's parts.
    init(ascending values: [Double], cumulative: [Int]?, distinct: Int) {
        self.values = values
        self.cumulative = cumulative
        self.distinct = distinct
        count = cumulative.map { $0.last ?? 0 } ?? values.count
    }

    public var minimum: Double? { values.first }
    public var maximum: Double? { values.last }

    /// How many values are at or before a place.
    @inline(__always)
    func end(at place: Int) -> Int { cumulative.map { $0[place] } ?? place + 1 }

    /// The value of 0-based `rank` among all.
    public func value(rank: Int) -> Double {
        guard let cumulative else { return values[rank] }
        return values[Self.lowerBound(0, cumulative.count) { cumulative[$0] <= rank }]
    }

    /// How many values are at most `limit`.
    public func count(atMost limit: Double) -> Int {
        let place = Self.lowerBound(0, values.count) { values[$0] <= limit }
        return place == 0 ? 0 : end(at: place - 1)
    }

    /// numpy's default quantile (type 7), to the last bit; `nil` where there are no values.
    public func linearQuantile(_ q: Double) -> Double? {
        count > 0 ? Self.linearQuantile(q, of: count, value) : nil
    }

    /// The same of `count` values, at least one, that `value` gives by their rank from 0.
    static func linearQuantile(_ q: Double, of count: Int, _ value: (Int) -> Double) -> Double {
        let place = Double(count - 1) * q
        let rank = min(max(Int(place.rounded(.down)), 0), count - 1)
        let low = value(rank)
        let high = value(min(rank + 1, count - 1))
        let share = place - Double(rank)
        if share == 0 || low == high { return low }
        // Between a number and infinity lies infinity, between both infinities nothing that is a number.
        if low.isInfinite || high.isInfinite { return low.isInfinite ? (high.isInfinite ? .nan : low) : high }
        let distance = high - low
        if distance.isInfinite { return low * (1 - share) + high * share }
        return share < 0.5 ? low + distance * share : high - distance * (1 - share)
    }

    /// The least value with at least `q` of all at or below it (type 1); `nil` where there are no values.
    public func invertedQuantile(_ q: Double) -> Double? {
        guard count > 0 else { return nil }
        return value(rank: min(max(Int((Double(count) * q).rounded(.up)) - 1, 0), count - 1))
    }

    /// Each different value with its count, ascending.
    public var runs: [(value: Double, count: Int)] {
        var runs: [(value: Double, count: Int)] = []
        var before = 0
        for place in values.indices where place + 1 == values.count || values[place] != values[place + 1] {
            runs.append((values[place], end(at: place) - before))
            before = end(at: place)
        }
        return runs
    }

    /// How many different values are such that several whole numbers may be one of them.
    var distinctWide: Int {
        guard let first = values.first, let last = values.last, max(-first, last) >= 0x1p53 else { return 0 }
        return runs.count { WideNumbers.contains($0.value) }
    }

    /// All values, each as often as it occurs.
    var repeated: [Double] {
        guard cumulative != nil else { return values }
        var all: [Double] = []
        all.reserveCapacity(count)
        for run in runs { all.append(contentsOf: repeatElement(run.value, count: run.count)) }
        return all
    }

    /// The values of both.
    public func merged(with other: SortedValues) -> SortedValues {
        guard cumulative == nil, other.cumulative == nil else { return mergedRuns(other.runs) }
        return SortedValues(of: values + other.values)
    }

    private func mergedRuns(_ others: [(value: Double, count: Int)]) -> SortedValues {
        var result: [(value: Double, count: Int)] = []
        let mine = runs
        var (i, j) = (0, 0)
        while i < mine.count || j < others.count {
            if j == others.count || i < mine.count && mine[i].value < others[j].value {
                result.append(mine[i])
                i += 1
            } else if i == mine.count || others[j].value < mine[i].value {
                result.append(others[j])
                j += 1
            } else {
                result.append((mine[i].value, mine[i].count + others[j].count))
                (i, j) = (i + 1, j + 1)
            }
        }
        return SortedValues(ascending: result)
    }

    /// The first place in `low..<high` that is not `before`.
    private static func lowerBound(_ low: Int, _ high: Int, _ isBefore: (Int) -> Bool) -> Int {
        var (low, high) = (low, high)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(middle) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
