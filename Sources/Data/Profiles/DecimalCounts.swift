/// Counts decimal numbers of few digits that lie close together: one counter for each that there could be.
///
/// Three times as fast as a table of hashes, for ages, prices, shares and the like.
struct DecimalCounts: Sendable {
    /// The most counters.
    private static let limit = 1 << 19

    private var places = 0

    /// The whole number that the first counter is for.
    private var lowest = 0
    private var counters: [UInt32] = []
    private var total = 0
    private(set) var distinct = 0

    /// Adds numbers up to the one that would be too many, and returns how many it took; `nil`, having taken none, where the
    /// numbers are not of that kind.
    mutating func add(_ values: UnsafeBufferPointer<Double>, distinctLimit: Int) -> Int? {
        guard total + values.count <= UInt32.max, let run = DecimalRun(values, atLeast: places) else { return nil }
        guard let range = run.range else { return 0 }
        guard refine(to: run.places), makeRoom(from: range.lowerBound, through: range.upperBound) else { return nil }
        let (taken, new) = add(run, room: distinctLimit - distinct)
        distinct += new
        total += taken
        return taken
    }

    /// Ascending.
    var runs: [(value: Double, count: Int)] {
        counters.indices.lazy.filter { counters[$0] > 0 }.map { index in
            (DecimalRun.number(Int32(truncatingIfNeeded: lowest + index), places), Int(counters[index]))
        }
    }

    private mutating func add(_ run: DecimalRun, room: Int) -> (taken: Int, new: Int) {
        let lowest = Int32(truncatingIfNeeded: lowest)
        var new = 0
        let taken = counters.withUnsafeMutableBufferPointer { counters in
            run.wholes.withUnsafeBufferPointer { wholes in
                for index in 0..<wholes.count {
                    let place = Int(truncatingIfNeeded: wholes[index] &- lowest)
                    if counters[place] == 0 {
                        if new == room { return index }
                        new &+= 1
                    }
                    counters[place] &+= 1
                }
                return wholes.count
            }
        }
        return (taken, new)
    }

    /// Spreads the counters to a finer unit; false where they would be too many.
    private mutating func refine(to places: Int) -> Bool {
        guard places > self.places else { return true }
        let factor = DecimalRun.factor(places - self.places)
        guard counters.count * factor <= Self.limit, Int32(exactly: lowest * factor) != nil,
            Int32(exactly: (lowest + counters.count) * factor) != nil
        else { return false }
        var finer = [UInt32](repeating: 0, count: counters.count * factor)
        for index in counters.indices { finer[index * factor] = counters[index] }
        counters = finer
        lowest *= factor
        self.places = places
        return true
    }

    /// Makes counters for whole numbers of a range, and as many on the side where they were missing; false where they would
    /// be too many.
    private mutating func makeRoom(from low: Int, through high: Int) -> Bool {
        if counters.isEmpty { lowest = low }
        let end = lowest + counters.count
        if low >= lowest, high < end { return true }
        let needed = max(high + 1, end) - min(low, lowest)
        guard needed <= Self.limit else { return false }
        let spare = min(needed, Self.limit - needed) / (low < lowest && high >= end ? 2 : 1)
        let first = max(Int(Int32.min), low < lowest ? low - spare : lowest)
        let last = min(Int(Int32.max), high >= end ? high + spare : end - 1)
        var larger = [UInt32](repeating: 0, count: last - first + 1)
        larger.replaceSubrange((lowest - first)..<(lowest - first + counters.count), with: counters)
        (counters, lowest) = (larger, first)
        return true
    }
}
