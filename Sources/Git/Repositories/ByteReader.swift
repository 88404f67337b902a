import Domain

/// Reads numbers and ids from bytes, most significant byte first; `nil` past the end.
struct ByteReader {
    let bytes: [UInt8]
    var position: Int
    private let end: Int

    init(_ bytes: [UInt8], from start: Int = 0, to end: Int? = nil) {
        self.bytes = bytes
        position = start
        self.end = min(end ?? bytes.count, bytes.count)
    }

    mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        let stop = min(position + count, end)
        guard position <= stop else { return [] }
        defer { position = stop }
        return bytes[position..<stop]
    }

    mutating func number() -> UInt32? {
        guard position + 4 <= end else { return nil }
        defer { position += 4 }
        return bytes[position..<(position + 4)].reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func short() -> UInt16? {
        guard position + 2 <= end else { return nil }
        defer { position += 2 }
        return UInt16(bytes[position]) << 8 | UInt16(bytes[position + 1])
    }

    mutating func id() -> ObjectID? {
        guard position + 20 <= end else { return nil }
        defer { position += 20 }
        let start = position
        return bytes.withUnsafeBytes { ObjectID(raw: UnsafeRawBufferPointer(rebasing: $0[start..<(start + 20)])) }
    }

    /// Where a byte comes next, at `start` or after it.
    func find(_ byte: UInt8, from start: Int) -> Int? {
        guard start >= 0, start < end else { return nil }
        return bytes[start..<end].firstIndex(of: byte)
    }

    /// The variable-width number of pack files' offsets.
    mutating func offset() -> Int? {
        var value = 0
        for step in 0..<5 {
            guard position < end else { return nil }
            let byte = bytes[position]
            position += 1
            value = (step == 0 ? 0 : (value + 1) << 7) | Int(byte & 0x7f)
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }

    mutating func decimal(endedBy mark: UInt8) -> Int? {
        guard let stop = find(mark, from: position) else { return nil }
        defer { position = stop + 1 }
        return Int(String(decoding: bytes[position..<stop], as: UTF8.self))
    }
}
