/// Delimited text, or JSON Lines, in blocks of whole rows, expanded where it is packed, so that a table of any size takes little memory.
public struct TextBlocks {
    private var reader: ProfileReader
    private let limit: Int?

    /// Bytes before the block that came last.
    private var start = 0

    /// Bytes of all blocks so far, and of all that there will be, where that is known.
    public var offset: Int { reader.offset }
    public var size: Int? { reader.size }

    /// - Parameters:
    ///   - limit: How many bytes a packed table may expand to: few may stand for very many.
    ///   - read: Gives as many bytes at a place as are asked for, which lie within `size`.
    public init(
        size: Int, format: TextFormat = .csv, packedLimit limit: Int, blockBytes: Int = 2 << 20,
        read: @escaping (_ place: Int, _ count: Int) throws(DataError) -> [UInt8]
    ) throws(DataError) {
        let source = try CompressedSource.expanding(PlacedSource(count: size, bytes: read))
        self.limit = source is CompressedSource ? limit : nil
        reader = ProfileReader(source, format, blockBytes: blockBytes)
    }

    /// Replaces `block` by the next rows; false at the end.
    public mutating func next(_ block: inout [UInt8]) throws(DataError) -> Bool {
        start = reader.offset
        guard try reader.next(&block) else { return false }
        if let limit, reader.offset > limit { throw Decompression.tooLarge(limit) }
        return true
    }

    /// Begins anew.
    public mutating func rewind() throws(DataError) {
        try reader.rewind()
        start = 0
    }

    /// An error in the block that came last, with the line of the whole text. Reads what is before it again.
    public mutating func located(_ error: DataError) throws(DataError) -> DataError {
        guard let line = error.line, start > 0 else { return error }
        return DataError(
            error.message, line: line + (try reader.lines(before: start)), column: error.column, remedy: error.remedy)
    }
}

/// Bytes that somebody else reads.
private struct PlacedSource: ByteStream {
    let count: Int
    let bytes: (Int, Int) throws(DataError) -> [UInt8]
    private var offset = 0

    init(count: Int, bytes: @escaping (Int, Int) throws(DataError) -> [UInt8]) {
        self.count = count
        self.bytes = bytes
    }

    var size: Int? { count }

    mutating func read(_ wanted: Int, into buffer: inout [UInt8]) throws(DataError) {
        let some = try bytes(offset, min(wanted, count - offset))
        buffer += some
        offset += some.count
    }

    mutating func rewind() { offset = 0 }
}
