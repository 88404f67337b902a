import Foundation
import Testing

@testable import Data

/// A file that `make_parquet_reference.py` wrote.
func parquetPath(_ name: String) -> String { Reference.folder.appending(path: "parquet/\(name).parquet").path }

struct ParquetTableTests {
    private func csv() throws -> [UInt8] {
        try Array(Foundation.Data(contentsOf: Reference.folder.appending(path: "parquet/wide-integers.csv")))
    }

    @Test func `integers and decimals keep all digits where texts are asked for, as in the same table that is text`()
        throws
    {
        let file = try ParquetFile(path: parquetPath("wide-integers"))
        let requests = file.names.map { ColumnRequest($0, .text) }
        let table = try file.table(requests)
        let expected = try csv().withUnsafeBytes { try TableSource($0).table(requests) }
        for name in file.names {
            for row in 0..<6 { #expect(table[name]?.texts?[row] == expected[name]?.texts?[row], "\(name), row \(row)") }
        }
        #expect(table["id"]?.texts?[1] == "9007199254740993" && file.names.count == 6)
    }

    @Test func `an exact table holds as texts what doubles would lose, and all else as numbers`() throws {
        var left = [(name: String, reason: String)]()
        let table = try ParquetFile(path: parquetPath("wide-integers")).exactTable(group: 0, leavingOut: &left)
        #expect(table["small"]?.numbers?.values.prefix(5) == [1, 2, 3, 4, -5])
        #expect(table["unsigned"]?.texts?[0] == "18446744073709551615" && table["unsigned"]?.texts?[4] == nil)
        #expect(table["price"]?.texts?[2] == "1.50")
    }

    @Test func `predictions are matched by all digits of their ids`() throws {
        let file = try ParquetFile(path: parquetPath("wide-integers"))
        let read = try PredictionOrigin.parquet(file).table([ColumnRequest("id", .text)])
        #expect(read["id"]?.texts?.dictionary.count == 5)
    }

    @Test func `a decimal of any scale is the nearest double`() throws {
        let path = Reference.folder.appending(path: "parquet/fine-decimals.csv")
        let expected = try Array(Foundation.Data(contentsOf: path)).withUnsafeBytes { try TableSource($0).table() }
        let file = try ParquetFile(path: parquetPath("fine-decimals")), table = try file.table()
        for name in file.names {
            let (found, wanted) = (table[name]?.numbers?.values, expected[name]?.numbers?.values)
            #expect(wanted?.count == 300 && found?.map(\.bitPattern) == wanted?.map(\.bitPattern), "\(name)")
        }
        #expect(file.names.count == 4)
    }

    @Test(arguments: [
        (
            "polars-int128",
            [("wide", "holds bytes that are not UTF-8 text"), ("more", "holds bytes that are not UTF-8 text")]
        ),
        ("duckdb-interval", [("gap", "holds intervals")]),
    ])
    func `wide integers and intervals are left out by name`(name: String, left: [(String, String)]) throws {
        let profile = try TableProfile(file: parquetPath(name)), file = try ParquetFile(path: parquetPath(name))
        #expect(profile.columns.map(\.name) == ["n"])
        #expect(profile.warnings == left.map { "column `\($0)` \($1), and is left out" })
        for (column, reason) in left {
            let error = #expect(throws: DataError.self) { try file.table([ColumnRequest(column, .any)]) }
            #expect(error?.message == "column `\(column)` \(reason)")
        }
    }

    @Test func `times before the year 1 do not wrap`() {
        #expect(ParquetText.timestamp(.min, perSecond: 1_000_000_000, isUTC: true) == "1677-09-21T00:12:43.145224192Z")
        #expect(ParquetText.timestamp(-1, perSecond: 1000, isUTC: false) == "1969-12-31T23:59:59.999")
        #expect(ParquetText.timestamp(-86_400, perSecond: 1, isUTC: false) == "1969-12-31T00:00:00")
    }

    @Test func `differences of 32-bit integers wrap`() throws {
        let table = try ParquetFile(path: parquetPath("delta-int32")).table()
        #expect(
            table["i"]?.numbers?.values == [
                2_147_483_647, -2_147_483_648, 0, -1, 2_147_483_647, 5, -2_147_483_648,
            ])
        #expect(table["u"]?.numbers?.values == [4_294_967_295, 0, 4_294_967_295, 7, 2_147_483_648, 1, 0])
    }

    @Test func `what fastparquet writes is read`() throws {
        let table = try ParquetFile(path: parquetPath("fastparquet")).table()
        #expect(table["whole"]?.numbers?.values == [1, 2, 3] && table["real"]?.numbers?.values[2] == 2.5)
        #expect(table["text"]?.texts?[1] == "y" && table["text"]?.texts?[2] == nil)
        #expect(table["truth"]?.texts?[1] == "false" && table["kind"]?.texts?[1] == "q")
        #expect(table["when"]?.texts?[1] == "2024-01-02T03:04:05")
    }

    @Test func `a nested column is refused where it is asked for`() throws {
        let file = try ParquetFile(path: parquetPath("binary-and-nested"))
        #expect(file.names == ["a", "blob", "b"])
        #expect(try file.table([ColumnRequest("b", .any)])["b"]?.texts?[1] == "y")
        let error = #expect(throws: DataError.self) { try file.table([ColumnRequest("vector", .any)]) }
        #expect(error?.message == "column `vector` is nested")
    }
}
