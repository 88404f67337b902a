import Domain
import Testing

@testable import Data

struct ReliabilityTests {
    @Test func `the bins add up to the calibration error`() throws {
        let model = try Predictions(
            Reference.fixture("tumor/versions/v1/predictions.csv"), task: .binaryClassification,
            columns: PredictionColumns(score: "score"))
        let bins = try #require(Reliability(of: model)).bins
        #expect(bins.map(\.rows).reduce(0, +) == 190)
        let error = bins.reduce(0.0) { $0 + Double($1.rows) / 190 * abs(($1.meanScore ?? 0) - ($1.positiveRate ?? 0)) }
        #expect(Reference.near(error, try #require(Evaluation(of: model).metrics["ece10_right_closed"])))
    }

    @Test func `edges belong to the bin below, and there is no curve without scores`() throws {
        func read(_ text: String) throws -> Predictions {
            try Predictions(
                Array(("label,prediction,score\n" + text).utf8), task: .binaryClassification,
                columns: PredictionColumns(score: "score"))
        }
        let bins = try #require(Reliability(of: read("1,1,0\n0,1,0.1\n1,1,1\n1,0,0.3\n"))).bins
        #expect(bins.map(\.rows) == [2, 0, 1, 0, 0, 0, 0, 0, 0, 1])
        #expect(bins[0].positiveRate == 0.5 && bins[1].meanScore == nil)
        #expect(Reliability(of: try read("1,1,nan\n")) == nil)
    }
}
