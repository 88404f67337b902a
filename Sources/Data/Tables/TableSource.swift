import Domain

/// The bytes of a table and how to read them; valid as long as the bytes are.
public struct TableSource {
    public let bytes: UnsafeRawBufferPointer
    public let format: TextFormat
    public let options: TableOptions

    public init(_ bytes: UnsafeRawBufferPointer, format: TextFormat = .csv, options: TableOptions = TableOptions()) {
        self.bytes = bytes
        self.format = format
        self.options = options
    }

    /// The names of all columns; with JSON Lines, those of all objects.
    public func columnNames() throws(DataError) -> [String] {
        switch format {
        case .csv: try CSVTableReader(self).names()
        case .jsonLines: try JSONLinesTableReader(self).names()
        }
    }

    /// The columns that are asked for, and only those; each must be there.
    ///
    /// With JSON Lines, a member that an object lacks is null there.
    public func table(_ requests: [ColumnRequest]) throws(DataError) -> Table {
        var asked: Set<ExactText> = []
        for request in requests where !asked.insert(ExactText(request.name)).inserted {
            throw DataError(
                "column `\(request.name)` is asked for twice", remedy: "ask for each column once", isAskedWrong: true)
        }
        return switch format {
        case .csv: try CSVTableReader(self).table(requests)
        case .jsonLines: try JSONLinesTableReader(self).table(requests)
        }
    }

    /// All columns, each of numbers where every value is one.
    public func table() throws(DataError) -> Table {
        try table(columnNames().map { ColumnRequest($0, .any) })
    }

    /// The error `message` at a cell, which is found by reading the table again up to its row.
    func error(_ message: String, row: Int, column: String, remedy: String) -> DataError {
        let place =
            switch format {
            case .csv: try? CSVTableReader(self).place(row: row, column: column)
            case .jsonLines: try? JSONLinesTableReader(self).place(row: row, column: column)
            }
        return DataError("column `\(column)`: " + message, line: place?.line, column: place?.column, remedy: remedy)
    }

    var decimalMark: UInt8 { options.dialect?.decimalMark ?? options.decimalMark }

    /// The spellings of null as bytes, compared with each value that is not empty.
    var nulls: [[UInt8]] { options.nullSpellings.filter { !$0.isEmpty }.map { Array($0.utf8) } }

    /// - Parameter line: Where the names stand, if they stand in a line.
    static func missing(_ name: String, among names: [String], line: Int? = 1) -> DataError {
        let listed = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
        return DataError(
            "there is no column `\(name)`; the table has \(listed)", line: line, remedy: "name a column that is there",
            isAskedWrong: true)
    }

    static func noNumber(_ bytes: UnsafeBufferPointer<UInt8>, _ mark: UInt8) -> String {
        let text = String(decoding: bytes.prefix(40), as: UTF8.self)
        return "`\(text)` \(DecimalNumber.complaint(about: bytes, decimalMark: mark))"
    }
}
