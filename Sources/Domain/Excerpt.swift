/// A piece of a foreign text that fits into a message.
public enum Excerpt {
    /// The first 60 characters on one line, without anything that could steer a terminal.
    public static func line(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars.prefix(61) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: line.unicodeScalars.append(" ")
            default: line.unicodeScalars.append(scalar)
            }
        }
        guard line.unicodeScalars.count > 60 else { return line }
        return String(String.UnicodeScalarView(line.unicodeScalars.prefix(60))) + "…"
    }
}
