import Data
import Domain
import Foundation
import Testing

@testable import Checks

@Suite struct TableRowsTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../DataTests/Reference/parquet")

    private func rows(_ name: String, _ format: Domain.TableFormat) throws -> [[String]] {
        var rows: [[String]] = []
        let bytes = try Array(Foundation.Data(contentsOf: Self.folder.appending(path: name)))
        try TableRows.visit(.bytes(bytes), format, names: { rows.append($0) }) { column, text, _ in
            if column == 0 { rows.append([]) }
            rows[rows.count - 1].append(text.map { String(decoding: $0, as: UTF8.self) } ?? "")
        }
        return rows
    }

    @Test func `JSON Lines have the columns of all objects; what one lacks is empty`() throws {
        let text = "{\"a\": 1, \"b\": \"x\\ny\"}\n\n{\"c\": null, \"a\": 2.50}\n{}\n{\"b\": [1, {\"d\": 2}]}\n"
        var rows: [[String]] = [], lines: [Int] = []
        try TableRows.visit(.bytes(Array(text.utf8)), .jsonl, names: { rows.append($0) }) { column, text, line in
            if column == 0 {
                rows.append([])
                lines.append(line())
            }
            rows[rows.count - 1].append(text.map { String(decoding: $0, as: UTF8.self) } ?? "")
        }
        #expect(
            rows == [["a", "b", "c"], ["1", "x\ny", ""], ["2.5", "", ""], ["", "", ""], ["", #"[1,{"d":2}]"#, ""]])
        #expect(lines == [1, 3, 4, 5])
    }

    @Test func `each value of JSON Lines is told at its column`() throws {
        let text = (0..<300).map { "{\"c\($0)\": \"\(String(repeating: "é", count: $0))\", \"x\": \($0)}\n" }.joined()
        var columns: [String] = [], sum = 0, accents = 0
        try TableRows.visit(.bytes(Array(text.utf8)), .jsonl, names: { columns = $0 }) { column, bytes, line in
            let bytes = bytes ?? UnsafeBufferPointer(start: nil, count: 0)
            if column == 1, line() <= 300 { sum += Int(String(decoding: bytes, as: UTF8.self)) ?? -1 }
            if column != 1 { accents += bytes.count }
        }
        #expect(columns.count == 301 && columns[1] == "x" && columns[300] == "c299")
        #expect(sum == 299 * 150 && accents == 299 * 300)
    }

    /// What a walk over JSON Lines says is wrong.
    private func fault(_ text: String) -> String {
        do {
            try TableRows.visit(.bytes(Array(text.utf8)), .jsonl, names: { _ in }, value: { _, _, _ in })
            return "nothing"
        } catch { return "\(error)" }
    }

    @Test func `what is no row of JSON Lines is told with its line`() {
        #expect(
            fault("{\"x\": 1}\n{\"x\": 1, \"x\": 2}\n").hasPrefix("line 2, column 15: \"x\" stands twice in one object")
        )
        #expect(fault("{\"x\": 1}\n{\"\\u0078\": 1, \"x\": 2}\n").contains("\"x\" stands twice in one object"))
        #expect(fault("\n [1]\n").hasPrefix("line 2, column 2: expected a JSON object"))
        #expect(fault("{\"x\": 01}\n").hasPrefix("line 1"))
        #expect(fault("{\"x\": [1,]}\n").hasPrefix("line 1"))
        #expect(fault("{\"x\": 1\n").hasPrefix("line 1"))
        #expect(fault("\n\n") == "it holds no rows")
        let wide = (0...JSONLinesRows.mostColumns).map { "\"c\($0)\": 1" }.joined(separator: ", ")
        #expect(fault("{}\n{\(wide)}\n").contains("line 2") && fault("{\(wide)}\n").contains("more than 10000 columns"))
    }

    @Test func `JSON Lines of many blocks have each row once, and an error its line`() throws {
        var text = ""
        for row in 0..<60_000 {
            text +=
                row % 5 == 0
                ? "\n{\"note\": \"\(row % 7)\\n\\u00e9\", \"id\": \(row)}\r\n" : "{\"id\": \(row), \"x\": 1.50}\n"
        }
        let watch = ReadingWatch()
        var seen = 0, lines = 0, notes = 0, names: [String] = []
        try TableRows.visit(.bytes(Array(text.utf8)), .jsonl, watch: watch, names: { names = $0 }) {
            column, bytes, line in
            let value = bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
            if column == 1, value == "\(seen)" {
                seen += 1
                if seen % 9 == 0, line() == seen + (seen + 4) / 5 { lines += 1 }
            }
            if column == 0, value.hasSuffix("\né") { notes += 1 }
            if column == 2, !value.isEmpty, value != "1.5" { notes = -1 }
        }
        #expect(text.utf8.count > 1 << 20 && names == ["note", "id", "x"])
        #expect(seen == 60_000 && lines == 6_666 && notes == 12_000 && watch.rows == 60_000 && watch.share == 1)
        #expect(fault(text + "{\"id\": }\n").hasPrefix("line 72001, column 8: "), "\(fault(text + "{\"id\": }\n"))")
    }

    @Test func `of JSON Lines no more than a block is read at a time, and everything twice`() throws {
        let text = Array((0..<3_000).map { "{\"id\": \($0)}\n" }.joined().utf8)
        let reads = Reads()
        var values = 0
        let blocks = try TextBlocks(size: text.count, format: .jsonLines, packedLimit: 1, blockBytes: 1_000) {
            place, count in
            (reads.largest, reads.total) = (max(reads.largest, count), reads.total + count)
            return Array(text[place..<place + count])
        }
        var rows = try JSONLinesRows(blocks)
        try rows.visit { _, bytes, line in
            if String(decoding: bytes, as: UTF8.self) == "\(line() - 1)" { values += 1 }
        }
        // The first bytes tell once more whether it is packed.
        #expect(values == 3_000 && reads.largest <= 1_000 && reads.total <= 2 * text.count + 4)
    }

    private final class Reads {
        var largest = 0
        var total = 0
    }

    @Test func `a Parquet file gives the texts of the same table as CSV, with all digits`() throws {
        let parquet = try rows("wide-integers.parquet", .parquet)
        #expect(try parquet == rows("wide-integers.csv", .csv))
        #expect(parquet[2].first == "9007199254740993" && parquet.count == 7)
    }

    @Test func `a packed table that expands beyond the limit, or has too many rows, says how to go on`() throws {
        let path = Self.folder.appending(path: "../../../Fixtures/formats/comma-lf.csv.gz")
        let packed = try Array(Foundation.Data(contentsOf: path))
        let error = #expect(throws: (any Error).self) { try TableRows.expanded(.bytes(packed), limit: 1000) }
        #expect("\(error as Any)".contains("profile and drift read it in steps"))
        #expect(throws: Never.self) { try TableRows.refuse(rows: 50_000_000) }
        let rows = #expect(throws: Malformed.self) { try TableRows.refuse(rows: 300_000_000) }
        #expect(rows?.description.contains("take a sample") == true)
    }

    @Test func `a text that stands for many rows counts as often as it stands there`() throws {
        let path = Self.folder.appending(path: "../large/long-text.parquet").path
        let error = #expect(throws: Malformed.self) {
            try TableRows.visit(.file(path: path, size: 0), .parquet, names: { _ in }, value: { _, _, _ in })
        }
        #expect(error?.description.contains("20000 MiB when each row has its own") == true, "\(error as Any)")
    }

    @Test func `JSON Lines may have two names that a person reads alike`() throws {
        var texts: [String] = [], columns = 0
        let text = "{\"\u{E9}\": 1, \"e\u{301}\": 2}\n"
        try TableRows.visit(.bytes(Array(text.utf8)), .jsonl, names: { columns = $0.count }) { _, bytes, _ in
            texts.append(bytes.map { String(decoding: $0, as: UTF8.self) } ?? "")
        }
        #expect(columns == 2 && texts == ["1", "2"])
    }

    @Test func `a table of many blocks has each row once, with its line`() throws {
        var text = "id,note\n", expected: [Int] = [], line = 2
        for row in 0..<40_000 {
            expected.append(line)
            text +=
                row % 3 == 0
                ? "\(row),\"\(row % 100), \"\"two\"\"\nlines\"\n" : "\(row),\(String(repeating: "x", count: 80))\n"
            line += row % 3 == 0 ? 2 : 1
        }
        let watch = ReadingWatch()
        var lines: [Int] = [], seen = 0
        try TableRows.visit(.bytes(Array(text.utf8)), .csv, watch: watch, names: { #expect($0 == ["id", "note"]) }) {
            column, bytes, line in
            guard column == 0, let bytes else { return }
            if String(decoding: bytes, as: UTF8.self) == "\(seen)" { seen += 1 }
            if seen % 7 == 0 { lines.append(line()) }
        }
        #expect(text.utf8.count > 2 << 20 && seen == 40_000)
        #expect(lines == expected.enumerated().filter { ($0.offset + 1) % 7 == 0 }.map(\.element))
        #expect(watch.rows == 40_001 && watch.share == 1)
        text += "1,2,3\n"
        let error = #expect(throws: DataError.self) {
            try TableRows.visit(.bytes(Array(text.utf8)), .csv, names: { _ in }, value: { _, _, _ in })
        }
        #expect(error?.line == line && error?.message.contains("more than the 2 fields") == true, "\(error as Any)")
    }

    @Test func `a Parquet file of several row groups is read group by group`() throws {
        let watch = ReadingWatch(), path = Self.folder.appending(path: "lengths-dictionary.parquet").path
        var row = 0, nulls = 0, names: [String] = []
        try TableRows.visit(.file(path: path, size: 0), .parquet, watch: watch, names: { names = $0 }) {
            column, bytes, line in
            if column == 0 {
                row += 1
                if bytes == nil { nulls += 1 }
                #expect((bytes == nil) == ((row - 1) % 11 == 0))
            } else {
                #expect(bytes.map { String(decoding: $0, as: UTF8.self) } == "\((row - 1) % 9)" && line() == row)
            }
        }
        #expect(names == ["text", "short"] && row == 2000 && nulls == 182 && watch.rows == 2000 && watch.share == 1)
        #expect(try ParquetFile(path: path).groups == 3)
    }
}
