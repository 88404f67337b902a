/// Text that never grows beyond its limit, and is cut only between lines.
struct CommentPage {
    private static let leftOut = "\n\n_More did not fit here; `martlet why` and `martlet check` say all of it._"

    private let limit: Int
    private var lines: String
    /// Nothing more fits.
    private(set) var isFull = false

    init(limit: Int, start: String) {
        self.limit = limit - Self.leftOut.utf8.count
        lines = start
    }

    var text: String { isFull ? lines + Self.leftOut : lines }

    mutating func add(_ paragraph: [String]) {
        guard !paragraph.isEmpty else { return }
        append("\n", closing: 0)
        for line in paragraph { append("\n" + line, closing: 0) }
    }

    /// Whole or not at all: half a diagram is an error on the page.
    mutating func addPicture(_ picture: CommentPicture) {
        let lines = picture.lines
        if !lines.isEmpty { append("\n\n" + lines.joined(separator: "\n"), closing: 0) }
    }

    /// A table under a title, folded away unless it is open.
    mutating func addTable(_ table: CommentTable, _ title: String, isOpen: Bool) {
        guard let first = table.rows.first else { return }
        let (start, end) = isOpen ? ("**\(title)**", "") : ("<details><summary>\(title)</summary>", "\n\n</details>")
        guard append("\n\n\(start)\n\n\(table.head)\n\(first)", closing: end.utf8.count) else { return }
        for row in table.rows.dropFirst() { append("\n" + row, closing: end.utf8.count) }
        lines += end
    }

    /// Whether it fitted, with room left for what has to be closed.
    @discardableResult
    private mutating func append(_ more: String, closing: Int) -> Bool {
        guard !isFull, lines.utf8.count + more.utf8.count + closing <= limit else {
            isFull = true
            return false
        }
        lines += more
        return true
    }
}
