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

    /// Marks that reorder what people read (Unicode's bidirectional controls).
    private static func isDirection(_ scalar: Unicode.Scalar) -> Bool {
        (0x202a...0x202e).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
            || [0x200e, 0x200f, 0x061c].contains(scalar.value)
    }
}
