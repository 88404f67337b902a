/// One element of a Parquet schema as it is written.
struct ParquetSchemaElement: Hashable, Sendable {
    /// What a physical value means.
    enum Meaning: Hashable, Sendable {
        case plain
        case text
        case decimal(scale: Int)
        case date
        /// Units in a second.
        case time(perSecond: Int)
        case timestamp(perSecond: Int, isUTC: Bool)
        case unsigned
        case uuid
        case float16
        /// Months, days and milliseconds; not read.
        case interval
    }

    var physical: Int?
    var length = 0
    var repetition = 0
    var name = ""
    var children = 0
    var meaning = Meaning.plain

    init(_ reader: inout ThriftReader) throws(DataError) {
        var scale = 0
        var converted: Int?
        var logical: Meaning?
        try reader.fields { reader, id, kind throws(DataError) in
            switch (id, kind) {
            case (1, .int32): physical = try reader.integer()
            case (2, .int32): length = try reader.integer()
            case (3, .int32): repetition = try reader.integer()
            case (4, .binary): name = try reader.text()
            case (5, .int32): children = try reader.integer()
            case (6, .int32): converted = try reader.integer()
            case (7, .int32): scale = try reader.integer()
            case (10, .structure): logical = try Self.logical(&reader)
            default: return false
            }
            return true
        }
        meaning = logical ?? converted.flatMap { Self.meaning(converted: $0, scale: scale) } ?? .plain
    }

    /// The older annotation.
    private static func meaning(converted: Int, scale: Int) -> Meaning? {
        switch converted {
        case 0, 4, 19, 20: .text
        case 5: .decimal(scale: scale)
        case 6: .date
        case 7: .time(perSecond: 1000)
        case 8: .time(perSecond: 1_000_000)
        case 9: .timestamp(perSecond: 1000, isUTC: true)
        case 10: .timestamp(perSecond: 1_000_000, isUTC: true)
        case 11...14: .unsigned
        case 21: .interval
        default: nil
        }
    }

    private static func logical(_ reader: inout ThriftReader) throws(DataError) -> Meaning? {
        var meaning: Meaning?
        try reader.fields { reader, id, kind throws(DataError) in
            guard kind == .structure else { return false }
            var numbers: [Int: Int] = [:]
            try Self.members(&reader, &numbers)
            switch id {
            case 1, 4, 12: meaning = .text
            case 5: meaning = .decimal(scale: numbers[1] ?? 0)
            case 6: meaning = .date
            case 7: meaning = .time(perSecond: numbers[2] ?? 1000)
            case 8: meaning = .timestamp(perSecond: numbers[2] ?? 1000, isUTC: numbers[1] == 1)
            case 10: meaning = numbers[2] == 0 ? .unsigned : nil
            case 14: meaning = .uuid
            case 15: meaning = .float16
            default: break
            }
            return true
        }
        return meaning
    }

    /// The numbers, truth values and time units of an annotation by their ids.
    private static func members(_ reader: inout ThriftReader, _ numbers: inout [Int: Int]) throws(DataError) {
        try reader.fields { reader, id, kind throws(DataError) in
            switch kind {
            case .yes: numbers[id] = 1
            case .no: numbers[id] = 0
            case .int32: numbers[id] = try reader.integer()
            case .structure:
                try reader.fields { _, unit, _ throws(DataError) in
                    numbers[id] = [1: 1000, 2: 1_000_000, 3: 1_000_000_000][unit]
                    return false
                }
            default: return false
            }
            return true
        }
    }
}
