import Data
import Domain

/// How many different values a column has, where its schema gives a range of that.
///
/// Up to 65,536 are counted, by hashes of 64 bits; of more a sketch (``HyperLogLog``) estimates the number and says between which
/// ones the true one is, in 997 of 1,000 cases. Numbers are compared as numbers, truth values as such, other values byte by byte.
struct DistinctValues {
    private let (distinct, distinctShare): (Schema.Bounds?, Schema.Bounds?)
    private let (isNumber, isTruth): (Bool, Bool)
    private let decimalMark: UInt8
    private var values = 0
    private var few: Set<UInt64>? = []
    private var many = HyperLogLog()

    private static let mostCounted = 1 << 16

    /// Within so many standard errors 997 of 1,000 estimates are.
    private static let standardErrors = 3.0

    /// `nil` where the schema gives no range.
    init?(_ column: Schema.Column, decimalMark: UInt8 = UInt8(ascii: ".")) {
        guard column.distinct != nil || column.distinctShare != nil else { return nil }
        (distinct, distinctShare) = (column.distinct, column.distinctShare)
        self.decimalMark = decimalMark
        (isNumber, isTruth) = (column.type == .int || column.type == .float, column.type == .bool)
    }

    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        if isNumber, let number = DecimalNumber.parse(bytes, decimalMark: decimalMark) {
            add(number)
        } else if isTruth, let truth = ColumnRules.truth(bytes) {
            add(truth ? 1 : 0)
        } else {
            add(hash: StableHash.of(UnsafeRawBufferPointer(bytes)))
        }
    }

    mutating func add(_ number: Double) { add(hash: StableHash.of(number)) }

    private mutating func add(hash: UInt64) {
        values += 1
        many.add(hash: hash)
        if few?.insert(hash).inserted == true, few?.count ?? 0 > Self.mostCounted { few = nil }
    }

    /// What was asked for, and what of it a column without values does not have.
    func finish() -> (readings: [StatisticReading], undefined: [String]) {
        let share = 1 / Double(values), least: Double, most: Double, estimate: Double, error: Double
        if let few {
            error = 0
            estimate = Double(few.count)
            (least, most) = (estimate, estimate)
        } else {
            // There are more than were counted, and at most all.
            func possible(_ count: Double) -> Double { min(max(count, Double(Self.mostCounted + 1)), Double(values)) }
            let found = Double(many.estimate)
            error = Self.standardErrors * HyperLogLog.standardError
            (estimate, least, most) = (possible(found), possible(found * (1 - error)), possible(found * (1 + error)))
        }
        let asked = [("distinct values", distinct, 1), ("distinct share", distinctShare, share)]
        var readings: [StatisticReading] = [], undefined: [String] = []
        for case (let name, let range?, let unit) in asked {
            // No value is none that differs from another, but no share of anything.
            guard unit.isFinite else {
                undefined.append(name)
                continue
            }
            readings.append(
                StatisticReading(
                    name: name, value: estimate * unit, least: least * unit, most: most * unit, min: range.min,
                    max: range.max, of: "\(values.grouped) values", error: "an error of \(error.percent)"))
        }
        return (readings, undefined)
    }
}
