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

/// A column of a flat Parquet file.
struct ParquetColumn: Hashable, Sendable {
    enum Physical: Int, Hashable, Sendable {
        case bool, int32, int64, int96, float, double, bytes, fixed
    }

    let name: String
    let physical: Physical
    let meaning: ParquetSchemaElement.Meaning
    let isOptional: Bool

    /// Bytes of a fixed-length value.
    let length: Int

    /// The columns of a schema; nested ones are refused by name.
    static func all(of metadata: ParquetMetadata) throws(DataError) -> [ParquetColumn] {
        guard let root = metadata.elements.first, root.children == metadata.elements.count - 1 else {
            if let nested = metadata.elements.dropFirst().first(where: { $0.children > 0 }) {
                throw Self.nested(nested.name)
            }
            throw ThriftReader.damaged
        }
        var columns: [ParquetColumn] = []
        for element in metadata.elements.dropFirst() {
            guard element.children == 0, element.repetition < 2 else { throw Self.nested(element.name) }
            guard let physical = element.physical.flatMap(Physical.init) else { throw ThriftReader.damaged }
            guard (0...(1 << 20)).contains(element.length), physical != .fixed || element.length > 0 else {
                throw ThriftReader.damaged
            }
            columns.append(
                ParquetColumn(
                    name: element.name, physical: physical, meaning: element.meaning,
                    isOptional: element.repetition == 1,
                    length: element.length))
        }
        guard Set(columns.map(\.name)).count == columns.count else {
            throw DataError("two columns of the Parquet file have the same name", remedy: "rename one of them")
        }
        return columns
    }

    private static func nested(_ name: String) -> DataError {
        DataError("column `\(name)` is nested", remedy: "flatten it to columns of single values, or leave it out")
    }

    /// Values are numbers, not texts.
    var isNumeric: Bool {
        switch (physical, meaning) {
        case (.int32, .plain), (.int32, .unsigned), (.int64, .plain), (.int64, .unsigned), (.float, _), (.double, _):
            true
        case (.int32, .decimal), (.int64, .decimal), (.fixed, .decimal), (.bytes, .decimal), (.fixed, .float16): true
        default: false
        }
    }
}
