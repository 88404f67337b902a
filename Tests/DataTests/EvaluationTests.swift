import Domain
import Foundation
import Testing

@testable import Data

struct EvaluationTests {
    /// One case of `Reference/evaluation.json`.
    struct Case: CustomTestStringConvertible {
        let json: JSON
        var testDescription: String { json["name"]?.string ?? "" }

        var bytes: [UInt8] {
            get throws { try json["file"]?.string.map(Reference.fixture) ?? Array((json["text"]?.string ?? "").utf8) }
        }

        var task: ModelTask { ModelTask(rawValue: json["how"]?["task"]?.string ?? "") ?? .ranking }

        var columns: PredictionColumns {
            func names(_ key: String) -> [String] { json["how"]?[key]?.array?.compactMap(\.string) ?? [] }
            let hasScores = json["text"]?.string?.contains("score_") ?? (task == .multiclassClassification)
            return PredictionColumns(
                score: json["how"]?["score"]?.string, scores: hasScores ? "score_*" : nil, slices: names("slices"),
                sensitive: names("sensitive"))
        }

        static var all: [Case] { get throws { try Reference.json("evaluation.json").array?.map(Case.init) ?? [] } }
    }

    @Test(arguments: try Case.all)
    func `agrees with scikit-learn and fairlearn`(one: Case) throws {
        let evaluation = Evaluation(of: try Predictions(one.bytes, task: one.task, columns: one.columns))
        let expected = try #require(one.json["expected"])
        Reference.expect(evaluation.json, toAgreeWith: expected, one.testDescription)
        #expect(evaluation.json["slices"]?.members?.map(\.key) == one.columns.slices)
        for column in one.columns.slices {
            let values = evaluation.json["slices"]?[column]?.members?.map(\.key)
            #expect(values == expected["slices"]?[column]?.members?.map(\.key))
        }
        let nulls = evaluation.metrics.values.filter { $0.value == nil }.map(\.name)
        for name in nulls {
            #expect(evaluation.warnings.contains { $0.contains(name) }, "\(name) is null without a reason")
        }
    }
}
