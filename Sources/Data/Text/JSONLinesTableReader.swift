import Domain

/// Reads typed columns from JSON Lines.
struct JSONLinesTableReader {
    private let source: TableSource

    init(_ source: TableSource) { self.source = source }

    /// Of all objects, in the order in which they come.
    func names() throws(DataError) -> [String] {
        var scanner = try JSONLinesScanner(source.bytes)
        var members = MemberLookup([])
        while let field = try scanner.next() {
            if field.kind != .none { _ = try members.place(of: field, scanner) }
            if field.endsRow { members.startRow() }
        }
        guard scanner.rowsRead > 0 else {
            throw DataError(
                "the file is empty, expected a JSON object a line", line: 1, remedy: "write at least one row")
        }
        return members.texts
    }

    func table(_ requests: [ColumnRequest]) throws(DataError) -> Table {
        var scanner = try JSONLinesScanner(source.bytes)
        var builders = requests.map(ColumnBuilder.init)
        let columns = Dictionary(uniqueKeysWithValues: requests.enumerated().map { (ExactText($1.name), $0) })
        var members = MemberLookup([])
        // Of each member the request that it answers, or -1.
        var answers: [Int] = []
        while let field = try scanner.next() {
            if field.kind != .none {
                let place = try members.place(of: field, scanner)
                if place == answers.count { answers.append(request(for: members.text(at: place), columns, answers)) }
                let index = answers[place]
                if index >= 0 { try add(field, to: &builders[index], row: row(field, scanner), scanner) }
            }
            if field.endsRow {
                for index in builders.indices where builders[index].count < scanner.rowsRead {
                    builders[index].addNull()
                }
                members.startRow()
            }
        }
        let found = members.texts, known = Set(found)
        if let absent = requests.first(where: { !known.contains($0.name) }), scanner.rowsRead > 0 {
            throw TableSource.missing(absent.name, among: found)
        }
        return Table(
            rowCount: scanner.rowsRead, columns: builders.map { $0.column(decimalMark: UInt8(ascii: ".")) })
    }

    /// The request for exactly this name, else one that a person would read as it, where no other name answers that; -1 without.
    private func request(for name: String, _ columns: [ExactText: Int], _ answers: [Int]) -> Int {
        if let index = columns[ExactText(name)] { return index }
        guard name.utf8.contains(where: { $0 >= 0x80 }),
            let index = columns.first(where: { $0.key.text == name })?.value, !answers.contains(index)
        else { return -1 }
        return index
    }

    private func add(
        _ field: JSONLinesField, to builder: inout ColumnBuilder, row: Int, _ scanner: JSONLinesScanner
    ) throws(DataError) {
        let name = builder.request.name
        guard builder.count == row else {
            throw scanner.error(twice: name, at: field)
        }
        guard field.kind != .nested else {
            throw scanner.error(
                "member `\(name)` is an object or array, expected one value", at: field, remedy: "write it flat")
        }
        let isNull =
            field.kind == .null || field.bytes.isEmpty || source.nulls.contains { $0.elementsEqual(field.bytes) }
        if isNull {
            builder.addNull()
        } else if field.isEscaped {
            let value = Array(field.text.utf8)
            try value.withUnsafeBufferPointer { bytes throws(DataError) in
                try add(bytes, field, to: &builder, scanner)
            }
        } else {
            try add(field.bytes, field, to: &builder, scanner)
        }
    }

    private func add(
        _ bytes: UnsafeBufferPointer<UInt8>, _ field: JSONLinesField, to builder: inout ColumnBuilder,
        _ scanner: JSONLinesScanner
    ) throws(DataError) {
        guard builder.add(bytes, decimalMark: UInt8(ascii: ".")) else {
            throw scanner.error(
                "member `\(builder.request.name)`: \(TableSource.noNumber(bytes, UInt8(ascii: ".")))", at: field,
                remedy: "write a number or null")
        }
    }

    private func row(_ field: JSONLinesField, _ scanner: JSONLinesScanner) -> Int {
        scanner.rowsRead - (field.endsRow ? 1 : 0)
    }

    private func name(of field: JSONLinesField) -> String {
        var value: [UInt8] = []
        JSONEscapes.resolve(field.name, into: &value)
        return String(decoding: value, as: UTF8.self)
    }

    func place(row wanted: Int, column: String) throws(DataError) -> (line: Int?, column: Int?)? {
        var scanner = try JSONLinesScanner(source.bytes)
        while let field = try scanner.next() {
            guard row(field, scanner) == wanted, name(of: field).hasBytes(of: column) else { continue }
            let error = scanner.error("", at: field, remedy: "")
            return (error.line, error.column)
        }
        return nil
    }
}
