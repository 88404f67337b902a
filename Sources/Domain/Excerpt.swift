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
}
