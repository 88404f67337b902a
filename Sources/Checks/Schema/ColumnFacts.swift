import Data
import Domain

/// What a column was seen to hold, by the same measures that a schema is kept by.
///
/// One pass in bounded memory.
struct ColumnFacts {
    let name: String
    private(set) var rows = 0
    private(set) var nulls = 0
    /// Numbers that are not finite.
    private(set) var unusual = 0
    private(set) var minimum = Double.infinity
    private(set) var maximum = -Double.infinity

    private var areWhole = true
    private var areNumbers = true
    private var areTruths = true
    private var areTimes = true
    private var haveSpaces = false
    /// Few different texts; `nil` once there are more.
    private var texts: Set<[UInt8]>? = []
    /// All values; `nil` once one has come twice, or they can be no key.
    private var seen: UniqueValues?

    /// A text column of so few different values, each of which comes so often on average, has a fixed list of them.
    private static let mostAllowed = 50
    private static let leastRepeats = 8

    /// So few rows do not show that values are unique by design.
    private static let leastUnique = 20

    /// The longest text that is listed, in bytes.
    private static let longestAllowed = 100

    /// - Parameter room: Where the values are kept.
    private let decimalMark: UInt8

    init(_ name: String, room: KeyRoom, decimalMark: UInt8 = UInt8(ascii: ".")) {
        self.decimalMark = decimalMark
        self.name = name
        seen = UniqueValues(sharing: room)
    }

    var values: Int { rows - nulls }

    mutating func take(_ bytes: UnsafeBufferPointer<UInt8>, isNull: Bool) {
        rows += 1
        guard !isNull else {
            nulls += 1
            seen = nil
            return
        }
        if areNumbers { takeNumber(bytes) }
        if areTruths { areTruths = ColumnRules.truth(bytes) != nil }
        if areTimes { areTimes = ColumnRules.isTimestamp(bytes) }
        // Or commas, such as those of decimals.
        if !haveSpaces { haveSpaces = bytes.contains { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") } }
        if texts != nil, texts?.insert(Array(bytes)).inserted == true, texts?.count ?? 0 > Self.mostAllowed {
            texts = nil
        }
        if haveSpaces && !areNumbers || !isNew(bytes) { seen = nil }
    }

    private func isNew(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let seen else { return true }
        // Of numbers as the rule will look at them.
        guard areNumbers else { return seen.insert(bytes) { 0 } }
        return PlainDecimal.with(bytes, decimalMark: decimalMark) { bytes in seen.insert(bytes) { 0 } }
    }

    /// To be called once all values have come: some may have come again so much later that memory no longer held the first.
    mutating func finish() throws(DataError) {
        var areUnique = true
        try seen?.finish { _, _ in areUnique = false }
        if !areUnique { seen = nil }
    }

    private mutating func takeNumber(_ bytes: UnsafeBufferPointer<UInt8>) {
        // Codes such as postal ones begin with zeros that mean something.
        let isCode = bytes.count > 1 && bytes[0] == UInt8(ascii: "0") && bytes[1] &- 0x30 < 10
        guard !isCode, let number = DecimalNumber.parse(bytes, decimalMark: decimalMark) else {
            return areNumbers = false
        }
        areWhole = areWhole && ColumnRules.isWhole(number)
        guard number.isFinite else { return unusual += 1 }
        minimum = min(minimum, number)
        maximum = max(maximum, number)
    }

    var type: Schema.ColumnType {
        if values == 0 { return .string }
        if areNumbers { return areWhole && unusual == 0 ? .int : .float }
        return areTruths ? .bool : areTimes ? .timestamp : .string
    }

    /// Whether no value comes twice, and that is no accident: words without spaces, numbers that count, or the name says so.
    var isKey: Bool {
        guard seen != nil, nulls == 0, rows >= Self.leastUnique else { return false }
        switch type {
        case .string: return !haveSpaces
        case .int: return maximum - minimum == Double(rows - 1) || Self.namesKey(name.lowercased())
        default: return false
        }
    }

    private static func namesKey(_ name: String) -> Bool {
        ["id", "key", "uuid"].contains { word in
            name == word || ["_", "-", ".", " "].contains { name.hasSuffix($0 + word) }
        }
    }

    /// The values of a text column that has few, in the order of their bytes; `nil` where it has many, or such as cannot be listed.
    var allowed: [String]? {
        guard type == .string, let texts, !texts.isEmpty, values >= Self.leastRepeats * texts.count else { return nil }
        let sorted = texts.sorted { $0.lexicographicallyPrecedes($1) }
        let words = sorted.map { String(decoding: $0, as: UTF8.self) }
        let areFaithful = zip(sorted, words).allSatisfy { bytes, word in
            bytes.count <= Self.longestAllowed && bytes.elementsEqual(word.utf8) && InferredSchema.canBeWritten(word)
        }
        return areFaithful ? words : nil
    }

    /// What is known of the same column in two tables.
    func joined(with other: ColumnFacts) -> ColumnFacts {
        var both = self
        both.rows += other.rows
        both.nulls += other.nulls
        both.unusual += other.unusual
        both.minimum = min(minimum, other.minimum)
        both.maximum = max(maximum, other.maximum)
        both.areWhole = areWhole && other.areWhole
        both.areNumbers = areNumbers && other.areNumbers
        both.areTruths = areTruths && other.areTruths
        both.areTimes = areTimes && other.areTimes
        both.haveSpaces = haveSpaces || other.haveSpaces
        both.texts = texts.flatMap { mine in other.texts.map { mine.union($0) } }
        if both.texts?.count ?? 0 > Self.mostAllowed { both.texts = nil }
        return both
    }
}
