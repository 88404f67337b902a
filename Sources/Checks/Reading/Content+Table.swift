import Data
import Domain

extension TableFormat {
    /// What a table's name says, also where it is packed; CSV where it says nothing.
    init(fileName: String) {
        var name = fileName[...]
        for ending in [".gz", ".zst"] where name.hasSuffix(ending) { name = name.dropLast(ending.count) }
        self =
            name.hasSuffix(".parquet")
            ? .parquet : name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") ? .jsonl : .csv
    }
}

extension Content {
    /// Whether it begins as Parquet does, whatever it is called.
    var isParquet: Bool { (try? RandomAccessBytes(self).bytes(at: 0, count: 4)) == Array("PAR1".utf8) }

    /// What its columns are like: Parquet, or text that may be packed with gzip or zstd.
    func profile(as format: TextFormat?, options: ProfileOptions = ProfileOptions()) throws -> TableProfile {
        guard let format, !isParquet else {
            return try TableRows.withFile(self) { try TableProfile(parquet: $0, options: options) }
        }
        return try TableProfile(RandomAccessBytes(self).all(atMost: TableRows.limit), format: format, options: options)
    }

    /// The columns that `wanted` asks for when it is told the names of all.
    func table(
        as format: TextFormat?, options: TableOptions = TableOptions(), _ wanted: ([String]) throws -> [ColumnRequest]
    ) throws -> Table {
        guard let format, !isParquet else {
            return try TableRows.withFile(self) { path in
                let file = try ParquetFile(path: path)
                try TableRows.refuse(rows: file.rows)
                return try file.table(wanted(file.names))
            }
        }
        return try TableRows.expanded(self).withUnsafeBytes { raw in
            let source = TableSource(raw, format: format, options: options)
            return try source.table(wanted(source.columnNames()))
        }
    }

    /// How many rows the table has.
    func rowCount(of dataset: Dataset) throws -> Int {
        let format = dataset.format
        if format == .parquet { return try TableRows.withFile(self) { try ParquetFile(path: $0).rows } }
        var count = 0
        try TableRows.visit(self, format, decimalMark: dataset.decimal.byte) { _ in
        } value: { column, _, _ in
            if column == 0 { count += 1 }
        }
        return count
    }
}

extension Dataset {
    /// How its table is to be read.
    var tableOptions: TableOptions { TableOptions(nullSpellings: nulls, decimalMark: decimal.byte) }
}
