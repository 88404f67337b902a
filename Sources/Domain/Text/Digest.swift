/// A SHA-256 of some bytes, written `sha256:` and 64 hexadecimal digits.
public struct Digest: Hashable, Sendable, LosslessStringConvertible {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        func word(_ index: Int) -> UInt64 { bytes[8 * index..<8 * index + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        words = (word(0), word(1), word(2), word(3))
    }

    /// Takes the four big-endian words that the 32 bytes make.
    public init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// Reads 64 digits, with or without `sha256:` before them.
    public init?(_ text: String) {
        var text = text
        guard let digest = text.withUTF8({ Digest(digits: $0) }) else { return nil }
        self = digest
    }

    /// Reads 64 hexadecimal digits, upper or lower case, with or without `sha256:` before them.
    public init?(digits text: UnsafeBufferPointer<UInt8>) {
        let start = text.count == 71 && text.starts(with: "sha256:".utf8) ? 7 : 0
        guard text.count == 64 + start, let first = Hexadecimal.word(text, at: start),
            let second = Hexadecimal.word(text, at: start + 16), let third = Hexadecimal.word(text, at: start + 32),
            let fourth = Hexadecimal.word(text, at: start + 48)
        else { return nil }
        words = (first, second, third, fourth)
    }

    public var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
        }
    }

    /// The 64 digits alone, as file stores name their objects.
    public var digits: String { Hexadecimal.text([words.0, words.1, words.2, words.3], digits: 64) }

    public var description: String { "sha256:" + digits }

    public static func == (one: Digest, other: Digest) -> Bool { one.words == other.words }

    public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
