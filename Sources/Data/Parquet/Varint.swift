/// Integers of seven bits a byte, the least significant first, whose last byte has no high bit (LEB128, as Parquet has them).
enum Varint {
    /// Reads one at `position` and moves that behind it.
    static func read(_ bytes: UnsafeRawBufferPointer, _ position: inout Int, bits: UInt64) throws(DataError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: bits, by: 7) {
            guard position < bytes.count else { throw ParquetPage.damaged }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw ParquetPage.damaged
    }
}
