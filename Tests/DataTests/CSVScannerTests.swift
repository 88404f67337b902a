import Foundation
import Testing

@testable import Data

/// Every row of `text`, or the error that stands in it.
private func rows(_ text: [UInt8], _ dialect: CSVDialect = .comma) throws -> [[String]] {
    try text.withUnsafeBytes { bytes in
        var scanner = try CSVScanner(bytes, dialect: dialect)
        var rows: [[String]] = [[]]
        while let field = try scanner.next() {
            rows[rows.count - 1].append(field.text)
            if field.endsRow { rows.append([]) }
        }
        return rows.dropLast()
    }
}

private func rows(_ text: String, _ dialect: CSVDialect = .comma) throws -> [[String]] {
    try rows(Array(text.utf8), dialect)
}

private func problem(_ text: [UInt8]) -> DataError? {
    do { _ = try rows(text) } catch { return error as? DataError }
    return nil
}

struct CSVScannerTests {
    @Test(arguments: [
        "a,b\n1,2\n", "a,b\r\n1,2\r\n", "a,b\r1,2", "\u{FEFF}a,b\n1,2", "\na,b\n\n1,2\n\n", "\"a\",\"b\"\n\"1\",2",
    ])
    func `line ends, byte order marks, blank lines and quotes do not change the table`(text: String) throws {
        #expect(try rows(text) == [["a", "b"], ["1", "2"]])
    }

    @Test func `quoted fields hold delimiters, line ends and doubled quotes`() throws {
        #expect(
            try rows("\"a,b\",\"c\r\nd\",\"say \"\"hi\"\"\"\n,\"\",\"\"\"\"") == [
                ["a,b", "c\r\nd", "say \"hi\""], ["", "", "\""],
            ])
    }

    @Test func `spaces and long texts outside ASCII are kept`() throws {
        let long = String(repeating: "größer als 8 Bytes! ", count: 9)
        #expect(try rows("\(long),  x \n , \n") == [[long, "  x "], [" ", " "]])
    }

    @Test func `a trailing delimiter is an empty field`() throws {
        #expect(try rows("a,b,\n1,2,") == [["a", "b", ""], ["1", "2", ""]])
        #expect(try rows("") == [])
    }

    @Test func `in a table of one column a blank line is an empty field`() throws {
        #expect(try rows("a\n\n1\n") == [["a"], [""], ["1"]])
    }

    @Test func `other delimiters`() throws {
        #expect(try rows("a;b,c\n1;2,5", CSVDialect(delimiter: UInt8(ascii: ";"))) == [["a", "b,c"], ["1", "2,5"]])
        #expect(try rows("a\tb c\n1\t", .tab) == [["a", "b c"], ["1", ""]])
        func detected(_ text: String) -> UInt8 {
            Array(text.utf8).withUnsafeBytes { CSVDialect.detected(in: $0).delimiter }
        }
        #expect(detected("\"a,b,c\";d\n1,2,3") == UInt8(ascii: ";"))
        #expect(detected("a\tb,c\td") == UInt8(ascii: "\t"))
        #expect(detected("one") == UInt8(ascii: ","))
    }

    @Test(arguments: [
        ("a,b\n1,2\n3\n", 3, 1, "1 of the 2"), ("a,b\n1,2,3\n", 2, 4, "more than the 2"),
        ("a,b\n1,x\"y\n", 2, 4, "quote inside"), ("a,b\n\"1\"x,2\n", 2, 4, "after the closing quote"),
        ("a,b\n1,\"2\n3,4\n", 2, 3, "never closed"), ("a,b\n1,\u{0}\n", 2, 3, "NUL"),
        ("a,b\n1,\"\u{0}\"\n", 2, 4, "NUL"),
        ("ä,b\r\n\"ö\nü\",x\"\r\n", 3, 5, "quote inside"),
    ])
    func `an error names its line and column`(text: String, line: Int, column: Int, words: String) throws {
        let error = try #require(problem(Array(text.utf8)))
        #expect(error.line == line && error.column == column, "\(error)")
        #expect(error.message.contains(words), "\(error)")
        #expect(!error.remedy.isEmpty)
    }

    @Test(
        arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xF4, 0x90, 0x80, 0x80], [0x80]]
            as [[UInt8]])
    func `bytes that are not UTF-8 are refused, in plain and quoted fields`(bad: [UInt8]) throws {
        for text in [Array("a,b\nxx,".utf8) + bad, Array("a,b\nx,\"".utf8) + bad + Array("\"".utf8)] {
            let error = try #require(problem(text))
            #expect(error.line == 2 && error.column == 4, "\(error)")
        }
        #expect(problem([0xFF, 0xFE, 0x61, 0x00])?.message.contains("UTF-16") == true)
        #expect(problem([0x1F, 0x8B, 0x08])?.message.contains("gzip") == true)
    }

    @Test func `a header has names, each once`() throws {
        func header(_ text: String) throws -> [String] {
            try Array(text.utf8).withUnsafeBytes { bytes in
                var scanner = try CSVScanner(bytes)
                return try scanner.header()
            }
        }
        #expect(try header("a,\"b\"\n1,2") == ["a", "b"])
        #expect(throws: DataError.self) { try header("a,b,a\n") }
        #expect(try header(",a,,\"\"\n") == ["column 1", "a", "column 3", "column 4"])
        #expect(throws: DataError.self) { try header(",column 1\n") }
        #expect(throws: DataError.self) { try header("") }
    }

    @Test func `any bytes give rows or an error, and every part of a cut text gives its rows`() throws {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array(",,\n\n\r\"\"ab1 \u{0}é".utf8)
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...40, using: &random)).map { _ in alphabet.randomElement(using: &random)! }
            guard let whole = try? rows(text) else { continue }
            let parts = text.withUnsafeBytes { bytes in
                CSVChunks.ranges(in: bytes, parts: 3).map { Array(bytes[$0]) }
            }
            #expect(parts.flatMap(\.self) == text)
            guard whole.first?.count ?? 0 > 1, !text.contains(0x0D) else { continue }
            #expect(try parts.flatMap { try rows($0) } == whole)
        }
    }

    @Test func `the whole rows of a cut text end at its last line end outside quotes`() {
        func complete(_ text: String) -> Int { Array(text.utf8).withUnsafeBytes { CSVChunks.completeRows(in: $0) } }
        #expect(complete("a,b\n1,2\n3,") == 8)
        #expect(complete("a,b\n1,\"x\ny") == 4)
        #expect(complete("a,\"\n") == 0)
    }
}
