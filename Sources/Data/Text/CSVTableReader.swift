import Domain

/// Reads typed columns from delimited text.
struct CSVTableReader {
    private let source: TableSource
    private let dialect: CSVDialect

    init(_ source: TableSource) {
        self.source = source
        dialect = source.options.dialect ?? .detected(in: source.bytes, decimalMark: source.options.decimalMark)
    }

    func names() throws(DataError) -> [String] {
        var scanner = try CSVScanner(source.bytes, dialect: dialect)
        return try scanner.header()
    }

    func table(_ requests: [ColumnRequest]) throws(DataError) -> Table {
        var scanner = try CSVScanner(source.bytes, dialect: dialect)
        let names = try scanner.header()
        var builders = requests.map(ColumnBuilder.init)
        let wanted = try plan(requests, names)
        let nulls = source.nulls
        var buffer: [UInt8] = []
        while let field = try scanner.next() {
            let index = wanted[scanner.column]
            guard index >= 0 else { continue }
            let isGood = field.withValue(&buffer) { bytes in
                if bytes.isEmpty || nulls.contains(where: { $0.elementsEqual(bytes) }) {
                    builders[index].addNull()
                    return true
                }
                return builders[index].add(
                    bytes, preceding: field.isEscaped ? 0 : field.start - scanner.text.start,
                    decimalMark: dialect.decimalMark)
            }
            if !isGood { throw noNumber(names[scanner.column], field, scanner) }
        }
        let columns = builders.map { $0.column(decimalMark: dialect.decimalMark) }
        return Table(rowCount: scanner.rowsRead - 1, columns: columns)
    }

    /// For each column of the table the request that it answers, or -1.
    private func plan(_ requests: [ColumnRequest], _ names: [String]) throws(DataError) -> [Int] {
        var wanted = Array(repeating: -1, count: names.count)
        for (index, request) in requests.enumerated() {
            guard let column = names.place(of: request.name) else {
                throw TableSource.missing(request.name, among: names)
            }
            wanted[column] = index
        }
        return wanted
    }

    private func noNumber(_ name: String, _ field: CSVField, _ scanner: CSVScanner) -> DataError {
        scanner.error(
            "column `\(name)`: \(TableSource.noNumber(field.bytes, dialect.decimalMark))", at: field,
            remedy: DecimalNumber.hasComma(field.bytes) && dialect.decimalMark != UInt8(ascii: ",")
                ? "write a decimal point, or on the command line say --decimal ,"
                : "write a number, or leave the cell empty")
    }

    func place(row: Int, column: String) throws(DataError) -> (line: Int?, column: Int?)? {
        var scanner = try CSVScanner(source.bytes, dialect: dialect)
        let index = try scanner.header().place(of: column)
        while let field = try scanner.next() {
            let current = scanner.rowsRead - (field.endsRow ? 2 : 1)
            if current == row, scanner.column == index {
                let error = scanner.error("", at: field, remedy: "")
                return (error.line, error.column)
            }
        }
        return nil
    }
}
