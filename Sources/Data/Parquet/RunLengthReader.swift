/// Reads Parquet's mix of runs and bit-packed groups: small unsigned integers of a fixed width.
struct RunLengthReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private let width: Int

    /// `width` bits per value, 0…32.
    init(_ bytes: UnsafeRawBufferPointer, width: Int) {
        self.bytes = bytes
        self.width = width
    }

    /// The next `count` values.
    mutating func read(_ count: Int) throws(DataError) -> [UInt32] {
        var values: [UInt32] = []
        values.reserveCapacity(count)
        while values.count < count {
            let head = try varint()
            let run = Int(truncatingIfNeeded: min(head >> 1, 1 << 40))
            if head & 1 == 0 {
                let value = try wholeBytes()
                guard run > 0 else { throw ParquetPage.damaged }
                values.append(contentsOf: repeatElement(value, count: min(run, count - values.count)))
            } else {
                try unpack(groups: run, count, &values)
            }
        }
        return values
    }

    private mutating func unpack(groups: Int, _ count: Int, _ values: inout [UInt32]) throws(DataError) {
        // Writers may cut the last group where the values end.
        let end = min(bytes.count, position &+ groups &* width)
        let wanted = min(groups &* 8, count - values.count)
        guard groups > 0, (end - position) &* 8 >= wanted &* width else { throw ParquetPage.damaged }
        BitUnpacker.unpack(UnsafeRawBufferPointer(rebasing: bytes[position..<end]), width: width, count: wanted) {
            values.append(UInt32(truncatingIfNeeded: $0))
        }
        position = end
    }

    private mutating func wholeBytes() throws(DataError) -> UInt32 {
        var value: UInt32 = 0
        for index in 0..<(width + 7) / 8 {
            guard position < bytes.count else { throw ParquetPage.damaged }
            value |= UInt32(bytes[position]) << UInt32(8 * index)
            position += 1
        }
        return value
    }

    private mutating func varint() throws(DataError) -> UInt64 { try Varint.read(bytes, &position, bits: 42) }
}

/// Takes apart integers that are packed bit by bit, least significant first.
enum BitUnpacker {
    /// `count` integers of `width` bits, 0…64; `bytes` must hold them.
    @inline(__always)
    static func unpack(_ bytes: UnsafeRawBufferPointer, width: Int, count: Int, _ body: (UInt64) -> Void) {
        if width == 0 {
            for _ in 0..<count { body(0) }
            return
        }
        let mask = width == 64 ? UInt64.max : 1 << UInt64(width) &- 1
        var bit = 0
        for _ in 0..<count {
            let byte = bit >> 3
            let shift = bit & 7
            var value: UInt64
            if byte &+ 8 <= bytes.count {
                value = bytes.loadUnaligned(fromByteOffset: byte, as: UInt64.self) >> UInt64(shift)
            } else {
                value = 0
                for index in byte..<bytes.count { value |= UInt64(bytes[index]) << UInt64(8 &* (index &- byte)) }
                value >>= UInt64(shift)
            }
            if shift &+ width > 64, byte &+ 8 < bytes.count { value |= UInt64(bytes[byte &+ 8]) << UInt64(64 &- shift) }
            body(value & mask)
            bit &+= width
        }
    }
}
