/// A piece of a foreign text that fits into a message.
public enum Excerpt {
    /// The first characters on one line, without anything that could steer a terminal.
    public static func line(_ text: String, limit: Int = 60) -> String {
        var line = ""
        for scalar in text.unicodeScalars.prefix(limit + 1) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: line.unicodeScalars.append(" ")
            default: line.unicodeScalars.append(scalar)
            }
        }
        guard line.unicodeScalars.count > limit else { return line }
        return String(String.UnicodeScalarView(line.unicodeScalars.prefix(limit))) + "…"
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
