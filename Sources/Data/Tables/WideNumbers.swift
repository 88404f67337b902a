/// Tells whole numbers apart of which several are one double: those from 2^53 on, each by a hash of all its digits.
///
/// Exact up to `limit` different ones, then an estimate.
struct WideNumbers: Sendable {
    private let limit: Int
    private var hashes: Set<UInt64> = []
    private var sketch: HyperLogLog?

    init(limit: Int) { self.limit = limit }

    /// Whether several whole numbers may be this double.
    @inline(__always)
    static func contains(_ number: Double) -> Bool { number.magnitude >= 0x1p53 }

    var isExact: Bool { sketch == nil }
    var distinct: Int { sketch?.estimate ?? hashes.count }
    var heldBytes: Int { hashes.capacity * MemoryLayout<UInt64>.size * 4 / 3 }

    /// Adds numbers by what `hash` gives for them.
    mutating func add(_ new: [UInt64]) {
        for hash in new {
            if sketch == nil { hashes.insert(hash) } else { sketch?.add(hash: hash) }
        }
        if hashes.count > limit { condense() }
    }

    mutating func merge(_ other: WideNumbers) {
        add(Array(other.hashes))
        guard let theirs = other.sketch else { return }
        condense()
        sketch?.merge(theirs)
    }

    /// Adds them to a sketch of other numbers.
    func add(to others: inout HyperLogLog) {
        for hash in hashes { others.add(hash: hash) }
        if let sketch { others.merge(sketch) }
    }

    private mutating func condense() {
        var sketch = sketch ?? HyperLogLog()
        for hash in hashes { sketch.add(hash: hash) }
        self.sketch = sketch
        hashes = []
    }
}

extension WideNumbers {
    /// Of a number as it is spelled. Spelled as no whole number, it is the double that it was read as.
    static func hash(
        of bytes: UnsafeBufferPointer<UInt8>, _ number: Double, decimalMark: UInt8 = UInt8(ascii: ".")
    ) -> UInt64 {
        var digits = bytes[...]
        if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            digits = digits.dropFirst()
        }
        if let mark = digits.firstIndex(of: decimalMark) {
            guard digits[(mark + 1)...].allSatisfy({ $0 == UInt8(ascii: "0") }) else { return hash(of: number) }
            digits = digits[..<mark]
        }
        digits = digits.drop { $0 == UInt8(ascii: "0") }
        guard !digits.isEmpty, digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return hash(of: number) }
        return hash(of: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: digits)), isNegative: number < 0)
    }

    static func hash(of number: Double) -> UInt64 {
        guard let whole = UInt128(exactly: number.magnitude) else { return StableHash.of(number) }
        return Array(String(whole).utf8).withUnsafeBytes { hash(of: $0, isNegative: number < 0) }
    }

    private static func hash(of digits: UnsafeRawBufferPointer, isNegative: Bool) -> UInt64 {
        isNegative ? ~StableHash.of(digits) : StableHash.of(digits)
    }
}
