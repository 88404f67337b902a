extension ParquetFile {
    /// All columns.
    public func table() throws(DataError) -> Table { try table(names) }

    /// The columns of these names, in the order of the names.
    public func table(_ wanted: [String]) throws(DataError) -> Table {
        var result: [TableColumn] = []
        for name in wanted {
            guard let index = names.firstIndex(of: name) else {
                throw DataError("there is no column `\(name)`", remedy: "name one of \(names.joined(separator: ", "))")
            }
            result.append(columns[index].isNumeric ? try numbers(index) : try texts(index))
        }
        return Table(rowCount: rows, columns: result)
    }

    private func numbers(_ index: Int) throws(DataError) -> TableColumn {
        var column = NumberColumn()
        for group in 0..<groups {
            try pages(group: group, column: index) { levels, rows, values throws(DataError) in
                guard case .numbers(let numbers) = values else { throw ParquetPage.damaged }
                guard let levels else { return column.values += numbers }
                var next = 0
                for level in levels {
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
        return TableColumn(name: names[index], values: .numbers(column))
    }

    private func texts(_ index: Int) throws(DataError) -> TableColumn {
        var column = TextColumn()
        for group in 0..<groups {
            try pages(group: group, column: index) { levels, rows, values throws(DataError) in
                guard case .texts(let bytes, let ranges) = values else { throw ParquetPage.damaged }
                var next = 0
                bytes.withUnsafeBufferPointer { bytes in
                    for row in 0..<rows {
                        if levels.map({ $0[row] == 1 }) ?? true, next < ranges.count {
                            column.codes.append(
                                column.dictionary.code(of: UnsafeBufferPointer(rebasing: bytes[ranges[next]])))
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
