/// Reads Thrift's compact protocol, in which Parquet writes its metadata. Every length is checked against what is left.
struct ThriftReader {
    /// The type nibbles of the protocol.
    enum Kind: UInt8 {
        case yes = 1, no, int8, int16, int32, int64, double, binary, list, set, map, structure
    }

    private let bytes: UnsafeRawBufferPointer
    private(set) var position: Int
    private var depth = 0

    init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// Hands out the fields of a structure; a field that `body` does not take (false) is skipped.
    mutating func fields(
        _ body: (inout ThriftReader, Int, Kind) throws(DataError) -> Bool
    ) throws(DataError) {
        depth += 1
        guard depth < 64 else { throw Self.damaged }
        var id = 0
        while true {
            let head = try byte()
            if head == 0 { break }
            guard let kind = Kind(rawValue: head & 0x0F) else { throw Self.damaged }
            id = head >> 4 == 0 ? Int(try zigzag()) : id &+ Int(head >> 4)
            if try !body(&self, id, kind) { try skip(kind) }
        }
        depth -= 1
    }

    /// Hands out the elements of a list, each of which `body` must take.
    mutating func list(_ body: (inout ThriftReader) throws(DataError) -> Void) throws(DataError) {
        let (count, _) = try listHead()
        for _ in 0..<count { try body(&self) }
    }

    mutating func integer() throws(DataError) -> Int { Int(try zigzag()) }

    mutating func text() throws(DataError) -> String { String(decoding: try binary(), as: UTF8.self) }

    private mutating func binary() throws(DataError) -> UnsafeRawBufferPointer {
        let count = try varint()
        guard count <= UInt64(bytes.count - position) else { throw Self.damaged }
        let start = position
        position += Int(count)
        return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    }

    private mutating func skip(_ kind: Kind) throws(DataError) {
        depth += 1
        defer { depth -= 1 }
        guard depth < 64 else { throw Self.damaged }
        switch kind {
        case .yes, .no: break
        case .int8: _ = try byte()
        case .int16, .int32, .int64: _ = try varint()
        case .double: for _ in 0..<8 { _ = try byte() }
        case .binary: _ = try binary()
        case .list, .set:
            let (count, element) = try listHead()
            for _ in 0..<count { try skipElement(element) }
        case .map:
            let count = try varint()
            guard count > 0 else { return }
            let kinds = try byte()
            guard count <= UInt64(bytes.count - position), let key = Kind(rawValue: kinds >> 4),
                let value = Kind(rawValue: kinds & 0x0F)
            else { throw Self.damaged }
            for _ in 0..<count {
                try skipElement(key)
                try skipElement(value)
            }
        case .structure: try fields { _, _, _ in false }
        }
    }

    /// In lists and maps, unlike in structures, a truth value takes a byte.
    private mutating func skipElement(_ kind: Kind) throws(DataError) {
        if kind == .yes || kind == .no { _ = try byte() } else { try skip(kind) }
    }

    /// Elements take at least a byte each, so there are no more than bytes left. An empty list may leave out of what kind it is.
    private mutating func listHead() throws(DataError) -> (count: Int, kind: Kind) {
        let head = try byte()
        let count = head >> 4 == 15 ? try varint() : UInt64(head >> 4)
        if count == 0 { return (0, .structure) }
        guard let kind = Kind(rawValue: head & 0x0F), count <= UInt64(bytes.count - position) else {
            throw Self.damaged
        }
        return (Int(count), kind)
    }

    private mutating func byte() throws(DataError) -> UInt8 {
        guard position >= 0, position < bytes.count else { throw Self.damaged }
        position += 1
        return bytes[position - 1]
    }

    private mutating func varint() throws(DataError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            let byte = try byte()
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw Self.damaged
    }

    private mutating func zigzag() throws(DataError) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    static let damaged = DataError("the Parquet metadata is damaged", remedy: "write or fetch the file again")
}
