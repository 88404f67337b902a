/// A page of a column: its header, and its bytes with the checksum verified.
struct ParquetPage {
    enum Kind: Hashable {
        case data
        case dictionary
        case dataVersion2
        case other
    }

    /// More values than this in a page are taken for damage.
    static let largest = 1 << 26

    private(set) var kind = Kind.other
    private(set) var values = 0
    private(set) var encoding = 0
    private var definitionEncoding = 3
    private var definitionBytes = 0
    private var repetitionBytes = 0
    private var isCompressed = true
    private var size = 0
    private var storedSize = 0
    private var checksum: Int?

    /// Where the next page starts.
    private(set) var end = 0

    /// The page at `position` of a column chunk.
    init(_ chunk: UnsafeRawBufferPointer, at position: Int) throws(DataError) {
        var reader = ThriftReader(chunk, at: position)
        try reader.fields { reader, id, kind throws(DataError) in
            switch (id, kind) {
            case (1, .int32): self.kind = [0: .data, 2: .dictionary, 3: .dataVersion2][try reader.integer()] ?? .other
            case (2, .int32): size = try reader.integer()
            case (3, .int32): storedSize = try reader.integer()
            case (4, .int32): checksum = try reader.integer()
            case (5, .structure), (7, .structure), (8, .structure): try readHeader(&reader, version: id)
            default: return false
            }
            return true
        }
        guard storedSize >= 0, size >= 0, storedSize <= chunk.count - reader.position,
            (0...Self.largest).contains(values)
        else { throw Self.damaged }
        start = reader.position
        end = start + storedSize
    }

    private var start = 0

    private mutating func readHeader(_ reader: inout ThriftReader, version: Int) throws(DataError) {
        try reader.fields { reader, id, kind throws(DataError) in
            switch (version, id, kind) {
            case (_, 1, .int32): values = try reader.integer()
            case (8, 4, .int32), (5, 2, .int32), (7, 2, .int32): encoding = try reader.integer()
            case (5, 3, .int32): definitionEncoding = try reader.integer()
            case (8, 5, .int32): definitionBytes = try reader.integer()
            case (8, 6, .int32): repetitionBytes = try reader.integer()
            case (8, 7, .yes): isCompressed = true
            case (8, 7, .no): isCompressed = false
            default: return false
            }
            return true
        }
    }

    /// The page's definition levels (`nil` where the column has no nulls by schema) and its values' bytes.
    func contents(
        _ chunk: UnsafeRawBufferPointer, _ codec: Compression, isOptional: Bool
    ) throws(DataError) -> (levels: [UInt32]?, bytes: [UInt8]) {
        let stored = UnsafeRawBufferPointer(rebasing: chunk[start..<end])
        if let checksum, UInt32(truncatingIfNeeded: checksum) != Compression.checksum(stored) {
            throw DataError("a page's checksum does not match its bytes", remedy: "write or fetch the file again")
        }
        if kind == .dataVersion2 { return try versionTwo(stored, codec, isOptional) }
        var bytes = try codec.expand(stored, size: size)
        guard kind == .data, isOptional else { return (nil, bytes) }
        guard definitionEncoding == 3 else {
            throw DataError(
                "definition levels in encoding \(definitionEncoding), expected RLE",
                remedy: "write the file with a newer writer")
        }
        guard bytes.count >= 4 else { throw Self.damaged }
        let length = bytes.withUnsafeBytes { Int($0.loadUnaligned(as: UInt32.self)) }
        guard length <= bytes.count - 4 else { throw Self.damaged }
        let levels = try bytes.withUnsafeBufferPointer { bytes throws(DataError) in
            var reader = RunLengthReader(
                UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[4..<4 + length])), width: 1)
            return try reader.read(values)
        }
        bytes.removeFirst(4 + length)
        return (levels, bytes)
    }

    private func versionTwo(
        _ stored: UnsafeRawBufferPointer, _ codec: Compression, _ isOptional: Bool
    ) throws(DataError) -> (levels: [UInt32]?, bytes: [UInt8]) {
        let before = definitionBytes &+ repetitionBytes
        guard definitionBytes >= 0, repetitionBytes >= 0, before >= 0, before <= stored.count, size >= before else {
            throw Self.damaged
        }
        var levels: [UInt32]?
        if isOptional {
            var reader = RunLengthReader(UnsafeRawBufferPointer(rebasing: stored[repetitionBytes..<before]), width: 1)
            levels = try reader.read(values)
        }
        let rest = UnsafeRawBufferPointer(rebasing: stored[before...])
        if rest.isEmpty, size == before { return (levels, []) }
        return (levels, try (isCompressed ? codec : .none).expand(rest, size: size - before))
    }

    static let damaged = DataError("a page of the Parquet file is damaged", remedy: "write or fetch the file again")
}
