/// One field of a delimited text file: a range of the scanned bytes, without its outer quotes.
///
/// Valid only while the bytes that the scanner walks are.
public struct CSVField {
    public let start: UnsafePointer<UInt8>
    public let count: Int

    /// Stood between quotes.
    public let isQuoted: Bool

    /// Holds doubled quotes, so that `bytes` is not yet the value; `text` and `value` are.
    public let isEscaped: Bool

    /// Is the last of its row.
    public let endsRow: Bool

    /// As they stand in the file, doubled quotes included.
    @inline(__always) public var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

    @inline(__always) public var isEmpty: Bool { count == 0 }

    /// The value as a string.
    public var text: String {
        guard isEscaped else { return String(decoding: bytes, as: UTF8.self) }
        var value: [UInt8] = []
        unescape(into: &value)
        return String(decoding: value, as: UTF8.self)
    }

    /// Replaces `buffer` by the value, with doubled quotes made single.
    public func unescape(into buffer: inout [UInt8]) {
        buffer.removeAll(keepingCapacity: true)
        var index = 0
        while index < count {
            let byte = start[index]
            buffer.append(byte)
            index += byte == UInt8(ascii: "\"") ? 2 : 1
        }
    }

    /// Hands out the value's bytes, unescaped through `buffer` only where that is needed.
    @inline(__always)
    func withValue<Result>(
        _ buffer: inout [UInt8], _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        guard isEscaped else { return body(bytes) }
        unescape(into: &buffer)
        return buffer.withUnsafeBufferPointer(body)
    }
}
