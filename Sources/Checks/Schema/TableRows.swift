import Data
import Domain
import Glibc

/// Walks the values of a table in the order of the file, with the line of each.
enum TableRows {
    /// Tells the names once, then every value with its column. The columns of JSON Lines are those of all objects;
    /// a member that one of them lacks comes as empty. Only Parquet tells an empty text from a null, which comes as `nil`, and has
    /// columns that cannot be read: they are left out, and told with the reason, as the end of a sentence that starts with the column.
    ///
    /// - Parameters:
    ///   - decimalMark: Of delimited text, whose delimiter is told by it where the header has none; values come as they stand.
    ///   - watch: Where it is written down how far the reading has come.
    ///   - number: Is asked first about what Parquet holds as a number; where it takes it, it does not come as text.
    static func visit(
        _ content: Content, _ format: Domain.TableFormat, decimalMark: UInt8 = UInt8(ascii: "."),
        watch: ReadingWatch? = nil,
        unread: ([(name: String, reason: String)]) -> Void = { _ in }, names: ([String]) throws -> Void,
        value: (Int, UnsafeBufferPointer<UInt8>?, () -> Int) -> Void,
        number: (Int, Double, () -> Int) -> Bool = { _, _, _ in false }
    ) throws {
        switch format {
        case .csv: try delimited(content, decimalMark, watch, names, value)
        case .jsonl: try lines(content, watch, names, value)
        case .parquet: try parquet(content, watch, unread, names, value, number)
        }
    }

    static let limit = 4 << 30

    /// A packed table of few bytes may hold very many.
    private static let packedLimit = 1 << 30

    /// The text, also where it is packed with gzip or zstd.
    static func expanded(_ content: Content) throws -> [UInt8] {
        try expanded(content, limit: packedLimit)
    }

    static func expanded(_ content: Content, limit packedLimit: Int) throws -> [UInt8] {
        try Decompression.expanded(RandomAccessBytes(content).all(atMost: limit), limit: packedLimit)
    }

    /// As ``RowLimit`` says.
    static func refuse(rows: Int) throws(Malformed) {
        do { try RowLimit.refuse(rows: rows) } catch { throw Malformed("\(error.message); \(error.remedy)") }
    }

    private static func blocks(of content: Content, _ format: TextFormat) throws -> TextBlocks {
        let source = try RandomAccessBytes(content)
        guard source.size <= limit else {
            throw Malformed("it has \(source.size) bytes, more than the \(limit) that are read")
        }
        return try TextBlocks(size: source.size, format: format, packedLimit: packedLimit) {
            place, count throws(DataError) in
            do throws(Malformed) { return try source.bytes(at: place, count: count) } catch {
                throw DataError(error.description, remedy: "have the file read again")
            }
        }
    }

    private static func delimited(
        _ content: Content, _ decimalMark: UInt8, _ watch: ReadingWatch?, _ names: ([String]) throws -> Void,
        _ value: (Int, UnsafeBufferPointer<UInt8>, () -> Int) -> Void
    ) throws {
        var blocks = try blocks(of: content, .csv)
        watch?.begin(of: blocks.size)
        var dialect: CSVDialect?, width = 0, rows = 0
        let lines = LineCount()
        var block: [UInt8] = [], buffer: [UInt8] = []
        // A text without a byte has no header, which the scanner says.
        while try blocks.next(&block) || dialect == nil {
            do {
                try block.withUnsafeBytes { raw in
                    var scanner = try CSVScanner(
                        raw, dialect: dialect ?? .detected(in: raw, decimalMark: decimalMark))
                    if dialect == nil {
                        let found = try scanner.header()
                        (dialect, width) = (.detected(in: raw, decimalMark: decimalMark), found.count)
                        try names(found)
                    } else {
                        scanner.expectWidth(width)
                    }
                    guard let start = raw.baseAddress else { return }
                    lines.place = start
                    while let field = try scanner.next() {
                        if field.isEscaped {
                            field.unescape(into: &buffer)
                            buffer.withUnsafeBufferPointer {
                                value(scanner.column, $0) { lines.count(to: UnsafeRawPointer(field.start)) }
                            }
                        } else {
                            value(scanner.column, field.bytes) { lines.count(to: UnsafeRawPointer(field.start)) }
                        }
                    }
                    _ = lines.count(to: start + raw.count)
                    rows += scanner.rowsRead
                    watch?.reach(rows: rows, at: blocks.offset)
                }
            } catch let error as DataError { throw try blocks.located(error) }
        }
    }

    private static func lines(
        _ content: Content, _ watch: ReadingWatch?, _ names: ([String]) throws -> Void,
        _ value: (Int, UnsafeBufferPointer<UInt8>, () -> Int) -> Void
    ) throws {
        var rows = try JSONLinesRows(try blocks(of: content, .jsonLines), watch: watch)
        guard !rows.isEmpty else { throw Malformed("it holds no rows") }
        try names(rows.columns)
        try rows.visit(value)
    }
}

