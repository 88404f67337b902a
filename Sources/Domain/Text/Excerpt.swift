/// A piece of a foreign text that fits into a message.
public enum Excerpt {
    /// The first characters on one line, without anything that could steer a terminal.
    public static func line(_ text: String, limit: Int = 60) -> String {
        let line = oneLine(String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit + 1))))
        guard line.unicodeScalars.count > limit else { return line }
        return String(String.UnicodeScalarView(line.unicodeScalars.prefix(limit))) + "…"
    }

    /// The text on one line, without anything that could steer a terminal or turn the direction of writing.
    public static func oneLine(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return text }
        let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: " "
            default: scalar
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// The text without user and password of the addresses in it, as `https://user:token@host/` has them.
    public static func withoutCredentials(_ text: String) -> String {
        guard text.contains("://") else { return text }
        let parts = text.split(separator: "://", omittingEmptySubsequences: false)
        let cleaned = parts.dropFirst().map { part in
            let authority = part.prefix { !$0.isWhitespace && !"/'\"<>?#".contains($0) }
            return authority.lastIndex(of: "@").map { part[part.index(after: $0)...] } ?? part
        }
        return (parts.prefix(1) + cleaned).joined(separator: "://")
    }
}
