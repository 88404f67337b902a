import Domain

extension ParquetFile {
    /// All columns of single values.
    public func table() throws(DataError) -> Table { try table(names.map { ColumnRequest($0, .any) }) }

    /// The columns that are asked for, in that order: numbers as the file has them, but whole numbers and decimals as texts with
    /// all their digits where texts are asked for.
    public func table(_ requests: [ColumnRequest]) throws(DataError) -> Table {
        var result: [TableColumn] = []
        for request in requests {
            let index = try place(of: request.name)
            let isText = !columns[index].isNumeric || request.kind == .text && columns[index].hasDigits
            result.append(isText ? try texts(index, 0..<groups) : try numbers(index, 0..<groups))
        }
        return Table(rowCount: rows, columns: result)
    }

    /// How many row groups there are.
    public var groups: Int { footer.metadata.rowGroups.count }

    /// All columns of single values in a row group, of which those with digits that a double may lose are texts, as in a table that
    /// is text.
    ///
    /// - Parameter unread: The columns that are left out, with the reason as the end of a sentence that starts with the column: those that
    ///   hold bytes in the first group come to it. Throws where there is no other, and where a column that was read holds bytes later.
    public func exactTable(
        group: Int, leavingOut unread: inout [(name: String, reason: String)]
    ) throws(DataError) -> Table {
        let left = Set(unread.map { ExactText($0.name) })
        var result: [TableColumn] = []
        for index in columns.indices where !left.contains(ExactText(names[index])) {
            var column: TableColumn?
            if columns[index].isNumeric, !columns[index].isDecimal { column = try numbers(index, group...group) }
            if columns[index].hasDigits, column?.numbers?.values.contains(where: Self.isBeyondDouble) == true {
                column = nil
            }
            if let column {
                result.append(column)
                continue
            }
            do throws(DataError) { result.append(try texts(index, group...group)) } catch {
                guard group == 0, error == ParquetDecoder.noText(names[index]), names.count > 1 else { throw error }
                unread.append((names[index], ParquetDecoder.noTextReason))
            }
        }
        if group == 0, result.isEmpty, let first = unread.first { throw ParquetDecoder.noText(first.name) }
        return Table(rowCount: footer.metadata.rowGroups[group].rows, columns: result)
    }

    private static func isBeyondDouble(_ value: Double) -> Bool { value.magnitude >= 0x1p53 }

    private func place(of name: String) throws(DataError) -> Int {
        if let index = names.place(of: name) { return index }
        if let left = footer.schema.unread.first(where: { $0.name == name }) { throw left.error }
        throw TableSource.missing(name, among: names, line: nil)
    }

    private func numbers(_ index: Int, _ groups: some Sequence<Int>) throws(DataError) -> TableColumn {
        var column = NumberColumn()
        for group in groups {
            try pages(group: group, column: index) { levels, rows, values throws(DataError) in
                guard case .numbers(let numbers) = values else { throw ParquetPage.damaged }
                guard let levels else { return column.values += numbers }
                var next = 0
                try DataError.unlessCancelled(levels.indices) { part in
                    for level in levels[part] {
                        if level == 1, next < numbers.count {
                            column.values.append(numbers[next])
                            next += 1
                        } else {
                            column.nulls.append(column.values.count)
                            column.values.append(.nan)
                        }
                    }
                }
            }
        }
        return TableColumn(name: names[index], values: .numbers(column))
    }

    private func texts(_ index: Int, _ groups: some Sequence<Int>) throws(DataError) -> TableColumn {
        var column = TextColumn()
        var codes = TextCodes()
        for group in groups {
            try pages(group: group, column: index, spells: true) { levels, rows, values throws(DataError) in
                if case .numbers = values { throw ParquetPage.damaged }
                var next = 0
                try DataError.unlessCancelled(0..<rows) { rows in
                    for row in rows {
                        if levels.map({ $0[row] == 1 }) ?? true, next < values.count {
                            column.codes.append(codes.code(of: values, next, in: &column.dictionary))
                            next += 1
                        } else {
                            column.codes.append(-1)
                        }
                    }
                }
            }
        }
        return TableColumn(name: names[index], values: .texts(column))
    }
}

/// The numbers that the texts of a page have in a column's dictionary: each looked up once, however many rows have it.
private struct TextCodes {
    private var texts: ParquetTexts?
    private var codes: [Int32] = []

    mutating func code(of values: ParquetValues, _ index: Int, in dictionary: inout TextDictionary) -> Int32 {
        switch values {
        case .numbers: return -1
        case .texts(let bytes, let ranges):
            return bytes.withUnsafeBufferPointer {
                dictionary.code(of: UnsafeBufferPointer(rebasing: $0[ranges[index]]))
            }
        case .picked(let texts, let indices):
            if texts !== self.texts {
                self.texts = texts
                codes = Array(repeating: -1, count: texts.spans.count)
            }
            let place = Int(indices[index])
            if codes[place] < 0 {
                codes[place] = texts.bytes.withUnsafeBytes {
                    dictionary.code(of: texts.spans[place].bytes(in: $0).assumingMemoryBound(to: UInt8.self))
                }
            }
            return codes[place]
        }
    }
}
