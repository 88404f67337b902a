/// Rows of a Markdown table.
struct CommentTable {
    let columns: [String]
    var rows: [String] = []

    init(_ columns: String...) { self.columns = columns }

    /// Cells are Markdown already; none holds a bare `|` or line end.
    mutating func add(_ cells: String...) { rows.append("| " + cells.joined(separator: " | ") + " |") }

    var head: String {
        "| " + columns.joined(separator: " | ") + " |\n|" + repeatElement("---|", count: columns.count).joined()
    }
}
