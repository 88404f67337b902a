import Domain

/// Columns under each other, two spaces apart, for the terminal.
///
/// Cells are kept as bytes in one piece: a table may have a hundred thousand rows.
struct ColumnText {
    private struct Cell {
        /// How many bytes it has.
        let count: UInt32
        /// How many columns of the screen it takes.
        let width: UInt32
        let colour: Terminal.Colour?
    }

    private var bytes: [UInt8] = []
    private var cells: [Cell] = []
    private var rowEnds: [Int] = []
    private var widths: [Int]

    /// - Parameter rows: About how many rows will come: growing would copy a large table.
    init(heading: [String], rows: Int = 0) {
        widths = heading.map { _ in 0 }
        bytes.reserveCapacity(rows * 128)
        cells.reserveCapacity((rows + 1) * heading.count)
        rowEnds.reserveCapacity(rows + 1)
        add(heading) { _ in .dim }
    }

    /// Adds a row; only the columns that the heading has are lined up.
    mutating func add(_ row: [String], colour: (_ column: Int) -> Terminal.Colour? = { _ in nil }) {
        for (column, cell) in row.enumerated() {
            let text = Excerpt.oneLine(cell)
            bytes.append(contentsOf: text.utf8)
            let width = ScreenWidth.of(text)
            if column < widths.count { widths[column] = max(widths[column], width) }
            cells.append(
                Cell(count: UInt32(text.utf8.count), width: UInt32(width), colour: colour(column)))
        }
        rowEnds.append(cells.count)
    }

    /// The lines, each with its end.
    var text: [UInt8] {
        var text: [UInt8] = []
        write { text += $0 }
        return text
    }

    /// Hands out the lines, each with its end, in pieces of about 64 KiB: a second copy of a large table is never made.
    func write(_ take: (consuming [UInt8]) -> Void) {
        let isColourful = Terminal.isColourful
        var piece: [UInt8] = []
        bytes.withUnsafeBufferPointer { bytes in
            var cell = 0, start = 0
            for end in rowEnds {
                var column = 0
                while cell < end {
                    let paint = isColourful ? cells[cell].colour : nil
                    if let paint { piece += Terminal.start(paint).utf8 }
                    let next = start + Int(cells[cell].count)
                    piece.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<next]))
                    if paint != nil { piece += Terminal.end.utf8 }
                    start = next
                    if cell < end - 1, column < widths.count {
                        let gap = widths[column] - Int(cells[cell].width) + 2
                        piece.append(contentsOf: repeatElement(UInt8(ascii: " "), count: gap))
                    }
                    cell += 1
                    column += 1
                }
                piece.append(UInt8(ascii: "\n"))
                if piece.count > 1 << 16 {
                    take(piece)
                    piece = []
                }
            }
        }
        if !piece.isEmpty { take(piece) }
    }
}
