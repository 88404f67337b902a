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

    @Test func `rows that are held give each value back at its column`() throws {
        var rows = HeldRows()
        for row in 0..<300 {
            try rows.add(
                [.init("c\(row)", .string(String(repeating: "é", count: row))), .init("x", .int(row))], line: row + 1)
        }
        #expect(throws: Malformed.self) { try rows.add([.init("x", 1), .init("x", 2)], line: 301) }
        #expect(rows.columns.count == 301 && rows.columns[1] == "x" && rows.columns[300] == "c299")
        var sum = 0, accents = 0
        rows.visit { column, bytes, line in
            if column == 1, line() <= 300 { sum += Int(String(decoding: bytes, as: UTF8.self)) ?? -1 }
            if column != 1 { accents += bytes.count }
        }
        #expect(sum == 299 * 150 && accents == 299 * 300)
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
        var rows = HeldRows()
        try rows.add([.init("\u{E9}", .int(1)), .init("e\u{301}", .int(2))], line: 1)
        var texts: [String] = []
        rows.visit { _, bytes, _ in texts.append(String(decoding: bytes, as: UTF8.self)) }
        #expect(rows.columns.count == 2 && texts == ["1", "2"])
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
