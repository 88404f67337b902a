/// Lengths of texts in Unicode scalars, and how many are blank at an end.
public struct TextLengths: Hashable, Sendable {
    public private(set) var count = 0
    public private(set) var minimum = Int.max
    public private(set) var maximum = 0
    public private(set) var padded = 0
    private(set) var total = 0

    public init() {}

    /// As they were stored.
    init(count: Int, minimum: Int, maximum: Int, total: Int, padded: Int) {
        (self.count, self.minimum, self.maximum) = (count, minimum, maximum)
        (self.total, self.padded) = (total, padded)
    }

    public var mean: Double? { count > 0 ? Double(total) / Double(count) : nil }

    /// Adds a text of valid UTF-8, as often as `times` says, of so many `scalars` where they are known.
    @inline(__always)
    mutating func add(_ bytes: UnsafeRawBufferPointer, times: Int = 1, scalars: Int? = nil) {
        let length = scalars ?? Self.scalars(bytes)
        count &+= times
        total &+= length &* times
        if length < minimum { minimum = length }
        if length > maximum { maximum = length }
        if let first = bytes.first, first == 0x20 || bytes[bytes.count &- 1] == 0x20 { padded &+= times }
    }

    mutating func merge(_ other: TextLengths) {
        count += other.count
        total += other.total
        padded += other.padded
        minimum = min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
    }

    /// Bytes that do not continue a scalar, eight at a time.
    @inline(__always)
    static func scalars(_ bytes: UnsafeRawBufferPointer) -> Int {
        var continuations = 0
        var index = 0
        while index &+ 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let high = word & 0x8080_8080_8080_8080
            if high != 0 { continuations &+= (high & ~((word & 0x4040_4040_4040_4040) << 1)).nonzeroBitCount }
            index &+= 8
        }
        while index < bytes.count {
            if bytes[index] & 0xC0 == 0x80 { continuations &+= 1 }
            index &+= 1
        }
        return bytes.count &- continuations
    }
}
