/// Values of a column, without its nulls: numbers, or texts as ranges of bytes or as numbers of a dictionary's.
enum ParquetValues {
    case numbers([Double])
    case texts(bytes: [UInt8], ranges: [Range<Int>])
    case picked(ParquetTexts, [UInt32])

    var count: Int {
        switch self {
        case .numbers(let numbers): numbers.count
        case .texts(_, let ranges): ranges.count
        case .picked(_, let indices): indices.count
        }
    }

    /// Hands out the bytes of each text; numbers are none.
    func eachText(_ body: (UnsafeRawBufferPointer) -> Void) throws(DataError) {
        switch self {
        case .numbers: throw ParquetPage.damaged
        case .texts(let bytes, let ranges):
            try DataError.unlessCancelled(ranges.indices) { part in
                bytes.withUnsafeBytes { bytes in
                    for range in ranges[part] { body(UnsafeRawBufferPointer(rebasing: bytes[range])) }
                }
            }
        case .picked(let texts, let indices):
            try DataError.unlessCancelled(indices.indices) { part in
                texts.bytes.withUnsafeBytes { bytes in
                    for index in indices[part] { body(texts.spans[Int(index)].bytes(in: bytes)) }
                }
            }
        }
    }
}

/// Decodes the values of a page.
struct ParquetDecoder {
    let column: ParquetColumn

    /// Integers and decimals come as texts, which keep all their digits.
    var spells = false

    /// `count` values of `bytes` in an encoding of the format, with the column's dictionary where there is one.
    func values(
        _ bytes: [UInt8], encoding: Int, count: Int, dictionary: ParquetDictionary?
    ) throws(DataError) -> ParquetValues {
        try bytes.withUnsafeBufferPointer { buffer throws(DataError) in
            let raw = UnsafeRawBufferPointer(buffer)
            switch encoding {
            case 0: return try plain(raw, bytes, count)
            case 2, 8: return try indexed(raw, count, dictionary)
            case 3 where column.physical == .bool: return try bools(raw, count)
            case 5 where column.physical == .int32 || column.physical == .int64:
                let (values, _) = try ParquetDelta.integers(raw, limit: count)
                // The differences of 32-bit integers wrap at 32 bits.
                return try converted(
                    column.physical == .int32 ? values.map { Int64(Int32(truncatingIfNeeded: $0)) } : values, count)
            case 6 where column.physical == .bytes:
                return try converted(bytes, try ParquetDelta.texts(raw, limit: count), count)
            case 7 where column.physical == .bytes || column.physical == .fixed:
                let (texts, ranges) = try ParquetDelta.sharedTexts(raw, limit: count)
                return try converted(texts, ranges, count)
            case 9:
                let whole = try unsplit(raw, count)
                return try whole.withUnsafeBufferPointer { buffer throws(DataError) in
                    try plain(UnsafeRawBufferPointer(buffer), whole, count)
                }
            default:
                throw DataError(
                    "column `\(column.name)` has pages in encoding \(encoding), which is not known",
                    remedy: "write it plain")
            }
        }
    }

    private func plain(_ raw: UnsafeRawBufferPointer, _ bytes: [UInt8], _ count: Int) throws(DataError) -> ParquetValues
    {
        let width = fixedWidth
        if width > 0 {
            guard count <= raw.count / width else { throw ParquetPage.damaged }
        }
        func all<Value>(_: Value.Type) -> [Value] {
            (0..<count).map { raw.loadUnaligned(fromByteOffset: $0 * width, as: Value.self) }
        }
        switch column.physical {
        case .double: return .numbers(all(Double.self))
        case .float: return .numbers(all(Float.self).map(Double.init))
        case .int32: return try converted(all(Int32.self).map(Int64.init), count)
        case .int64: return try converted(all(Int64.self), count)
        case .int96:
            return ParquetText.texts(
                (0..<count).map { index in
                    let nanoseconds = raw.loadUnaligned(fromByteOffset: index * 12, as: Int64.self)
                    let day = Int64(raw.loadUnaligned(fromByteOffset: index * 12 + 8, as: UInt32.self)) - 2_440_588
                    return ParquetText.timestamp(days: day, nanoseconds: nanoseconds)
                })
        case .fixed:
            return try converted(bytes, (0..<count).map { $0 * width..<($0 + 1) * width }, count)
        case .bool:
            guard count <= raw.count * 8 else { throw ParquetPage.damaged }
            return truthValues((0..<count).map { raw[$0 >> 3] >> UInt8($0 & 7) & 1 == 1 })
        case .bytes:
            var ranges: [Range<Int>] = []
            ranges.reserveCapacity(min(count, raw.count))
            var position = 0
            for _ in 0..<count {
                guard raw.count - position >= 4 else { throw ParquetPage.damaged }
                let length = Int(raw.loadUnaligned(fromByteOffset: position, as: UInt32.self))
                position += 4
                guard length <= raw.count - position else { throw ParquetPage.damaged }
                ranges.append(position..<position + length)
                position += length
            }
            return try converted(bytes, ranges, count)
        }
    }

