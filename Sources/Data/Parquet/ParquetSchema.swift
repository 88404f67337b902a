import Domain

/// The columns of a Parquet file that hold single values, and the names of those that do not.
struct ParquetSchema: Hashable, Sendable {
    let columns: [ParquetColumn]

    /// Columns that are not read: lists and structures, and single values that are neither numbers nor texts.
    let unread: [Unread]

    struct Unread: Hashable, Sendable {
        let name: String

        /// The end of a sentence that starts with the column.
        let reason: String
        fileprivate let remedy: String

        var error: DataError { DataError("column `\(name)` \(reason)", remedy: remedy) }
    }

    /// Parts that each row group has: one a column, several for a nested one.
    let leaves: Int

    /// Of the elements of a schema in their order; refused by name where no column can be read.
    init(_ elements: [ParquetSchemaElement]) throws(DataError) {
        guard let root = elements.first else { throw ThriftReader.damaged }
        var (columns, unread): ([ParquetColumn], [Unread]) = ([], [])
        var (place, leaf) = (1, 0)
        while place < elements.count {
            let element = elements[place]
            if let left = Unread(element) {
                unread.append(left)
                try Self.pass(elements, &place, &leaf)
            } else {
                columns.append(try ParquetColumn(element, leaf: leaf))
                (place, leaf) = (place + 1, leaf + 1)
            }
        }
        guard root.children == columns.count + unread.count else { throw ThriftReader.damaged }
        if columns.isEmpty, let first = unread.first { throw first.error }
        let names = columns.map(\.name) + unread.map(\.name)
        guard Set(names.map(ExactText.init)).count == names.count else {
            throw DataError("two columns of the Parquet file have the same name", remedy: "rename one of them")
        }
        (self.columns, self.unread, leaves) = (columns, unread, leaf)
    }

    /// Steps over an element with all that is in it.
    private static func pass(
        _ elements: [ParquetSchemaElement], _ place: inout Int, _ leaf: inout Int
    ) throws(DataError) {
        var left = 1
        while left > 0 {
            guard place < elements.count, (0...elements.count).contains(elements[place].children) else {
                throw ThriftReader.damaged
            }
            left += elements[place].children - 1
            if elements[place].children == 0 { leaf += 1 }
            place += 1
        }
    }
}

extension ParquetSchema.Unread {
    /// `nil` where the column is read.
    fileprivate init?(_ element: ParquetSchemaElement) {
        name = element.name
        guard element.children == 0, element.repetition < 2 else {
            (reason, remedy) = ("is nested", "flatten it to columns of single values, or leave it out")
            return
        }
        guard element.meaning == .interval else { return nil }
        (reason, remedy) = ("holds intervals", "write their lengths as numbers, or leave it out")
    }
}

/// A column of single values.
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

    /// Where its part stands among those of a row group.
    let leaf: Int

    init(_ element: ParquetSchemaElement, leaf: Int) throws(DataError) {
        guard let physical = element.physical.flatMap(Physical.init), (0...(1 << 20)).contains(element.length),
            physical != .fixed || element.length > 0
        else { throw ThriftReader.damaged }
        name = element.name
        self.physical = physical
        meaning = element.meaning
        isOptional = element.repetition == 1
        length = element.length
        self.leaf = leaf
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

    var isDecimal: Bool { if case .decimal = meaning { isNumeric } else { false } }

    /// Whole numbers and decimals, of which a double may not hold all digits.
    var hasDigits: Bool {
        switch (physical, meaning) {
        case (.float, _), (.double, _), (_, .float16): false
        default: isNumeric
        }
    }
}
