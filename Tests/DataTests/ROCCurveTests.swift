import Domain
import Testing

@testable import Data

struct ROCCurveTests {
    private func curve(_ rows: [(Double, Int)]) throws -> ROCCurve? {
        let lines = rows.map { "\($0.1),1,\($0.0)\n" }
        return Evaluation(
            of: try Predictions(
                Array(("label,prediction,score\n" + lines.joined()).utf8), task: .binaryClassification,
                columns: PredictionColumns(score: "score"))
        ).curve
    }

    @Test func `ties are crossed in a straight line, steps are taken at their top`() throws {
        let curve = try #require(
            try curve([(0.9, 1), (0.8, 1), (0.8, 0), (0.3, 0), (0.2, 1), (0.2, 1), (0.1, 0), (0, 0)]))
        #expect(curve.truePositiveRates.count == 101)
        for (at, rate) in [(0, 0.25), (0.125, 0.375), (0.25, 0.5), (0.4, 0.5), (0.5, 1), (1, 1)] {
            #expect(abs(curve.truePositiveRate(at: at) - rate) < 1e-12, "\(at)")
        }
    }

    @Test func `the area under it is nearly the one that is computed exactly`() throws {
        let model = try Predictions(
            Reference.fixture("tumor/versions/v4/predictions.csv"), task: .binaryClassification,
            columns: PredictionColumns(score: "score"))
        let evaluation = Evaluation(of: model)
        let rates = try #require(evaluation.curve).truePositiveRates
        let area = zip(rates, rates.dropFirst()).reduce(0) { $0 + ($1.0 + $1.1) / 200 }
        #expect(abs(area - (evaluation.metrics["auc"] ?? 0)) < 0.005)
    }

    @Test func `there is none of one label, or without a score for every row`() throws {
        #expect(try curve([(0.9, 1), (0.8, 1)]) == nil)
        #expect(try curve([(0.9, 0)]) == nil)
        #expect(try curve([(0.9, 0), (.nan, 1)]) == nil)
    }
}
