import Data
import Domain
import Glibc

/// Walks the values of a table in the order of the file, with the line of each.
enum TableRows {
    /// Tells the names once, then every value with its column. The columns of JSON Lines are those of all objects;
    /// a member that one of them lacks comes as empty. Only Parquet tells an empty text from a null, which comes as `nil`.
    static func visit(
        _ content: Content, _ format: Domain.TableFormat, names: ([String]) throws -> Void,
        value: (Int, UnsafeBufferPointer<UInt8>?, () -> Int) -> Void
    ) throws {
        switch format {
        case .csv: try delimited(expanded(content), names, value)
        case .jsonl: try lines(expanded(content), names, value)
        case .parquet: try parquet(content, names, value)
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
        try Decompression.expanded(ByteSource(content).all(atMost: limit), limit: packedLimit)
    }

    /// As ``RowLimit`` says.
    static func refuse(rows: Int) throws(Malformed) {
        do { try RowLimit.refuse(rows: rows) } catch { throw Malformed("\(error.message); \(error.remedy)") }
    }

    private static func delimited(
        _ bytes: [UInt8], _ names: ([String]) throws -> Void,
        _ value: (Int, UnsafeBufferPointer<UInt8>, () -> Int) -> Void
    ) throws {
        try bytes.withUnsafeBytes { raw in
            var scanner = try CSVScanner(raw, dialect: .detected(in: raw))
            try names(try scanner.header())
            var buffer: [UInt8] = []
            var place = raw.baseAddress, line = 1
            while let field = try scanner.next() {
                // Lines are counted on from the last place that was asked for, so that all questions cost one walk.
                let count = {
                    let here = UnsafeRawPointer(field.start)
                    if let start = place, start < here {
                        line += UnsafeRawBufferPointer(start: start, count: here - start).count { $0 == 0x0A }
                    }
                    place = here
                    return line
                }
                if field.isEscaped {
                    field.unescape(into: &buffer)
                    buffer.withUnsafeBufferPointer { value(scanner.column, $0, count) }
                } else {
                    value(scanner.column, field.bytes, count)
                }
            }
        }
    }

    private static func lines(
        _ bytes: [UInt8], _ names: ([String]) throws -> Void,
        _ value: (Int, UnsafeBufferPointer<UInt8>, () -> Int) -> Void
    ) throws {
        var rows = HeldRows()
        try objects(bytes) { members, line in try rows.add(members, line: line) }
        guard !rows.isEmpty else { throw Malformed("it holds no rows") }
        try names(rows.columns)
        rows.visit(value)
    }

    private static func objects(_ bytes: [UInt8], _ body: ([JSON.Member], Int) throws -> Void) throws {
        for (number, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if number & 0xFFF == 0 { try Task.checkCancellation() }
            if line.allSatisfy({ $0 <= 0x20 }) { continue }
            let row: JSON
            do throws(JSON.SyntaxError) { row = try JSON(parsing: Array(line), python: true) } catch {
                throw Malformed("line \(number + 1): \(error.message)")
            }
            guard let members = row.members else { throw Malformed("line \(number + 1) is no JSON object") }
            try body(members, number + 1)
        }
    }
}

extension TableRows {
    /// Rows are counted instead of lines. Numbers come as text again, whole ones without a point.
    private static func parquet(
        _ content: Content, _ names: ([String]) throws -> Void,
        _ value: (Int, UnsafeBufferPointer<UInt8>?, () -> Int) -> Void
    ) throws {
        let table = try withFile(content) {
            let file = try ParquetFile(path: $0)
            try refuse(rows: file.rows)
            let table = try file.exactTable()
            try refuse(texts: table)
            return table
        }
        try names(table.columns.map(\.name))
        var nextNull = Array(repeating: 0, count: table.columns.count)
        for row in 0..<table.rowCount {
            if row & 0xFFFF == 0 { try Task.checkCancellation() }
            for (index, column) in table.columns.enumerated() {
                let text: String?
                switch column.values {
                case .texts(let texts): text = texts[row]
                case .numbers(let numbers):
                    let place = nextNull[index]
                    let isNull = place < numbers.nulls.count && numbers.nulls[place] == row
                    if isNull { nextNull[index] += 1 }
                    text = isNull ? nil : Self.text(numbers.values[row])
                }
                if let text {
                    Array(text.utf8).withUnsafeBufferPointer { value(index, $0) { row + 1 } }
                } else {
                    value(index, nil) { row + 1 }
                }
            }
        }
    }

    /// One text of a dictionary may stand for millions of rows: a table is as large as it would be as text.
    private static func refuse(texts table: Table) throws(Malformed) {
        var bytes = 0
        for texts in table.columns.compactMap(\.texts) {
            let counts = (0..<texts.dictionary.count).map { texts.dictionary.byteCount(of: $0) }
            for code in texts.codes where code >= 0 { bytes += counts[Int(code)] }
        }
        guard bytes > limit else { return }
        throw Malformed(
            "its texts are \(bytes >> 20) MiB when each row has its own, more than the \(limit >> 20) MiB that a check reads; "
                + "take a sample of its rows, or leave long texts out")
    }

    private static func text(_ number: Double) -> String {
        number.magnitude < 9e15 && number == number.rounded() ? String(Int(number)) : "\(number)"
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
