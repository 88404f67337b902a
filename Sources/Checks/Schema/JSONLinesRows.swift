import Data
import Domain

/// Rows of JSON objects whose columns are those of all of them.
///
/// The text is read twice, for the names and then for the values, so that little more than a block of it is held.
struct JSONLinesRows {
    private var blocks: TextBlocks
    private let watch: ReadingWatch?
    private var lookup = MemberLookup()
    private(set) var columns: [String] = []
    private(set) var isEmpty = true

    static let mostColumns = 10_000

    private static let remedy = "write one JSON object a line, in which each name stands once"

    /// Throws where a line is no object, a member stands twice, or columns become too many.
    init(_ blocks: TextBlocks, watch: ReadingWatch? = nil) throws {
        self.blocks = blocks
        self.watch = watch
        // The row that had the member last.
        var last: [Int] = [], row = 0
        try walk { scanner, _, lookup in
            while let field = try scanner.next() {
                if field.kind != .none {
                    let column = lookup.column(of: field.name) ?? last.count
                    if column == last.count {
                        guard column < Self.mostColumns else {
                            throw scanner.error(
                                "more than \(Self.mostColumns) columns", at: field, remedy: "are names values here?")
                        }
                        lookup.add(field.name)
                        last.append(-1)
                    }
                    guard last[column] != row else {
                        let name = Excerpt.line(String(decoding: field.name, as: UTF8.self))
                        throw scanner.error("\"\(name)\" stands twice in one object", at: field, remedy: Self.remedy)
                    }
                    last[column] = row
                }
                guard field.endsRow else { continue }
                lookup.startRow()
                row += 1
            }
        }
        columns = lookup.texts
        isEmpty = row == 0
    }

    /// Tells every value of every row in the order of the columns; what a row lacks is empty.
    mutating func visit(_ value: (Int, UnsafeBufferPointer<UInt8>, () -> Int) -> Void) throws {
        var cells = [JSONLinesField?](repeating: nil, count: columns.count)
        var line = 1, buffer: [UInt8] = []
        try walk { scanner, raw, lookup in
            guard var place = raw.baseAddress else { return }
            let end = place + raw.count
            // Lines are counted on from the last place that was asked for, so that all questions cost one walk.
            func count(to end: UnsafeRawPointer?) -> Int {
                guard let end, place < end else { return line }
                line += UnsafeRawBufferPointer(start: place, count: end - place).count { $0 == 0x0A }
                place = end
                return line
            }
            while let field = try scanner.next() {
                if field.kind != .none, let column = lookup.column(of: field.name) { cells[column] = field }
                guard field.endsRow else { continue }
                lookup.startRow()
                let here = field.bytes.baseAddress.map { UnsafeRawPointer($0) }
                for column in cells.indices {
                    let text = try cells[column].flatMap { try Self.text(of: $0, scanner, &buffer) }
                    cells[column] = nil
                    if let text {
                        value(column, text) { count(to: here) }
                    } else {
                        buffer.withUnsafeBufferPointer { value(column, $0) { count(to: here) } }
                    }
                    buffer.removeAll(keepingCapacity: true)
                }
            }
            _ = count(to: end)
        }
    }

    /// Gives each block to `body`, from the first.
    private mutating func walk(
        _ body: (inout JSONLinesScanner, UnsafeRawBufferPointer, inout MemberLookup) throws -> Void
    ) throws {
        try blocks.rewind()
        watch?.begin(of: blocks.size)
        var block: [UInt8] = [], rows = 0, lookup = lookup
        while try blocks.next(&block) {
            do {
                try block.withUnsafeBytes { raw in
                    var scanner = try JSONLinesScanner(raw)
                    try body(&scanner, raw, &lookup)
                    rows += scanner.rowsRead
                }
            } catch let error as DataError { throw try blocks.located(error) }
            watch?.reach(rows: rows, at: blocks.offset)
        }
        self.lookup = lookup
    }

    /// The value as ``RunTable/text(_:)`` writes it: its own bytes, or `nil` and in `buffer` where they are spelled otherwise.
    private static func text(
        of field: JSONLinesField, _ scanner: JSONLinesScanner, _ buffer: inout [UInt8]
    ) throws -> UnsafeBufferPointer<UInt8>? {
        switch field.kind {
        case .none, .null: return UnsafeBufferPointer(rebasing: field.bytes[..<0])
        case .bool: return field.bytes
        case .string where !field.isEscaped: return field.bytes
        case .string: buffer += Array(field.text.utf8)
        case .number where isShort(field.bytes): return field.bytes
        case .number, .nested:
            do throws(JSON.SyntaxError) {
                buffer += Array(RunTable.text(try JSON(parsing: Array(field.bytes), python: true)).utf8)
            } catch { throw scanner.error(error.message, at: field, remedy: Self.remedy) }
        }
        return nil
    }

    /// Whether a number is a whole one of few digits as everybody writes it.
    private static func isShort(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes[...]
        guard digits.count < 19, let first = digits.first, digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return false }
        return first != 0x30 || bytes.count == 1
    }
}
