/// How many columns of a terminal a text takes.
enum ScreenWidth {
    static func of(_ text: String) -> Int {
        text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.reduce(0) { $0 + (isWide($1) ? 2 : 1) }
    }

    /// The text with `…` where it takes more than `width` columns.
    static func shortened(_ text: String, to width: Int) -> String {
        guard of(text) > width else { return text }
        var short = "", room = width - 1
        for character in text {
            room -= isWide(character) ? 2 : 1
            guard room >= 0 else { break }
            short.append(character)
        }
        return short + "…"
    }

    static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - of(text)))
    }

    /// The ideographs and letters that Unicode's East Asian Width calls wide or full-width, and emoji.
    private static func isWide(_ character: Character) -> Bool {
        guard let first = character.unicodeScalars.first, first.value >= 0x1100 else { return false }
        return first.properties.isEmojiPresentation || wide.contains { $0.contains(first.value) }
            || character.unicodeScalars.dropFirst().first == "\u{FE0F}"
    }

    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
        0xF900...0xFAFF,
        0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD,
    ]
}