extension TableRows {
    /// Rows are counted instead of lines. Numbers come as text again, whole ones without a point.
    private static func parquet(
        _ content: Content, _ watch: ReadingWatch?, _ unread: ([(name: String, reason: String)]) -> Void,
        _ names: ([String]) throws -> Void, _ value: (Int, UnsafeBufferPointer<UInt8>?, () -> Int) -> Void,
        _ number: (Int, Double, () -> Int) -> Bool
    ) throws {
        try withFile(content) { path in
            let file = try ParquetFile(path: path)
            try refuse(rows: file.rows)
            watch?.begin(of: file.rows)
            var left = file.unread, row = 0, textBytes = 0
            if file.groups == 0 {
                unread(left)
                try names(file.names)
            }
            for group in 0..<file.groups {
                let table = try file.exactTable(group: group, leavingOut: &left)
                if group == 0 {
                    unread(left)
                    try names(table.columns.map(\.name))
                }
                textBytes += bytes(ofTextsIn: table)
                try refuse(textBytes: textBytes)
                try visit(table, after: row, value, number)
                row += table.rowCount
                watch?.reach(rows: row, at: row)
            }
        }
    }

    private static func visit(
        _ table: Table, after before: Int, _ value: (Int, UnsafeBufferPointer<UInt8>?, () -> Int) -> Void,
        _ take: (Int, Double, () -> Int) -> Bool
    ) throws {
        let columns = table.columns.map { ParquetCells($0) }
        for row in 0..<table.rowCount {
            if row & 0xFFFF == 0 { try Task.checkCancellation() }
            for index in columns.indices {
                columns[index].visit(row, index, line: before + row + 1, value, take)
            }
        }
    }

    /// One text of a dictionary may stand for millions of rows: a table is as large as it would be as text.
    private static func bytes(ofTextsIn table: Table) -> Int {
        var bytes = 0
        for texts in table.columns.compactMap(\.texts) {
            let counts = (0..<texts.dictionary.count).map { texts.dictionary.byteCount(of: $0) }
            for code in texts.codes where code >= 0 { bytes += counts[Int(code)] }
        }
        return bytes
    }

    private static func refuse(textBytes bytes: Int) throws(Malformed) {
        guard bytes > limit else { return }
        throw Malformed(
            "its texts are \(bytes >> 20) MiB when each row has its own, more than the \(limit >> 20) MiB that a check reads; "
                + "take a sample of its rows, or leave long texts out")
    }

    /// Whole numbers as they are spelled where a double may lose digits, so that those of other row groups look alike.
    static func text(_ number: Double) -> String {
        number.magnitude < 0x1p53 && number == number.rounded() ? String(Int(number)) : "\(number)"
    }

    /// Lends the path of a file that holds the bytes: the one that is there, or a temporary one.
    static func withFile<Value>(_ content: Content, _ body: (String) throws -> Value) throws -> Value {
        guard case .bytes(let bytes) = content else {
            if case .file(let path, _) = content { return try body(path) }
            throw Malformed("it is no file")
        }
        let folder = "/var/tmp"
        var name = Array("\(folder)/martlet-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw Malformed("no temporary file could be made in \(folder)") }
        let path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        let written = bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count, let base = buffer.baseAddress {
                let step = write(descriptor, base + done, buffer.count - done)
                guard step > 0 else { break }
                done += step
            }
            return done
        }
        close(descriptor)
        guard written == bytes.count else { throw Malformed("a temporary file could not be written in \(folder)") }
        return try body(path)
    }
}

/// The values of one column, row by row; an object, so that nothing is copied for each value.
private final class ParquetCells {
    private let codes: [Int32]
    private let dictionary: TextDictionary
    private let numbers: [Double]
    private let nulls: [Int]
    private let isText: Bool
    private var nextNull = 0

    init(_ column: TableColumn) {
        switch column.values {
        case .texts(let texts):
            (isText, codes, dictionary, numbers, nulls) = (true, texts.codes, texts.dictionary, [], [])
        case .numbers(let column):
            (isText, codes, dictionary, numbers, nulls) = (false, [], TextDictionary(), column.values, column.nulls)
        }
    }

    /// Rows come in their order.
    func visit(
        _ row: Int, _ index: Int, line: Int, _ value: (Int, UnsafeBufferPointer<UInt8>?, () -> Int) -> Void,
        _ take: (Int, Double, () -> Int) -> Bool
    ) {
        if isText {
            let code = Int(codes[row])
            if code < 0 {
                value(index, nil) { line }
            } else {
                dictionary.withBytes(of: code) { value(index, $0) { line } }
            }
        } else if nextNull < nulls.count, nulls[nextNull] == row {
            nextNull += 1
            value(index, nil) { line }
        } else if !take(index, numbers[row], { line }) {
            var text = TableRows.text(numbers[row])
            text.withUTF8 { value(index, $0) { line } }
        }
    }
}

/// Counts lines on from the last place that was asked for, so that all questions cost one walk. An object, so that a question can be handed
/// on without keeping what it counts with for each value.
private final class LineCount {
    /// Where the next block begins, or the last question was.
    var place: UnsafeRawPointer?
    private var line = 1

    func count(to end: UnsafeRawPointer) -> Int {
        if let place, place < end {
            line += UnsafeRawBufferPointer(start: place, count: end - place).count { $0 == 0x0A }
        }
        place = end
        return line
    }
}
