public import Domain

/// What a table is like, column by column. Profiles of parts merge to the profile of the whole.
public struct TableProfile: Sendable {
    public let rows: Int

    /// In the table's order.
    public let columns: [ColumnProfile]

    /// Of all columns of the table, profiled or left out.
    let names: [String]

    /// What a person should know about the data or the figures, as sentences.
    public let warnings: [String]

    let exactLimit: Int
    let remarks: TableRemarks

    init(
        rows: Int, columns: [ColumnProfile], names: [String]? = nil, exactLimit: Int,
        remarks: TableRemarks = TableRemarks()
    ) {
        self.rows = rows
        self.names = names ?? columns.map(\.name)
        self.columns = columns
        self.exactLimit = exactLimit
        self.remarks = remarks
        warnings = remarks.sentences + columns.flatMap(Self.warnings)
    }

    public subscript(name: String) -> ColumnProfile? { columns.place(of: name, by: \.name).map { columns[$0] } }

    /// Columns of the table that were left out.
    var missingColumns: Set<ExactText> { Set(names.map(ExactText.init)).subtracting(columns.map(\.exactName)) }

    /// `{"rows", "columns": {NAME: {…}}}`: the same bytes for the same data, whatever the number of threads.
    public var json: JSON {
        .object(
            [
                ("rows", .int(rows)),
                ("columns", .object(columns.map { ($0.name, $0.json) })),
            ] + (warnings.isEmpty ? [] : [("warnings", .array(warnings.map(JSON.string)))]))
    }

    /// The profile of the rows of both, whose columns must have the same names, in any order.
    ///
    /// - Parameter lackingIsNull: Whether a column that one part lacks is null in all its rows, as in JSON Lines.
    public func merged(with other: TableProfile, lackingIsNull: Bool = false) throws(DataError) -> TableProfile {
        if lackingIsNull { return try having(other.columns).merged(with: other.having(columns)) }
        let others = Dictionary(other.columns.map { ($0.exactName, $0) }) { first, _ in first }
        let mine = Set(columns.map(\.exactName))
        if let lone = columns.first(where: { others[$0.exactName] == nil })
            ?? other.columns.first(where: { !mine.contains($0.exactName) })
        {
            throw DataError(
                mine.contains(lone.exactName)
                    ? "there is no column `\(lone.name)`, which the parts before it have"
                    : "there is a column `\(lone.name)`, which the parts before it do not have",
                remedy: "merge parts of one table only")
        }
        var merged: [ColumnProfile] = []
        for column in columns {
            guard let part = others[column.exactName] else { continue }
            merged.append(try column.merged(with: part, exactLimit: exactLimit))
        }
        return TableProfile(
            rows: rows + other.rows, columns: merged, names: names, exactLimit: exactLimit,
            remarks: remarks.merged(with: other.remarks))
    }

    /// The same with those of `others` that it lacks, without values.
    private func having(_ others: [ColumnProfile]) -> TableProfile {
        let known = Set(columns.map(\.exactName))
        let lacking = others.filter { !known.contains($0.exactName) }.map(\.name)
        let added = lacking.map { ColumnProfile(name: $0, rows: rows, nulls: rows, content: .empty) }
        return TableProfile(
            rows: rows, columns: columns + added, names: names + lacking, exactLimit: exactLimit, remarks: remarks)
    }

    /// The columns that hold numbers here and texts there, or the other way round: in the whole they would hold texts.
    public func columnsOfBothKinds(with other: TableProfile) -> Set<String> {
        let numbers = Set(columns.filter { $0.numbers != nil }.map(\.name))
        let texts = Set(columns.filter { $0.texts != nil }.map(\.name))
        return Set(
            other.columns.filter {
                $0.numbers != nil && texts.contains($0.name) || $0.texts != nil && numbers.contains($0.name)
            }
            .map(\.name))
    }

    private static func warnings(_ column: ColumnProfile) -> [String] {
        if column.texts?.areDecimalCommas == true {
            return [
                "column `\(column.name)` is read as text, but looks like numbers with a decimal comma: on the command line say --decimal ,"
            ]
        }
        var warnings = column.summaryNote.map { ["column `\(column.name)` \($0)"] } ?? []
        guard let numbers = column.numbers else { return warnings }
        if numbers.nan > 0 {
            warnings.append(
                "column `\(column.name)`: \(numbers.nan) NaN values are counted apart and left out of all other figures"
            )
        }
        if numbers.infinite > 0 {
            warnings.append(
                "column `\(column.name)`: \(numbers.infinite) infinite values leave mean, std and sum undefined, and are not "
                    + "in the histogram; where one is itself a figure, it is written inf or -inf")
        }
        if numbers.isBeyondWholeDoubles {
            warnings.append(
                "column `\(column.name)`: numbers beyond 2^53 are held as 64-bit floats, so min, max and quantiles may lack "
                    + "their last digits; distinct_non_null tells them apart")
        }
        let spread = numbers.moments.standardDeviation(ddof: 0) ?? 0
        if !numbers.moments.sum.isFinite || !spread.isFinite {
            warnings.append("column `\(column.name)`: the sum or the spread is larger than a 64-bit float can hold")
        }
        if numbers.moments.isSpreadTooSmall {
            warnings.append(
                "column `\(column.name)`: its numbers lie so near to each other that std is null: their squares are too small for a "
                    + "64-bit float")
        }
        return warnings
    }
}

extension TableProfile {
    /// The profile of a table in memory.
    public init(
        _ bytes: UnsafeRawBufferPointer, format: TextFormat = .csv, options: ProfileOptions = ProfileOptions()
    ) throws(DataError) {
        var run = ProfileRun(try CompressedSource.expanding(MemorySource(bytes)), format: format, options: options)
        self = try run.profile()
    }

    /// The profile of a table in memory.
    public init(
        _ bytes: [UInt8], format: TextFormat = .csv, options: ProfileOptions = ProfileOptions()
    ) throws(DataError) {
        self = try bytes.withUnsafeBufferPointer { bytes throws(DataError) in
            try TableProfile(UnsafeRawBufferPointer(bytes), format: format, options: options)
        }
    }

    /// The profile of a file, which is read block by block and never held in memory as a whole.
    ///
    /// Parquet where the file begins so; else JSON Lines or delimited text by its name, expanded where gzip or zstd.
    public init(file path: String, options: ProfileOptions = ProfileOptions()) throws(DataError) {
        let file = try FileSource(path: path)
        if try file.bytes(at: 0, count: 4) == Array("PAR1".utf8) {
            self = try TableProfile(parquet: path, options: options)
            return
        }
        file.rewind()
        var run = ProfileRun(
            try CompressedSource.expanding(file), format: TextFormat(fileName: path), options: options)
        self = try run.profile()
    }
}
