import Domain
import Testing

@testable import Checks

@Suite struct EndpointPredictionsTests {
    private func answers(_ specimen: Specimen) async throws -> [[Substring]] {
        let text = String(decoding: try await EndpointPredictions.table(of: specimen.subject()), as: UTF8.self)
        return text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    }

    @Test(arguments: [false, true])
    func `the table has the rows, labels and scores of the file that was computed offline`(typed: Bool) async throws {
        let rows = try await answers(
            try Specimen.version("v1").served(by: OpenInferenceServer(typed: typed), predictions: nil))
        let expected = try Fixture.text("tumor/versions/v1/predictions.csv").split(separator: "\n").map {
            $0.split(separator: ",")
        }
        #expect(rows.count == 191 && rows.count == expected.count)
        #expect(rows[0].dropFirst(2) == ["size_band", "prediction", "score"] && rows[0][0] == "sample_id")
        for (row, known) in zip(rows, expected).dropFirst() {
            #expect([row[0], row[1], row[3], row[2]] == [known[0], known[1], known[2], known[4]])
            #expect(abs((Double(row[4]) ?? .nan) - (Double(known[3]) ?? .nan)) < 1e-8)
        }
    }

    @Test func `quality is judged by what the server answers`() async throws {
        var specimen = try Specimen.version("v1").served(by: OpenInferenceServer(), predictions: nil)
        specimen.files["predictions.csv"] = try await EndpointPredictions.table(of: specimen.subject())
        let outcome = try await specimen.run(QualityGate.self, ["metrics": ["auc": ["min": 0.9]]])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test func `a wrong output is refused with the server's words`() async throws {
        let specimen = try Specimen.version("v1").served(by: OpenInferenceServer(), predictions: nil)
            .setting("evaluation", "outputs", to: ["prediction": "nope"])
        let failure = await #expect(throws: ArtifactFailure.self) {
            try await EndpointPredictions.table(of: specimen.subject())
        }
        #expect(
            failure?.description.contains("400: SKLearnModel only supports") ?? false, "\(String(describing: failure))")
    }

    @Test func `answers that are no answers are refused`() async throws {
        let bodies = [
            #"[]"#, #"{"outputs": []}"#,
            #"{"outputs": [{"name": "p", "shape": [3], "datatype": "INT64", "data": [1]}]}"#,
            #"{"outputs": [{"name": "p", "shape": [4611686018427387904, 4], "datatype": "INT64", "data": []}]}"#,
            #"{"id": "other", "outputs": []}"#, "<html>",
        ]
        for body in bodies {
            var specimen = try Specimen.version("v1").served(by: OpenInferenceServer(), predictions: nil)
            specimen.send = { call in
                Tools.Reply(status: 200, body: Array((call.method == "GET" ? "{}" : body).utf8))
            }
            await #expect(throws: ArtifactFailure.self, "\(body)") {
                try await EndpointPredictions.table(of: specimen.subject())
            }
        }
    }

    @Test func `where nothing is named, shapes and types say what an output is`() throws {
        func tensor(_ name: String, _ type: String, _ shape: [Int], _ data: [JSON]) -> InferenceTensor {
            InferenceTensor(name, type, shape: shape, data: data)
        }
        var columns = Model.Columns()
        columns.score = "score"
        var binary = AnswerColumns(
            task: .binaryClassification, columns: columns, outputs: .init(), classes: ["0", "1"])
        try binary.add(
            [
                tensor("label", "INT64", [2], [0, 1]),
                tensor("probabilities", "FP32", [2, 2], [0.75, 0.25, 0.5, 0.5]),
            ], rows: 2)
        try binary.add([tensor("y", "FP32", [1, 1], [0.5])], rows: 1)
        #expect(binary.rows == [["0", "0.25"], ["1", "0.5"], ["1", "0.5"]])

        for (positive, rows) in [
            ("good", [["bad", "0.25"], ["good", "0.75"]]), ("bad", [["bad", "0.75"], ["good", "0.25"]]),
        ] {
            var named = AnswerColumns(
                task: .binaryClassification, columns: columns, outputs: .init(), classes: ["bad", "good"],
                positive: positive)
            try named.add([tensor("probabilities", "FP32", [2, 2], [0.75, 0.25, 0.25, 0.75])], rows: 2)
            #expect(named.rows == rows)
        }

        columns.score = nil
        columns.scores = "p_*"
        var three = AnswerColumns(
            task: .multiclassClassification, columns: columns, outputs: .init(), classes: ["a", "b", "c"])
        try three.add([tensor("p", "FP64", [1, 3], [0.25, 0.5, 0.25])], rows: 1)
        #expect(three.names == ["prediction", "p_a", "p_b", "p_c"] && three.rows == [["b", "0.25", "0.5", "0.25"]])

        columns.scores = nil
        var number = AnswerColumns(task: .regression, columns: columns, outputs: .init(), classes: [])
        try number.add([tensor("variable", "FP32", [2, 1], [1.5, -2])], rows: 2)
        #expect(number.rows == [["1.5"], ["-2"]])
    }

    @Test func `outputs without values, and scores of a task that has none, are no answer and no crash`() throws {
        var columns = Model.Columns()
        columns.score = "score"
        let empty = InferenceTensor("prediction", "INT64", shape: [1, 0], data: [])
        var binary = AnswerColumns(
            task: .binaryClassification, columns: columns, outputs: .init(), classes: ["0", "1"])
        #expect(throws: MissingEvidence.self) { try binary.add([empty], rows: 1) }
        var ranking = AnswerColumns(task: .ranking, columns: columns, outputs: .init(), classes: [])
        let score = InferenceTensor("score", "FP32", shape: [1, 1], data: [0.5])
        #expect(throws: MissingEvidence.self) { try ranking.add([score], rows: 1) }
    }
}
