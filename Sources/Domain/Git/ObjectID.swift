/// The name of one Git object: 20 bytes of SHA-1, kept inline.
///
/// A commit's id is called a *revision* wherever it stands for a version.
public struct ObjectID: Hashable, Sendable, Comparable {
    private let high: UInt64
    private let middle: UInt64
    private let low: UInt32

    /// Takes the first 20 of `bytes`, in the order that Git prints them.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count >= 20 else { return nil }
        var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
        for (index, byte) in bytes.prefix(20).enumerated() {
            switch index {
            case 0..<8: words.0 = words.0 << 8 | UInt64(byte)
            case 8..<16: words.1 = words.1 << 8 | UInt64(byte)
            default: words.2 = words.2 << 8 | UInt32(byte)
            }
        }
        (high, middle, low) = words
    }

    /// Takes the three big-endian words that the 20 bytes make.
    public init(high: UInt64, middle: UInt64, low: UInt32) {
        self.high = high
        self.middle = middle
        self.low = low
    }

    public var words: (high: UInt64, middle: UInt64, low: UInt32) { (high, middle, low) }

    /// The id that Git writes for "nothing".
    public static let zero = ObjectID(high: 0, middle: 0, low: 0)

    /// The first seven hexadecimal digits, for people.
    public var short: String { Hexadecimal.text([high], digits: 7) }

    public static func < (one: ObjectID, other: ObjectID) -> Bool {
        (one.high, one.middle, one.low) < (other.high, other.middle, other.low)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(high) }
}

extension ObjectID: LosslessStringConvertible {
    /// Reads exactly 40 hexadecimal digits.
    public init?(_ text: String) {
        var text = text
        guard let id = text.withUTF8({ ObjectID(digits: $0) }) else { return nil }
        self = id
    }

    /// Reads exactly 40 hexadecimal digits, upper or lower case.
    public init?(digits text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 40, let high = Hexadecimal.word(text, at: 0), let middle = Hexadecimal.word(text, at: 16),
            let end = Hexadecimal.word(text, at: 24)
        else { return nil }
        self.init(high: high, middle: middle, low: UInt32(truncatingIfNeeded: end))
    }

    public var description: String { Hexadecimal.text([high, middle, UInt64(low) << 32], digits: 40) }
}
