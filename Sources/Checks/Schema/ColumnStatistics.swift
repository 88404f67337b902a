import Data
import Domain

/// The statistics of a column's finite numbers that its schema gives ranges of.
///
/// Mean and deviation are exact, and so are quantiles (type 7, as NumPy's) of up to `exactValues` numbers. Of more a sketch
/// estimates them (``KLLSketch``), and tells between which numbers the true one is, in 99 of 100 cases.
struct ColumnStatistics {
    private let (mean, spread): (Schema.Bounds?, Schema.Bounds?)
    private let quantiles: [Schema.Quantile]
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
        (mean, spread, quantiles) = (column.mean, column.standardDeviation, column.quantiles)
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
        if !quantiles.isEmpty { keep(some) }
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

    /// How many numbers there are, what was asked for, and what of it so few do not have.
    mutating func finish() -> (count: Int, rankError: Double, readings: [StatisticReading], undefined: [String]) {
        flush()
        var readings: [StatisticReading] = [], undefined: [String] = []
        let ranges = [("mean", moments.mean, mean), ("standard deviation", deviation, spread)]
        for case (let name, let value, let range?) in ranges {
            guard let value else { undefined.append(name); continue }
            readings.append(
                StatisticReading(
                    name: name, value: value, least: value, most: value, min: range.min, max: range.max,
                    of: "\(moments.count.grouped) numbers"))
        }
        let estimated = sketch.map { SortedValues(ascending: $0.weighted.map { ($0.value, $0.weight) }) }
        let values = estimated ?? SortedValues(of: kept), error = sketch?.rankError ?? 0
        for range in quantiles {
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
                StatisticReading(
                    name: name, value: ends[1], least: ends[0], most: ends[2], min: range.min, max: range.max,
                    of: "\(moments.count.grouped) numbers", error: "a rank error of \(error.percent)"))
        }
        return (moments.count, error, readings, undefined)
    }

    private var deviation: Double? { moments.standardDeviation(ddof: 1) }
}
