/// A table that leaves out its less important columns where the screen is too narrow for all. Before that, the texts of the first one,
/// which names the rows, are shortened to a third of the screen.
struct FittedTable {
    private let rows: [[String]]

    /// Columns by falling importance; the first is always kept.
    private let importance: [Int]

    /// The first row is the heading. Columns that `importance` does not name are the last to stay.
    init(_ rows: [[String]], dropFirst expendable: [Int] = []) {
        self.rows = rows
        let others = (rows.first?.indices ?? 0..<0).filter { !expendable.contains($0) }
        importance = others + expendable.reversed()
    }

    /// Within `width` characters, or all of it where that is `nil`; says what was left out.
    func text(width: Int?, colour: (_ row: Int, _ column: Int) -> Terminal.Colour? = { _, _ in nil }) -> String {
        guard let heading = rows.first else { return "" }
        func widths(_ rows: [[String]]) -> [Int] {
            heading.indices.map { column in rows.map { column < $0.count ? ScreenWidth.of($0[column]) : 0 }.max() ?? 0 }
        }
        var (rows, widths) = (rows, widths(rows))
        if let width, widths.reduce(-2, { $0 + $1 + 2 }) > width {
            rows = rows.map { row in
                row.first.map { [ScreenWidth.shortened($0, to: max(8, width / 3))] + row.dropFirst() } ?? row
            }
            widths[0] = rows.map { ScreenWidth.of($0.first ?? "") }.max() ?? 0
        }
        var kept = heading.indices.map { _ in true }
        for column in importance.dropFirst().reversed() {
            let needed = heading.indices.filter { kept[$0] }.reduce(-2) { $0 + widths[$1] + 2 }
            guard let width, needed > width else { break }
            kept[column] = false
        }
        let columns = heading.indices.filter { kept[$0] }
        let table = Terminal.table(rows.map { row in columns.map { $0 < row.count ? row[$0] : "" } }) { row, column in
            colour(row, columns[column])
        }
        let left = heading.indices.filter { !kept[$0] }.map { heading[$0] }.filter { !$0.isEmpty }
        guard !left.isEmpty else { return table }
        return table + "\n" + Terminal.paint("left out on this narrow screen: \(left.joined(separator: ", "))", .dim)
    }
}
