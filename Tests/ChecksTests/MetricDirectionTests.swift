import Data
import Domain
import Testing

@testable import Checks

@Suite struct MetricDirectionTests {
    /// A number in 0..<1 for a row, always the same.
    private static func chance(_ row: Int, _ stream: Int) -> Double {
        var generator = SplitMix(seed: UInt64(1_000_003 * stream + row))
        return Double(generator.next() >> 11) / Double(1 << 53)
    }

    /// The metrics of a model that is wrong in a share of the rows, and sure of itself all the same.
    private static func metrics(_ task: ModelTask, wrong: Double) throws -> Metrics {
        let rows = (0..<600).map { row in line(task, row, wrong, isWrong: chance(row, 1) < wrong) }
        let (header, columns) = layout(task)
        let table = Array((header + "\n" + rows.joined(separator: "\n") + "\n").utf8)
        return Evaluation(of: try Predictions(table, task: task, columns: columns)).metrics
    }

    private static func layout(_ task: ModelTask) -> (String, PredictionColumns) {
        switch task {
        case .binaryClassification: ("label,prediction,score", PredictionColumns(score: "score"))
        case .multiclassClassification: ("label,prediction,s_a,s_b,s_c", PredictionColumns(scores: "s_*"))
        case .ranking:
            (
                "label,query,score",
                PredictionColumns(score: "score", query: "query", ranking: Model.Ranking(cutoffs: [1, 3]))
            )
        case .regression, .detection: ("label,prediction", PredictionColumns())
        }
    }

    private static func line(_ task: ModelTask, _ row: Int, _ wrong: Double, isWrong: Bool) -> String {
        let noise = (chance(row, 2) - 0.5) * wrong * 10
        switch task {
        case .binaryClassification:
            let label = row % 2, answer = isWrong ? 1 - label : label
            // Scores that repeat: where all differ, their resolution is the same for every model.
            let score = (answer == 1 ? 0.97 : 0.03) + (chance(row, 2) - 0.5) / 25
            return "\(label),\(answer),\((score * 100).rounded() / 100)"
        case .multiclassClassification:
            let label = row % 3, answer = isWrong ? (label + 1) % 3 : label
            let scores = (0..<3).map { $0 == answer ? "0.96" : "0.02" }
            return "\("abc".dropFirst(label).prefix(1)),\("abc".dropFirst(answer).prefix(1)),"
                + scores.joined(separator: ",")
        case .ranking: return "\(row % 6 < 2 ? 2 - row % 6 : 0),q\(row / 6),\(Double(-(row % 6)) + 4 * noise)"
        case .regression, .detection:
            let label = 2 + 8 * chance(row, 3)
            return "\(label),\(label + noise)"
        }
    }

    @Test(arguments: [ModelTask.binaryClassification, .multiclassClassification, .regression, .ranking])
    func `a better model gains by every metric that has a direction`(task: ModelTask) throws {
        let worse = try Self.metrics(task, wrong: 0.3), better = try Self.metrics(task, wrong: 0.03)
        #expect(better.values.count > 8)
        for metric in better.values where MetricDirection(of: metric.name) != .neither {
            let (before, after) = (try #require(worse[metric.name]), try #require(metric.value))
            #expect(
                MetricDirection.gain(after - before, of: metric.name) > 0, "\(metric.name): \(before), then \(after)")
        }
    }

    @Test func `the rest describe and do not judge`() throws {
        let tasks: [ModelTask] = [.binaryClassification, .multiclassClassification, .regression, .ranking]
        let names = try tasks.flatMap { try Self.metrics($0, wrong: 0.1).values.map(\.name) }
        #expect(
            Set(names.filter { MetricDirection(of: $0) == .neither }) == [
                "n", "positives", "tp", "fp", "fn", "tn", "distinct_scores", "queries", "queries_without_relevant",
                "brier_uncertainty", "selection_rate", "calibration_intercept", "calibration_slope",
                "bias_mean_prediction_minus_label",
            ])
    }

    @Test func `a check that asks for better or worse refuses them by name`() {
        let checks: [any Check.Type] = [
            Slices.self, SimplerBaseline.self, StalenessImpact.self, PredictionQuality.self,
        ]
        for check in checks {
            let error = #expect(throws: FieldErrors.self) {
                try check.init(node: ManifestTree(["metric": "selection_rate"]))
            }
            #expect(error?.problems.first?.message.contains("more of 'selection_rate' is neither better") == true)
        }
    }
}
