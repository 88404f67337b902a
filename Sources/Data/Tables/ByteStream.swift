import Glibc

/// Bytes that come in order and can be read again from the start.
protocol ByteStream {
    /// Appends up to `count` bytes to `buffer`; appends none only at the end.
    mutating func read(_ count: Int, into buffer: inout [UInt8]) throws(DataError)

    mutating func rewind() throws(DataError)

    /// How many bytes there are in all, where that is known.
    var size: Int? { get }
}

/// Bytes in memory.
struct MemorySource: ByteStream {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var size: Int? { bytes.count }

    mutating func read(_ count: Int, into buffer: inout [UInt8]) {
        let end = min(bytes.count, offset + count)
        buffer.append(contentsOf: bytes[offset..<end])
        offset = end
    }

    mutating func rewind() { offset = 0 }
}
