/// Columns under each other, two spaces apart, for the terminal.
///
/// Cells are kept as bytes in one piece: a table may have a hundred thousand rows.
struct ColumnText {
    private struct Cell {
        let end: Int
        /// How many columns of the screen it takes.
        let width: Int
        let colour: Terminal.Colour?
    }

    private var bytes: [UInt8] = []
    private var cells: [Cell] = []
    private var rowEnds: [Int] = []
    private var widths: [Int]

    init(heading: [String]) {
        widths = heading.map { _ in 0 }
        add(heading) { _ in .dim }
    }

    /// Adds a row; only the columns that the heading has are lined up.
    mutating func add(_ row: [String], colour: (_ column: Int) -> Terminal.Colour? = { _ in nil }) {
        for (column, text) in row.enumerated() {
            bytes.append(contentsOf: text.utf8)
            let width = Self.width(text)
            if column < widths.count { widths[column] = max(widths[column], width) }
            cells.append(Cell(end: bytes.count, width: width, colour: colour(column)))
        }
        rowEnds.append(cells.count)
    }

    /// The lines, without a line end after the last.
    var text: [UInt8] {
        let isColourful = Terminal.isColourful
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + rowEnds.count * (widths.reduce(0, +) / 2 + 1))
        bytes.withUnsafeBufferPointer { bytes in
            var cell = 0, start = 0
            for end in rowEnds {
                if cell > 0 { text.append(UInt8(ascii: "\n")) }
                var column = 0
                while cell < end {
                    let paint = isColourful ? cells[cell].colour : nil
                    if let paint { text += Terminal.start(paint).utf8 }
                    text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<cells[cell].end]))
                    if paint != nil { text += Terminal.end.utf8 }
                    start = cells[cell].end
                    if cell < end - 1, column < widths.count {
                        let gap = widths[column] - cells[cell].width + 2
                        text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: gap))
                    }
                    cell += 1
                    column += 1
                }
            }
        }
        return text
    }

    /// Its bytes where it is ASCII, else its characters.
    private static func width(_ text: String) -> Int {
        text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.count
    }
}
