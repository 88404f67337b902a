import Domain
import Testing

@testable import Data

struct PredictionCrossingTests {
    @Test func `two columns make a slice of each combination that rows have`() throws {
        let table = "label,prediction,a,b,c\n1,1,x,1,k\n1,0,x,2,k\n0,0,y,1,k\n0,1,y,1,k\n1,1,,2,k\n"
        let predictions = try Predictions(
            Array(table.utf8), task: .binaryClassification, columns: PredictionColumns(slices: ["a", "b", "c"]))
        let evaluation = Evaluation(of: predictions.crossing(["a", "b"]))
        #expect(evaluation.slices.map(\.column) == ["a", "b", "c", "a × b"])
        let crossed = try #require(evaluation.slices.last)
        #expect(crossed.slices.map(\.value) == ["(null) × 2", "x × 1", "x × 2", "y × 1"])
        #expect(crossed.slices.map { $0.metrics["n"] } == [1, 1, 1, 2])
        #expect(crossed.slices.map { $0.metrics["accuracy"] } == [1, 1, 0, 0.5])
        let part = try #require(predictions.crossing(["a", "b"]).slice("a × b", "y × 1"))
        #expect(part.rowCount == 2)
    }

    @Test func `all pairs of three columns are three`() throws {
        let predictions = try Predictions(
            Array("label,prediction,a,b,c\n1,1,x,1,k\n".utf8), task: .binaryClassification,
            columns: PredictionColumns(slices: ["a", "b", "c"]))
        let names = Evaluation(of: predictions.crossing(["a", "b", "c"])).slices.map(\.column)
        #expect(names == ["a", "b", "c", "a × b", "a × c", "b × c"])
        #expect(Evaluation(of: predictions.crossing(["a", "nowhere"])).slices.count == 3)
    }

    @Test func `all pairs together make no more groups than twice what one may`() throws {
        // Each pair of these has 8,100 cells: two are within 20,000, the third is not.
        let rows = (0..<90).map { "\($0 % 2),\($0 % 2),\($0),\($0),\($0)\n" }.joined()
        let predictions = try Predictions(
            Array("label,prediction,a,b,c\n\(rows)".utf8), task: .binaryClassification,
            columns: PredictionColumns(slices: ["a", "b", "c"]))
        let names = Set(Evaluation(of: predictions.crossing(["a", "b", "c"])).slices.map(\.column))
        #expect(names == ["a", "b", "c", "a × b", "a × c"])
    }
}
