import Domain
import Glibc

/// Writes to the two output streams, in colour only where a person looks.
enum Terminal {
    /// Whether standard output is a terminal and the user has not asked for plain text.
    static var isColourful: Bool {
        isatty(1) == 1 && getenv("NO_COLOR") == nil && Surrounding.environment["TERM"] != "dumb"
    }

    static func say(_ text: String, terminator: String = "\n") {
        write(text.hasSuffix("\n") ? text : text + terminator, to: 1)
    }

    static func complain(_ text: String) { write(text + (text.hasSuffix("\n") ? "" : "\n"), to: 2) }

    /// One line on standard error that the next one replaces; for terminals only. An empty one takes it away.
    static func progress(_ text: String) { write("\r\u{1B}[2K" + harmless(text), raw: 2) }

    enum Colour: String {
        case red = "31", green = "32", yellow = "33", blue = "34", dim = "2", bold = "1"
    }

    static func paint(_ text: String, _ colour: Colour) -> String {
        isColourful ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Columns under each other, two spaces apart; the first row is the heading.
    static func table(_ rows: [[String]], colour: (Int, Int) -> Colour? = { _, _ in nil }) -> String {
        guard let heading = rows.first else { return "" }
        return table(heading, count: rows.count - 1, row: { rows[$0 + 1] }) { row, column in colour(row + 1, column) }
    }

    /// The same for rows that are made when they are needed, counted from zero: there may be very many.
    static func table(
        _ heading: [String], count: Int, row: (Int) -> [String], colour: (_ row: Int, _ column: Int) -> Colour?
    ) -> String {
        var widths = heading.map(width)
        for index in 0..<count {
            for (column, cell) in row(index).enumerated() where column < widths.count {
                widths[column] = max(widths[column], width(cell))
            }
        }
        var text = ""
        func add(_ cells: [String], _ paint: (Int, String) -> String) {
            for (column, cell) in cells.enumerated() {
                text += paint(column, cell)
                if column < cells.count - 1, column < widths.count {
                    text += String(repeating: " ", count: widths[column] - width(cell) + 2)
                }
            }
        }
        add(heading) { Terminal.paint($1, .dim) }
        for index in 0..<count {
            text += "\n"
            add(row(index)) { column, cell in colour(index, column).map { Terminal.paint(cell, $0) } ?? cell }
        }
        return text
    }

    /// Text of strangers without the characters that could move the cursor or change colours.
    static func harmless(_ text: String) -> String {
        var text = text
        let isHarmless = text.withUTF8 { bytes in
            bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == 0x0A || $0 == 0x09 || $0 > 0xC2 }
        }
        if isHarmless { return text }
        let scalars = text.unicodeScalars.map { scalar in
            scalar.value < 0x20 && scalar != "\n" && scalar != "\t" || (0x7F...0x9F).contains(scalar.value)
                ? "?" : scalar
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// How many columns a text takes: its bytes where it is ASCII, else its characters.
    private static func width(_ text: String) -> Int {
        text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.count
    }

    private static func write(_ text: String, to descriptor: Int32) {
        write(harmlessUnlessPainted(text), raw: descriptor)
    }

    private static func write(_ text: String, raw descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)[...]
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return }
                rest = rest.dropFirst(written)
            }
        }
    }

    /// What may be written: our own colours, where there are any, and text. Everything else of a stranger's is taken out.
    private static func harmlessUnlessPainted(_ text: String) -> String {
        guard isColourful, text.unicodeScalars.contains("\u{1B}") else { return harmless(text) }
        let parts = text.split(separator: "\u{1B}", omittingEmptySubsequences: false)
        return parts.dropFirst().reduce(harmless(String(parts[0]))) { written, part in
            let isOurs = paints.contains { part.hasPrefix($0) }
            return written + (isOurs ? "\u{1B}" : "?") + harmless(String(part))
        }
    }

    private static let paints = ["0", "1", "2", "31", "32", "33", "34"].map { "[\($0)m" }
}
