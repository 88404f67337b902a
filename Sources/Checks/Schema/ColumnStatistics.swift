import Data
import Domain

/// The statistics of a column's finite numbers that its schema gives ranges of.
///
/// Mean and deviation are exact, and so are quantiles (type 7, as NumPy's) of up to `exactValues` numbers. Of more a sketch
/// estimates them (``KLLSketch``), and tells between which numbers the true one is, in 99 of 100 cases.
struct ColumnStatistics {
    private let column: Schema.Column
    private let exactValues: Int
    private var moments = Moments()
    private var waiting: [Double] = []
    private var kept: [Double] = []
    private var sketch: KLLSketch?

    private static let chunk = 4096

    /// Together, the columns of a schema keep so many numbers.
    private static let mostKept = 1 << 24
    private static let mostExact = 1_000_000

    /// How many numbers of each column are kept.
    static func exactValues(of schema: Schema) -> Int {
        min(mostExact, mostKept / max(1, schema.columns.count { !$0.quantiles.isEmpty }))
    }

    /// `nil` where the schema gives no range.
    init?(_ column: Schema.Column, exactValues: Int) {
        guard column.mean != nil || column.standardDeviation != nil || !column.quantiles.isEmpty else { return nil }
        self.column = column
        self.exactValues = exactValues
    }

    mutating func add(_ value: Double) {
        waiting.append(value)
        if waiting.count == Self.chunk { flush() }
    }

    private mutating func flush() {
        var some: [Double] = []
        swap(&some, &waiting)
        some.withUnsafeBufferPointer { moments.add($0) }
        if !column.quantiles.isEmpty { keep(some) }
        some.removeAll(keepingCapacity: true)
        waiting = some
    }

    private mutating func keep(_ some: [Double]) {
        if sketch == nil, kept.count + some.count <= exactValues {
            kept += some
            return
        }
        var sketch = sketch ?? KLLSketch()
        self.sketch = nil
        (kept + some).withUnsafeBufferPointer { sketch.add($0) }
        kept = []
        self.sketch = sketch
    }

    /// One number, the least and the greatest that it may truly be, and its range.
    struct Reading {
        let name: String
        let value: Double
        let least: Double
        let most: Double
        let min: Double?
        let max: Double?

        var isExact: Bool { least == most }

        /// Against the least that it may be: a warning where the sketch's error may explain that it is less.
        var atLeast: Verdict {
            guard let min, !Bound.isAtLeast(value, min) else { return .pass }
            return Bound.isAtLeast(most, min) ? .warn : .fail
        }

        /// The same against the most that it may be.
        var atMost: Verdict {
            guard let max, !Bound.isAtMost(value, max) else { return .pass }
            return Bound.isAtMost(least, max) ? .warn : .fail
        }
    }

    /// How many numbers there are, what was asked for, and what of it so few do not have.
    mutating func finish() -> (count: Int, rankError: Double, readings: [Reading], undefined: [String]) {
        flush()
        var readings: [Reading] = [], undefined: [String] = []
        let ranges = [("mean", moments.mean, column.mean), ("standard deviation", deviation, column.standardDeviation)]
        for case (let name, let value, let range?) in ranges {
            guard let value else { undefined.append(name); continue }
            readings.append(
                Reading(name: name, value: value, least: value, most: value, min: range.min, max: range.max))
        }
        let estimated = sketch.map { SortedValues(ascending: $0.weighted.map { ($0.value, $0.weight) }) }
        let values = estimated ?? SortedValues(of: kept), error = sketch?.rankError ?? 0
        for range in column.quantiles {
            let name = "quantile \(range.at.brief)"
            guard moments.count > 0 else {
                undefined.append(name)
                continue
            }
            // The ends are known whatever the sketch keeps.
            let isEnd = range.at == 0 || range.at == 1
            let ends = [isEnd ? 0 : -error, 0, isEnd ? 0 : error].map { share -> Double in
                let share = range.at + share
                if share <= 0 { return moments.minimum }
                return share >= 1 ? moments.maximum : values.linearQuantile(share) ?? .nan
            }
            readings.append(
                Reading(
                    name: name, value: ends[1], least: ends[0], most: ends[2], min: range.min, max: range.max))
        }
        return (moments.count, error, readings, undefined)
    }

    private var deviation: Double? { moments.standardDeviation(ddof: 1) }
}
