import Data
import Domain

/// Rows of JSON objects whose columns are those of all of them, held as text until the last one has come.
///
/// A value takes its bytes and six more, so that each line is parsed once and little is kept of it.
struct HeldRows {
    private(set) var columns: [String] = []
    private var places: [ExactText: Int] = [:]

    /// Of each value: the column in two bytes, the count of its text in four, the text.
    private var cells: [UInt8] = []

    /// The line of each row, and where its cells end.
    private var rows: [(line: Int, end: Int)] = []

    static let mostColumns = 10_000

    var isEmpty: Bool { rows.isEmpty }

    /// Throws where a member stands twice, or columns become too many.
    mutating func add(_ members: [JSON.Member], line: Int) throws(Malformed) {
        var seen: Set<ExactText> = []
        for member in members {
            guard seen.insert(ExactText(member.key)).inserted else {
                throw Malformed("line \(line): \"\(Excerpt.line(member.key))\" stands twice in one object")
            }
            let column = try place(of: member.key, line)
            let text = RunTable.text(member.value).utf8
            guard let count = UInt32(exactly: text.count) else {
                throw Malformed("line \(line): \"\(Excerpt.line(member.key))\" is too long")
            }
            append(UInt32(column), bytes: 2)
            append(count, bytes: 4)
            cells.append(contentsOf: text)
        }
        rows.append((line, cells.count))
    }

    /// Tells every value of every row in the order of the columns; what a row lacks is empty.
    func visit(_ value: (Int, UnsafeBufferPointer<UInt8>, () -> Int) -> Void) {
        var texts = Array(repeating: 0..<0, count: columns.count)
        var position = 0
        cells.withUnsafeBufferPointer { cells in
            for (line, end) in rows {
                for column in texts.indices { texts[column] = 0..<0 }
                while position < end {
                    let column = Self.number(cells[position..<position + 2])
                    let start = position + 6
                    position = start + Self.number(cells[position + 2..<start])
                    texts[column] = start..<position
                }
                for (column, range) in texts.enumerated() {
                    value(column, UnsafeBufferPointer(rebasing: cells[range])) { line }
                }
            }
        }
    }

    private mutating func place(of name: String, _ line: Int) throws(Malformed) -> Int {
        if let place = places[ExactText(name)] { return place }
        guard columns.count < Self.mostColumns else {
            throw Malformed("line \(line): more than \(Self.mostColumns) columns")
        }
        places[ExactText(name)] = columns.count
        columns.append(name)
        return columns.count - 1
    }

    private mutating func append(_ number: UInt32, bytes: Int) {
        for index in 0..<bytes { cells.append(UInt8(truncatingIfNeeded: number >> (8 * UInt32(index)))) }
    }

    private static func number(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
