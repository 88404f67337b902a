import Domain
import Testing

@testable import Data

struct PredictionSelectionTests {
    @Test func `the same slice of two versions can be compared by id`() throws {
        func predictions(_ flips: Set<Int>) throws -> Predictions {
            let rows = (0..<40).map { row in
                "r\(row),\(row % 2),\(flips.contains(row) ? 1 - row % 2 : row % 2),\(row % 4 == 0 ? "north" : "south")"
            }
            let text = "id,label,prediction,region\n" + rows.joined(separator: "\n")
            let columns = PredictionColumns(id: "id", label: "label", prediction: "prediction", slices: ["region"])
            return try Predictions(Array(text.utf8), task: .binaryClassification, columns: columns)
        }
        let first = try #require(try predictions([1, 4, 5]).slice("region", "south"))
        let second = try #require(try predictions([2]).slice("region", "south"))
        let comparison = try Comparison(of: first, and: second, bootstrap: Bootstrap(replicates: 10))
        #expect(comparison.rows == 30)
        #expect(comparison.mcNemar?.onlyFirstCorrect == 1)
        #expect(comparison.mcNemar?.onlySecondCorrect == 2)
    }
}
