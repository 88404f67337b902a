import Domain
import Testing

@testable import Data

@Suite struct ScoreRemarksTests {
    private func predictions(_ rows: [String], header: String = "label,prediction,score_a,score_b,score_c") throws
        -> Predictions
    {
        try Predictions(
            Array((header + "\n" + rows.joined(separator: "\n")).utf8), task: .multiclassClassification,
            columns: PredictionColumns(scores: "score_*"))
    }

    @Test func `a greatest score of another class in more than a hundredth of the rows is told`() throws {
        let good = Array(repeating: "a,a,0.5,0.3,0.2", count: 98) + ["b,b,0.4,0.4,0.2"]
        let one = try predictions(good + ["c,c,0.5,0.3,0.2"])
        #expect(Evaluation(of: one).warnings.isEmpty, "\(Evaluation(of: one).warnings)")
        let two = try predictions(good + ["c,c,0.5,0.3,0.2", "c,c,0.5,0.3,0.2"])
        #expect(
            Evaluation(of: two).warnings.contains {
                $0.hasPrefix("the greatest score of 2 of 101 rows is that of another class than the prediction")
            })
        #expect(Evaluation.remarks(onScoresOf: two).count == 1)
    }

    @Test func `sums other than 1 are told, also to who asks for nothing else`() throws {
        let read = try predictions(["a,a,0.5,0.3,0.2", "b,b,0.2,0.4,0.2", "c,c,0.1,0.1,0.8"])
        #expect(Evaluation.remarks(onScoresOf: read) == ["the scores of 1 rows do not sum to 1"])
    }

    @Test func `a class whose column is missing is named by it`() throws {
        let read = try predictions(
            ["a,a,0.5,0.5", "b,b,0.4,0.6", "c,a,0.5,0.5"], header: "label,prediction,score_a,score_b")
        let warnings = Evaluation(of: read).warnings
        #expect(
            warnings.contains { $0.contains("log_loss") && $0.contains("there is no column `score_c`: every class") },
            "\(warnings)")
        let more = try predictions(["a,a,0.5", "b,b,0.4", "c,a,0.5"], header: "label,prediction,score_a")
        #expect(Evaluation(of: more).warnings.contains { $0.contains("`score_b` and 1 more: every class") })
    }
}
