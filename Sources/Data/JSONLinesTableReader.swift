/// Reads typed columns from JSON Lines.
struct JSONLinesTableReader {
    private let source: TableSource

    init(_ source: TableSource) { self.source = source }

    func names() throws(DataError) -> [String] {
        var scanner = try JSONLinesScanner(source.bytes)
        var names: [String] = []
        while let field = try scanner.next() {
            if field.kind != .none { names.append(name(of: field)) }
            if field.endsRow { return names }
        }
        throw DataError("the file is empty, expected a JSON object a line", line: 1, remedy: "write at least one row")
    }

    func table(_ requests: [ColumnRequest]) throws(DataError) -> Table {
        var scanner = try JSONLinesScanner(source.bytes)
        var builders = requests.map(ColumnBuilder.init)
        let columns = Dictionary(uniqueKeysWithValues: requests.enumerated().map { (ExactText($1.name), $0) })
        var predicted: [Prediction] = []
        var position = 0
        while let field = try scanner.next() {
            let index = request(of: field, at: position, columns, &predicted)
            position += 1
            if index >= 0 { try add(field, to: &builders[index], row: row(field, scanner), scanner) }
            if field.endsRow {
                for index in builders.indices where builders[index].count < scanner.rowsRead {
                    builders[index].addNull()
                }
                position = 0
            }
        }
        if let absent = requests.first(where: { !isThere($0.name, predicted) }), scanner.rowsRead > 0 {
            throw TableSource.missing(absent.name, among: predicted.map(\.text))
        }
        return Table(
            rowCount: scanner.rowsRead, columns: builders.map { $0.column(decimalMark: UInt8(ascii: ".")) })
    }

    /// A member's name at its place in the object, and the request that it answers or -1.
    private struct Prediction {
        let name: [UInt8]
        let text: String
        let index: Int
    }

    /// Objects mostly name their members in the same order: the name is compared with the last one at this place.
    private func request(
        of field: JSONLinesField, at position: Int, _ columns: [ExactText: Int], _ predicted: inout [Prediction]
    ) -> Int {
        guard field.kind != .none else { return -1 }
        if position < predicted.count, predicted[position].name.elementsEqual(field.name) {
            return predicted[position].index
        }
        if let other = predicted.first(where: { $0.name.elementsEqual(field.name) }) { return other.index }
        let text = name(of: field)
        let index = columns[ExactText(text)] ?? lookalike(of: text, columns, predicted)
        if predicted.count < 10_000 { predicted.append(Prediction(name: Array(field.name), text: text, index: index)) }
        return index
    }

    /// The request that a person would read as this name, where no other name answers it; -1 without.
    private func lookalike(of text: String, _ columns: [ExactText: Int], _ predicted: [Prediction]) -> Int {
        guard text.utf8.contains(where: { $0 >= 0x80 }),
            let index = columns.first(where: { $0.key.text == text })?.value,
            !predicted.contains(where: { $0.index == index })
        else { return -1 }
        return index
    }

    private func isThere(_ name: String, _ predicted: [Prediction]) -> Bool { predicted.contains { $0.text == name } }

    private func add(
        _ field: JSONLinesField, to builder: inout ColumnBuilder, row: Int, _ scanner: JSONLinesScanner
    ) throws(DataError) {
        let name = builder.request.name
        guard builder.count == row else {
            throw scanner.error("member `\(name)` stands twice in the object", at: field, remedy: "remove one of them")
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
