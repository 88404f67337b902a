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
            rows[rows.count - 1].append(String(decoding: text, as: UTF8.self))
        }
        return rows
    }

    @Test func `a Parquet file gives the texts of the same table as CSV, with all digits`() throws {
        let parquet = try rows("wide-integers.parquet", .parquet)
        #expect(try parquet == rows("wide-integers.csv", .csv))
        #expect(parquet[2].first == "9007199254740993" && parquet.count == 7)
    }
}
