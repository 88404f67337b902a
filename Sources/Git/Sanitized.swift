/// Text from outside, fit for a message.
enum Sanitized {
    /// Control characters, which can repaint a terminal, become spaces or vanish; at most `limit` bytes are kept.
    static func text(_ text: some StringProtocol, limit: Int = 4096) -> String {
        var kept = String.UnicodeScalarView()
        var size = 0
        for scalar in text.unicodeScalars {
            if scalar == "\n" || scalar == "\t" {
                kept.append(scalar)
            } else if scalar.value >= 32, !(127...159).contains(scalar.value), !isDirection(scalar) {
                kept.append(scalar)
            }
            size += UTF8.width(scalar)
            if size >= limit { return String(kept) + "…" }
        }
        return String(kept)
    }

    /// Drops the user and password of every `scheme://user:password@host`.
    static func withoutCredentials(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "@")) else { return text }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let mark = position(of: "://", in: rest) {
            let host = mark + 3
            bytes += rest[..<host]
            rest = rest[host...]
            let end = rest.firstIndex { $0 <= 32 || "/'\"<>?#".utf8.contains($0) } ?? rest.endIndex
            if let at = rest[..<end].lastIndex(of: UInt8(ascii: "@")) { rest = rest[(at + 1)...] }
        }
        return String(decoding: bytes + rest, as: UTF8.self)
    }

    private static func position(of word: StaticString, in bytes: ArraySlice<UInt8>) -> Int? {
        let count = word.utf8CodeUnitCount
        guard bytes.count >= count else { return nil }
        return word.withUTF8Buffer { word in
            (bytes.startIndex...(bytes.endIndex - count)).first { bytes[$0..<($0 + count)].elementsEqual(word) }
        }
    }

    /// Marks that reorder what people read (Unicode's bidirectional controls).
    private static func isDirection(_ scalar: Unicode.Scalar) -> Bool {
        (0x202a...0x202e).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
            || [0x200e, 0x200f, 0x061c].contains(scalar.value)
    }
}
