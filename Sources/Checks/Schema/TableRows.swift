import Data
import Domain

/// Walks the values of a table in the order of the file, with the line of each.
enum TableRows {
    /// Tells the names once, then every value with its column. A member that an object of JSON Lines lacks comes as empty.
    static func visit(
        _ bytes: [UInt8], _ format: Domain.TableFormat, names: ([String]) throws -> Void,
        value: (Int, UnsafeBufferPointer<UInt8>, () -> Int) -> Void
    ) throws {
        switch format {
        case .csv: try delimited(bytes, names, value)
        case .jsonl: try lines(bytes, names, value)
        case .parquet: throw MissingEvidence("Parquet cannot be checked row by row yet; give the same rows as CSV")
        }
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
        var columns: [String] = []
        for (number, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 <= 0x20 }) { continue }
            let row: JSON
            do throws(JSON.SyntaxError) { row = try JSON(parsing: Array(line), python: true) } catch {
                throw Malformed("line \(number + 1): \(error.message)")
            }
            guard let members = row.members else { throw Malformed("line \(number + 1) is no JSON object") }
            if columns.isEmpty {
                columns = members.map(\.key)
                try names(columns)
            }
            for (index, name) in columns.enumerated() {
                let text = Array(RunTable.text(row[name] ?? .null).utf8)
                text.withUnsafeBufferPointer { value(index, $0) { number + 1 } }
            }
        }
        if columns.isEmpty { throw Malformed("it holds no rows") }
    }
}
