/// A Parquet file of flat columns, read column chunk by column chunk.
public struct ParquetFile {
    /// Rows of all row groups.
    public var rows: Int { metadata.rowGroups.reduce(0) { $0 &+ $1.rows } }

    /// In the file's order.
    public var names: [String] { columns.map(\.name) }

    /// What a thread needs to read the same file on its own.
    let footer: Footer
    private let source: FileSource

    struct Footer: Sendable {
        let schema: ParquetSchema
        let metadata: ParquetMetadata
    }

    var columns: [ParquetColumn] { footer.schema.columns }
    private var metadata: ParquetMetadata { footer.metadata }

    /// The same file whose footer was read before.
    init(path: String, footer: Footer) throws(DataError) {
        source = try FileSource(path: path)
        self.footer = footer
    }

    /// Reads the footer. Encrypted files and unknown compressions are refused by name, and a file of nested columns only.
    public init(path: String) throws(DataError) {
        source = try FileSource(path: path)
        let size = source.size ?? 0
        let tail = size < 12 ? [] : try source.bytes(at: size - 8, count: 8)
        let magic = Array("PAR1".utf8)
        if Array(tail.suffix(4)) == Array("PARE".utf8) { throw Self.encrypted }
        guard Array(tail.suffix(4)) == magic, try source.bytes(at: 0, count: 4) == magic else {
            throw DataError(
                "`\(path)` does not start and end with PAR1", remedy: "the file is no Parquet file, or is cut off")
        }
        let length = tail.withUnsafeBytes { Int($0.loadUnaligned(as: UInt32.self)) }
        guard length <= size - 12 else { throw ThriftReader.damaged }
        let metadata = try ParquetMetadata(try source.bytes(at: size - 8 - length, count: length))
        if metadata.isEncrypted { throw Self.encrypted }
        footer = Footer(schema: try ParquetSchema(metadata.elements), metadata: metadata)
        try checkRowGroups(size)
    }

    private static let encrypted = DataError("the Parquet file is encrypted", remedy: "write it without encryption")

    private func checkRowGroups(_ size: Int) throws(DataError) {
        for group in metadata.rowGroups {
            guard group.chunks.count == footer.schema.leaves, (0...(1 << 40)).contains(group.rows) else {
                throw ThriftReader.damaged
            }
            for column in columns {
                let chunk = group.chunks[column.leaf]
                guard chunk.path == column.name, !chunk.isElsewhere, chunk.values == group.rows else {
                    throw ThriftReader.damaged
                }
                if group.rows == 0 { continue }
                guard chunk.start >= 4, chunk.bytes >= 0, chunk.start <= size, chunk.bytes <= size - chunk.start else {
                    throw ThriftReader.damaged
                }
                _ = try Self.codec(chunk.codec, column.name)
            }
        }
    }

    /// Hands out the pages of a column in a row group: `levels` is 0 where a row is null, `nil` where no row is.
    ///
    /// Integers and decimals come as texts where the column `spells`.
    func pages(
        group: Int, column index: Int, spells: Bool = false,
        _ body: ([UInt32]?, Int, ParquetValues) throws(DataError) -> Void
    ) throws(DataError) {
        let column = columns[index]
        let chunk = metadata.rowGroups[group].chunks[column.leaf]
        let codec = try Self.codec(chunk.codec, column.name)
        let bytes = try source.bytes(at: chunk.start, count: chunk.bytes)
        let decoder = ParquetDecoder(column: column, spells: spells)
        var dictionary: ParquetDictionary?
        var position = 0
        var rows = 0
        try bytes.withUnsafeBufferPointer { bytes throws(DataError) in
            let bytes = UnsafeRawBufferPointer(bytes)
            while rows < chunk.values {
                try DataError.stopIfCancelled()
                let page = try ParquetPage(bytes, at: position)
                position = page.end
                if page.kind == .other { continue }
                let (levels, content) = try page.contents(bytes, codec, isOptional: column.isOptional)
                if page.kind == .dictionary {
                    dictionary = ParquetDictionary(
                        try decoder.values(content, encoding: 0, count: page.values, dictionary: nil))
                    continue
                }
                let present = levels.map { $0.reduce(0) { $0 &+ Int($1) } } ?? page.values
                guard present <= page.values, page.values > 0, page.values <= chunk.values - rows else {
                    throw ParquetPage.damaged
                }
                try body(
                    levels, page.values,
                    try decoder.values(content, encoding: page.encoding, count: present, dictionary: dictionary))
                rows += page.values
            }
        }
    }

    private static func codec(_ code: Int, _ column: String) throws(DataError) -> Compression {
        switch code {
        case 0: return .none
        case 1: return .snappy
        case 2: return .gzip
        case 6: return .zstd
        case 7: return .lz4Raw
        default:
            let name = [3: "LZO", 4: "Brotli", 5: "the old LZ4"][code] ?? "method \(code)"
            throw DataError(
                "column `\(column)` is compressed with \(name)", remedy: "write it with snappy, gzip, zstd or LZ4_RAW")
        }
    }
}
