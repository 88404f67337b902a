import Domain
import Foundation
import Testing

@testable import Data

struct CompressedSourceTests {
    @Test func `a gzip file gives what the file inside gives`() throws {
        let plain = try Reference.fixture("formats/comma-lf.csv")
        let packed = try Reference.fixture("formats/comma-lf.csv.gz")
        #expect(try Decompression.expanded(packed) == plain)
        #expect(try Decompression.expanded(packed + packed) == plain + plain)
        #expect(try Decompression.expanded(packed + [0, 0, 0]) == plain)
        #expect(try Decompression.expanded(plain) == plain)
        #expect(try TableProfile(packed).json.text() == TableProfile(plain).json.text())
        let path = Reference.fixtures.appending(path: "formats/comma-lf.csv.gz").path
        #expect(try TableProfile(file: path).json.text() == TableProfile(plain).json.text())
    }

    @Test func `a compressed file that is cut off or damaged is an error`() throws {
        let packed = try Reference.fixture("formats/comma-lf.csv.gz")
        let error = #expect(throws: DataError.self) { try Decompression.expanded(Array(packed.dropLast(20))) }
        #expect(error?.message.contains("cut off") == true)
        var damaged = packed
        damaged[200] ^= 0xFF
        #expect(throws: DataError.self) { try Decompression.expanded(damaged) }
    }

    @Test func `a table that expands beyond the limit is refused`() throws {
        let packed = try Reference.fixture("formats/comma-lf.csv.gz")
        #expect(throws: DataError.self) { try Decompression.expanded(packed, limit: 1000) }
    }

    @Test func `zstd frames are expanded`() throws {
        // zstd -c of "a,b\n1,x\n2,y\n", twice
        let frame: [UInt8] = [
            0x28, 0xB5, 0x2F, 0xFD, 0x20, 0x0C, 0x61, 0x00, 0x00, 0x61, 0x2C, 0x62, 0x0A, 0x31, 0x2C, 0x78, 0x0A, 0x32,
            0x2C, 0x79, 0x0A,
        ]
        #expect(try Decompression.expanded(frame) == Array("a,b\n1,x\n2,y\n".utf8))
        #expect(try TableProfile(frame)["a"]?.numbers?.moments.sum == 3)
        #expect(throws: DataError.self) { try Decompression.expanded(Array(frame.dropLast(2))) }
        // RFC 8878, 3.1.2: a frame to be skipped, of four bytes.
        let skipped: [UInt8] = [0x5C, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]
        for packed in [skipped + frame, frame + skipped, skipped + skipped + frame] {
            #expect(Decompression.isPacked(packed) && Decompression.isPacked(frame))
            #expect(try Decompression.expanded(packed) == Array("a,b\n1,x\n2,y\n".utf8))
        }
        #expect(!Decompression.isPacked(Array("\\*M,".utf8)) && !Decompression.isPacked([0x50]))
    }

    @Test func `every dialect of delimited text and JSON Lines gives one profile`() throws {
        func profile(_ name: String, _ options: TableOptions = TableOptions()) throws -> String {
            let format = TextFormat(fileName: name)
            return try TableProfile(
                Reference.fixture("formats/\(name)"), format: format, options: ProfileOptions(table: options)
            ).json.text()
        }
        let expected = try profile("comma-lf.csv")
        for name in ["comma-crlf.csv", "quoted-all.csv", "utf8-bom.csv", "tab.tsv", "rows.jsonl"] {
            #expect(try profile(name) == expected, "\(name)")
        }
        let semicolon = TableOptions(dialect: CSVDialect(delimiter: UInt8(ascii: ";"), decimalMark: UInt8(ascii: ",")))
        #expect(try profile("semicolon-decimal-comma.csv", semicolon) == expected)
        #expect(try profile("na-spelled.csv", TableOptions(nullSpellings: ["NA"])) == expected)
    }
}
