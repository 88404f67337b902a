import Foundation
import Testing

@testable import Data

struct RowLimitTests {
    @Test func `as many rows are read into memory as the limit says, and no more`() throws {
        try RowLimit.refuse(rows: 50_000_000)
        let error = #expect(throws: DataError.self) { try RowLimit.refuse(rows: 600_000_000) }
        #expect(error?.message == "it holds 600,000,000 rows, more than the 50,000,000 that are read into memory")
        #expect(error?.remedy == "take a sample of them")
    }

    @Test func `a packed table is not expanded further than to the limit`() throws {
        let path = Reference.folder.appending(path: "large/many-rows.csv.zst")
        let packed = try Array(Foundation.Data(contentsOf: path))
        let error = #expect(throws: DataError.self) { try Decompression.expanded(packed, limitsRows: true) }
        #expect(error?.message == "it holds more than the 50,000,000 rows that are read into memory")
        let few = Array("a\n1\n".utf8)
        #expect(try Decompression.expanded(few, limitsRows: true) == few)
    }
}