    /// Bytes of a value; 0 where they vary.
    private var fixedWidth: Int {
        switch column.physical {
        case .int32, .float: 4
        case .int64, .double: 8
        case .int96: 12
        case .fixed: column.length
        case .bool, .bytes: 0
        }
    }

    private func indexed(_ raw: UnsafeRawBufferPointer, _ count: Int, _ dictionary: ParquetDictionary?)
        throws(DataError)
        -> ParquetValues
    {
        guard let dictionary else { throw ParquetPage.damaged }
        if count == 0 { return try dictionary.picked([]) }
        guard let width = raw.first, width <= 32 else { throw ParquetPage.damaged }
        var reader = RunLengthReader(UnsafeRawBufferPointer(rebasing: raw[1...]), width: Int(width))
        return try dictionary.picked(try reader.read(count))
    }

    private func bools(_ raw: UnsafeRawBufferPointer, _ count: Int) throws(DataError) -> ParquetValues {
        guard raw.count >= 4 else { throw ParquetPage.damaged }
        var reader = RunLengthReader(UnsafeRawBufferPointer(rebasing: raw[4...]), width: 1)
        return truthValues(try reader.read(count).map { $0 == 1 })
    }

    private func truthValues(_ values: [Bool]) -> ParquetValues {
        .texts(bytes: Array("truefalse".utf8), ranges: values.map { $0 ? 0..<4 : 4..<9 })
    }

    /// BYTE_STREAM_SPLIT: the first bytes of all values, then the second bytes, and so on.
    private func unsplit(_ raw: UnsafeRawBufferPointer, _ count: Int) throws(DataError) -> [UInt8] {
        let width = fixedWidth
        guard width > 0, count <= raw.count / width else { throw ParquetPage.damaged }
        var whole = [UInt8](repeating: 0, count: count * width)
        for place in 0..<width {
            for index in 0..<count { whole[index &* width &+ place] = raw[place &* count &+ index] }
        }
        return whole
    }

    /// What integers mean: numbers, dates or times.
    private func converted(_ values: [Int64], _ count: Int) throws(DataError) -> ParquetValues {
        guard values.count == count else { throw ParquetPage.damaged }
        switch column.meaning {
        case .decimal(let scale):
            if spells { return ParquetText.texts(values.map { ParquetText.decimal($0, scale: scale) }) }
            return .numbers(values.map { ParquetText.number($0, scale: scale) })
        case .unsigned where spells:
            let mask = column.physical == .int32 ? UInt64(UInt32.max) : .max
            return ParquetText.texts(values.map { String(UInt64(bitPattern: $0) & mask) })
        case .unsigned:
            return .numbers(
                values.map {
                    column.physical == .int32 ? Double(UInt32(truncatingIfNeeded: $0)) : Double(UInt64(bitPattern: $0))
                })
        case .date: return ParquetText.texts(values.map { ParquetText.date(days: $0) })
        case .time(let perSecond): return ParquetText.texts(values.map { ParquetText.time($0, perSecond: perSecond) })
        case .timestamp(let perSecond, let isUTC):
            return ParquetText.texts(values.map { ParquetText.timestamp($0, perSecond: perSecond, isUTC: isUTC) })
        default: return spells ? ParquetText.texts(values.map { String($0) }) : .numbers(values.map(Double.init))
        }
    }

    /// What byte strings mean: texts, decimals, half floats or identifiers.
    private func converted(_ bytes: [UInt8], _ ranges: [Range<Int>], _ count: Int) throws(DataError) -> ParquetValues {
        guard ranges.count == count else { throw ParquetPage.damaged }
        switch column.meaning {
        case .decimal(let scale):
            if spells { return ParquetText.texts(ranges.map { ParquetText.decimal(bytes[$0], scale: scale) }) }
            return .numbers(ranges.map { ParquetText.number(bytes[$0], scale: scale) })
        case .float16 where column.length == 2:
            return .numbers(
                ranges.map { ParquetText.half(UInt16(bytes[$0.lowerBound]) | UInt16(bytes[$0.lowerBound + 1]) << 8) })
        case .text: break
        case .uuid: return ParquetText.texts(ranges.map { ParquetText.identifier(bytes[$0]) })
        default: break
        }
        // Bytes of a fixed length of which nothing is said may be integers of 128 bits, as polars writes them: small ones are UTF-8.
        let mayBeNumbers = column.physical == .fixed && column.meaning == .plain
        let isText = bytes.withUnsafeBufferPointer { bytes in
            ranges.allSatisfy { range in
                let value = UnsafeBufferPointer(rebasing: bytes[range])
                return UTF8Check.firstInvalid(value) == nil && !(mayBeNumbers && value.contains(0))
            }
        }
        guard isText else { throw Self.noText(column.name) }
        return .texts(bytes: bytes, ranges: ranges)
    }

    static let noTextReason = "holds bytes that are not UTF-8 text"

    static func noText(_ name: String) -> DataError {
        DataError(
            "column `\(name)` \(noTextReason)", remedy: "write texts as UTF-8, or leave the column out")
    }
}
