/// The places of the fields of some rows, column by column, until they are looked at column by column.
///
/// Cutting rows apart first and converting a column's fields together is what makes the converting fast.
struct ProfileBatch: ~Copyable {
    static let rows = 512

    /// From a column to the next; not a power of two, or they would all crowd into the same lines of the cache.
    private static let stride = rows + 8

    /// Start and length of each field; the top bit marks one with escapes. 0 is null.
    private let fields: UnsafeMutablePointer<UInt64>
    private var row = 0
    private let width: Int
    private let nulls: [[UInt8]]
    private let decimalMark: UInt8

    init(width: Int, nulls: [[UInt8]], decimalMark: UInt8) {
        self.width = width
        self.nulls = nulls
        self.decimalMark = decimalMark
        fields = .allocate(capacity: max(1, width * Self.stride))
        fields.initialize(repeating: 0, count: max(1, width * Self.stride))
    }

    deinit { fields.deallocate() }

    @inline(__always)
    mutating func set(_ column: Int, start: Int, count: Int, isEscaped: Bool) {
        let place = UInt64(truncatingIfNeeded: start) << 32 | UInt64(truncatingIfNeeded: count)
        fields[column &* Self.stride &+ row] = isEscaped ? place | 1 << 63 : place
    }

    /// Ends a row; true when the batch is full and must be flushed.
    @inline(__always)
    mutating func endRow() -> Bool {
        row &+= 1
        return row == Self.rows
    }

    /// Moves the fields into `block`. `unescape` appends the value of an escaped field to its second argument.
    mutating func flush(
        into block: inout ProfileBlock, _ bytes: UnsafeRawBufferPointer, _ readings: [BlockColumn.Reading],
        _ extra: inout [UInt8], unescape: (UnsafeRawBufferPointer, inout [UInt8]) -> Void
    ) {
        block.rows += row
        for column in 0..<width {
            let first = column * Self.stride
            switch readings[column] {
            case .numbers: readNumbers(first, &block.columns[column], bytes)
            case .texts: readTexts(first, &block.columns[column], bytes, &extra, unescape)
            case .nothing: break
            }
            (fields + first).update(repeating: 0, count: row)
        }
        row = 0
    }

    private func readNumbers(_ first: Int, _ column: inout BlockColumn, _ bytes: UnsafeRawBufferPointer) {
        if column.isContradicted { return }
        let hasNulls = !nulls.isEmpty
        var (empty, unusual, wide) = (0, [Double](), [UInt64]())
        let earlier = column.numbers.count
        var contradiction: BlockColumn.Contradiction?
        Self.append(to: &column.numbers, atMost: row) { numbers in
            var count = 0
            for index in first..<(first &+ row) {
                let value = Self.slice(fields[index], bytes)
                if value.isEmpty || hasNulls && isNull(value) {
                    empty &+= 1
                } else if fields[index] >> 63 == 0,
                    let number = DecimalNumber.parse(
                        value, preceding: Self.start(fields[index]), decimalMark: decimalMark)
                {
                    if number.isFinite {
                        numbers[count] = number + 0
                        count &+= 1
                        if WideNumbers.contains(number) {
                            wide.append(WideNumbers.hash(of: value, number, decimalMark: decimalMark))
                        }
                    } else {
                        unusual.append(number)
                    }
                } else {
                    contradiction = BlockColumn.Contradiction(UnsafeRawBufferPointer(value), before: earlier + count)
                    return 0
                }
            }
            return count
        }
        column.nulls += empty
        column.wide += wide
        for number in unusual { column.unusual.add(number) }
        column.contradiction = contradiction
    }

    /// Appends what `body` writes behind the elements, as many as it says.
    @inline(__always)
    private static func append<Element: BitwiseCopyable>(
        to elements: inout [Element], atMost count: Int, _ body: (UnsafeMutablePointer<Element>) -> Int
    ) {
        elements.append(addingCapacity: count) { output in
            output.withUnsafeMutableBufferPointer { buffer, initialized in
                if let start = buffer.baseAddress { initialized += body(start + initialized) }
            }
        }
    }

    private func readTexts(
        _ first: Int, _ column: inout BlockColumn, _ bytes: UnsafeRawBufferPointer, _ extra: inout [UInt8],
        _ unescape: (UnsafeRawBufferPointer, inout [UInt8]) -> Void
    ) {
        let hasNulls = !nulls.isEmpty
        var empty = 0
        Self.append(to: &column.spans, atMost: row) { spans in
            var count = 0
            for index in first..<(first &+ row) {
                let value = Self.slice(fields[index], bytes)
                if value.isEmpty || hasNulls && isNull(value) {
                    empty &+= 1
                    continue
                }
                let start = Self.start(fields[index])
                if fields[index] >> 63 != 0 {
                    spans[count] = Self.unescaped(
                        UnsafeRawBufferPointer(value), after: bytes.count, &extra, unescape)
                } else if value.count <= 8, start &+ value.count >= 8, let base = bytes.baseAddress {
                    let word = StableHash.word(count: value.count, endingAt: base + start + value.count)
                    spans[count] = TextSpan(start: start, count: value.count, word: word)
                } else {
                    spans[count] = TextSpan(start: start, UnsafeRawBufferPointer(value))
                }
                count &+= 1
            }
            return count
        }
        column.nulls += empty
    }

    @inline(never)
    private static func unescaped(
        _ value: UnsafeRawBufferPointer, after end: Int, _ extra: inout [UInt8],
        _ unescape: (UnsafeRawBufferPointer, inout [UInt8]) -> Void
    ) -> TextSpan {
        let start = extra.count
        unescape(value, &extra)
        return extra.withUnsafeBytes {
            TextSpan(start: end + start, UnsafeRawBufferPointer(rebasing: $0[start...]))
        }
    }

    @inline(__always)
    private static func start(_ field: UInt64) -> Int { Int(truncatingIfNeeded: field >> 32 & 0x7FFF_FFFF) }

    @inline(__always)
    private static func slice(_ field: UInt64, _ bytes: UnsafeRawBufferPointer) -> UnsafeBufferPointer<UInt8> {
        let count = Int(truncatingIfNeeded: field & 0xFFFF_FFFF)
        guard count > 0, let base = bytes.baseAddress else { return UnsafeBufferPointer(start: nil, count: 0) }
        return UnsafeBufferPointer(start: base.assumingMemoryBound(to: UInt8.self) + start(field), count: count)
    }

    @inline(__always)
    private func isNull(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        !nulls.isEmpty && nulls.contains { $0.elementsEqual(value) }
    }
}
