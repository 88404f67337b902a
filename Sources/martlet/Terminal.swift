import Domain
import Glibc

/// Writes to the two output streams, in colour only where a person looks.
enum Terminal {
    /// Whether standard output is a terminal and the user has not asked for plain text.
    static var isColourful: Bool {
        isatty(1) == 1 && getenv("NO_COLOR") == nil && String(cString: getenv("TERM") ?? strdup("")) != "dumb"
    }

    static func say(_ text: String) { write(text + (text.hasSuffix("\n") ? "" : "\n"), to: 1) }

    static func complain(_ text: String) { write(text + (text.hasSuffix("\n") ? "" : "\n"), to: 2) }

    enum Colour: String {
        case red = "31", green = "32", yellow = "33", blue = "34", dim = "2", bold = "1"
    }

    static func paint(_ text: String, _ colour: Colour) -> String {
        isColourful ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Columns under each other, two spaces apart; the first row is the heading.
    static func table(_ rows: [[String]], colour: (Int, Int) -> Colour? = { _, _ in nil }) -> String {
        let widths = (0..<(rows.map(\.count).max() ?? 0)).map { column in
            rows.map { $0.indices.contains(column) ? width($0[column]) : 0 }.max() ?? 0
        }
        return rows.enumerated().map { row, cells in
            let line = cells.enumerated().map { column, cell in
                let text = row == 0 ? paint(cell, .dim) : colour(row, column).map { paint(cell, $0) } ?? cell
                let isLast = column == cells.count - 1
                return isLast ? text : text + String(repeating: " ", count: widths[column] - width(cell))
            }
            return line.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    /// Text of strangers without the characters that could move the cursor or change colours.
    static func harmless(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map {
                    $0.value < 0x20 && $0 != "\n" && $0 != "\t" || (0x7F...0x9F).contains($0.value) ? "?" : $0
                }))
    }

    private static func width(_ text: String) -> Int { text.count }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(harmlessUnlessPainted(text).utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                return
            }
            bytes = bytes.dropFirst(written)
        }
    }

    /// Our own colours use the escape character; everything else that is not text is taken out.
    private static func harmlessUnlessPainted(_ text: String) -> String {
        isColourful ? text : harmless(text)
    }
}
