/// Where the columns of predictions come from: text that is yet to be read, or a table that was read already.
enum PredictionOrigin {
    case text(TableSource)
    case table(Table)
    case parquet(ParquetFile)

    func columnNames() throws(DataError) -> [String] {
        switch self {
        case .text(let source): try source.columnNames()
        case .table(let table): table.columns.map(\.name)
        case .parquet(let file): file.names
        }
    }

    func table(_ requests: [ColumnRequest]) throws(DataError) -> Table {
        switch self {
        case .text(let source): try source.table(requests)
        case .table(let table):
            Table(
                rowCount: table.rowCount,
                columns: try requests.map { request throws(DataError) in
                    guard let column = table[request.name] else {
                        throw TableSource.missing(request.name, among: table.columns.map(\.name))
                    }
                    return try column.converted(to: request.kind)
                })
        case .parquet(let file):
            try PredictionOrigin.table(try file.table(requests)).table(requests)
        }
    }

    /// The error `message` at a cell.
    func error(_ message: String, row: Int, column: String, remedy: String) -> DataError {
        switch self {
        case .text(let source): source.error(message, row: row, column: column, remedy: remedy)
        case .table, .parquet: DataError("row \(row + 1), column `\(column)`: \(message)", remedy: remedy)
        }
    }
}

extension TableColumn {
    /// The same values as numbers or as texts.
    public func converted(to kind: ColumnRequest.Kind) throws(DataError) -> TableColumn {
        switch (values, kind) {
        case (.texts(let column), .number): TableColumn(name: name, values: .numbers(try numbers(column)))
        case (.numbers(let column), .text): TableColumn(name: name, values: .texts(texts(column)))
        default: self
        }
    }

    private func numbers(_ column: TextColumn) throws(DataError) -> NumberColumn {
        var values: [Double] = []
        for code in 0..<column.dictionary.count {
            guard let value = column.dictionary.withBytes(of: code, { DecimalNumber.parse($0) }) else {
                let row = column.codes.firstIndex(of: Int32(code)) ?? 0
                throw DataError(
                    "row \(row + 1), column `\(name)`: `\(column.dictionary[code])` is not a number",
                    remedy: "write a number, or leave the cell empty")
            }
            values.append(value)
        }
        return NumberColumn(
            values: column.codes.map { $0 < 0 ? .nan : values[Int($0)] },
            nulls: column.codes.indices.filter { column.codes[$0] < 0 })
    }

    /// Whole numbers are written without a fraction.
    private func texts(_ column: NumberColumn) -> TextColumn {
        var texts = TextColumn()
        var codes: [UInt64: Int32] = [:]
        var nulls = column.nulls[...]
        for (row, value) in column.values.enumerated() {
            if nulls.first == row {
                nulls = nulls.dropFirst()
                texts.codes.append(-1)
            } else if let code = codes[value.bitPattern] {
                texts.codes.append(code)
            } else {
                let code = texts.dictionary.code(of: ClassLabel.canonical("\(value)"))
                codes[value.bitPattern] = code
                texts.codes.append(code)
            }
        }
        return texts
    }
}
