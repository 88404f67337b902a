/// Parquet's delta encodings: differences in blocks of bit-packed miniblocks.
enum ParquetDelta {
    /// DELTA_BINARY_PACKED: the integers, at most `limit`, and how many bytes they take.
    static func integers(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(DataError) -> (
        values: [Int64], length: Int
    ) {
        var position = 0
        let blockSize = try Varint.read(bytes, &position, bits: 70)
        let miniblocks = try Varint.read(bytes, &position, bits: 70)
        let total = try Varint.read(bytes, &position, bits: 70)
        let first = zigzag(try Varint.read(bytes, &position, bits: 70))
        guard total <= UInt64(limit), miniblocks > 0, miniblocks <= 1 << 16, blockSize <= 1 << 24,
            blockSize % miniblocks == 0,
            blockSize / miniblocks % 8 == 0
        else { throw ParquetPage.damaged }
        let perMiniblock = Int(blockSize / miniblocks)
        var values: [Int64] = total > 0 ? [first] : []
        var last = first
        while values.count < total {
            guard perMiniblock > 0 else { throw ParquetPage.damaged }
            let least = zigzag(try Varint.read(bytes, &position, bits: 70))
            let widths = position
            position += Int(miniblocks)
            guard position <= bytes.count else { throw ParquetPage.damaged }
            for block in 0..<Int(miniblocks) where values.count < total {
                let width = Int(bytes[widths + block])
                let count = min(perMiniblock, Int(total) - values.count)
                let end = min(bytes.count, position + perMiniblock * width / 8)
                guard width <= 64, (end - position) * 8 >= count * width else { throw ParquetPage.damaged }
                BitUnpacker.unpack(UnsafeRawBufferPointer(rebasing: bytes[position..<end]), width: width, count: count)
                {
                    last = last &+ least &+ Int64(bitPattern: $0)
                    values.append(last)
                }
                position = end
            }
        }
        return (values, position)
    }

    /// DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes. Texts as ranges of `bytes`.
    static func texts(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(DataError) -> [Range<Int>] {
        let (lengths, start) = try integers(bytes, limit: limit)
        var position = start
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(lengths.count)
        for length in lengths {
            guard length >= 0, length <= bytes.count - position else { throw ParquetPage.damaged }
            ranges.append(position..<position + Int(length))
            position += Int(length)
        }
        return ranges
    }

    /// DELTA_BYTE_ARRAY: how much of the text before each begins with, then what follows. Texts as ranges of the array returned.
    static func sharedTexts(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(DataError) -> (
        bytes: [UInt8], ranges: [Range<Int>]
    ) {
        let (prefixes, start) = try integers(bytes, limit: limit)
        let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
        let suffixes = try texts(rest, limit: limit)
        guard suffixes.count == prefixes.count else { throw ParquetPage.damaged }
        var output: [UInt8] = []
        var ranges: [Range<Int>] = []
        var before = 0..<0
        for (prefix, suffix) in zip(prefixes, suffixes) {
            guard prefix >= 0, prefix <= before.count, output.count <= 1 << 30 else { throw ParquetPage.damaged }
            let begin = output.count
            for index in before.prefix(Int(prefix)) { output.append(output[index]) }
            output.append(contentsOf: rest[suffix])
            before = begin..<output.count
            ranges.append(before)
        }
        return (output, ranges)
    }

    private static func zigzag(_ value: UInt64) -> Int64 {
        Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }
}
