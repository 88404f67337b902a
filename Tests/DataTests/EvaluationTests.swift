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
                sensitive: names("sensitive"), quantile: json["how"]?["quantile"]?.double)
        }

        static var all: [Case] { get throws { try Reference.json("evaluation.json").array?.map(Case.init) ?? [] } }
    }

    @Test(arguments: try Case.all)
    func `agrees with scikit-learn and fairlearn`(one: Case) throws {
        let evaluation = Evaluation(of: try Predictions(one.bytes, task: one.task, columns: one.columns))
        let expected = try #require(one.json["expected"])
        Reference.expect(evaluation.json, toAgreeWith: expected, one.testDescription)
        #expect(evaluation.json["slices"]?.members?.map(\.key) == one.columns.slices)
        #expect(evaluation.json["quantile"]?.double == one.columns.quantile)
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

/// A table of random predictions.
private func randomTable(_ rows: Int, seed: UInt64) -> [String] {
    var random = SplitMix(seed: seed)
    return (0..<rows).map { _ in
        let score = Double.random(in: 0...1, using: &random)
        let rounded = Bool.random(using: &random) ? (score * 20).rounded() / 20 : score
        let label = Double.random(in: 0...1, using: &random) < score ? 1 : 0
        return
            "\(label),\(score > 0.4 ? 1 : 0),\(rounded),\(["a", "b", "", "d"][Int.random(in: 0..<4, using: &random)])\n"
    }
}

struct EvaluationPropertyTests {
    private let columns = PredictionColumns(score: "score", slices: ["g"], sensitive: ["g"])

    private func evaluation(_ rows: [String], _ task: ModelTask = .binaryClassification) throws -> Evaluation {
        let text = "label,prediction,score,g\n" + rows.joined()
        return Evaluation(of: try Predictions(Array(text.utf8), task: task, columns: columns))
    }

    @Test(arguments: [1, 2, 50, 3_000])
    func `a binary evaluation is the same, byte for byte, in any order of the rows`(count: Int) throws {
        let rows = randomTable(count, seed: UInt64(count))
        var random = SplitMix(seed: 9)
        let shuffled = try evaluation(rows.shuffled(using: &random)).json
        #expect(shuffled.text() == (try evaluation(rows).json.text()))
    }

    @Test(arguments: [ModelTask.regression, .multiclassClassification])
    func `other evaluations are the same but for the last digits`(task: ModelTask) throws {
        let rows = randomTable(500, seed: 4)
        var random = SplitMix(seed: 9)
        let shuffled = try evaluation(rows.shuffled(using: &random), task).json
        Reference.expect(shuffled, toAgreeWith: try evaluation(rows, task).json, "\(task)", relative: 1e-13)
    }

    @Test func `the slices' counts add up to the whole`() throws {
        let evaluation = try evaluation(randomTable(2_000, seed: 5))
        for name in ["n", "positives", "tp", "fp", "fn", "tn"] {
            let parts = evaluation.slices[0].slices.map { $0.metrics[name] ?? 0 }
            #expect(parts.reduce(0, +) == evaluation.metrics[name])
        }
        let groups = evaluation.fairness[0].groups
        #expect(groups.map(\.value) == ["(null)", "a", "b", "d"])
        let rates = try #require(evaluation.json["fairness"]?["g"]?["groups"]?["b"])
        let slice = try #require(evaluation.slices[0].slices.first { $0.value == "b" }).metrics
        for (rate, metric) in [("selection_rate", "selection_rate"), ("tpr", "recall"), ("fpr", "fpr"), ("n", "n")] {
            #expect(rates[rate]?.double == slice[metric])
        }
        #expect(groups.map { $0.counts.rows } == evaluation.slices[0].slices.map { Int($0.metrics["n"] ?? 0) })
    }

    @Test func `a slice is measured like a table of its own`() throws {
        let rows = randomTable(800, seed: 6)
        let whole = try evaluation(rows)
        let part = try evaluation(rows.filter { $0.hasSuffix(",b\n") })
        // The line of calibration is of all rows alone: it costs many passes.
        let metrics = part.metrics.values.filter { !CalibrationLine.names.contains($0.name) }
        #expect(whole.slices[0].slices.first { $0.value == "b" }?.metrics.values == metrics)
    }
}

/// The table of predictions that CHECKS defines by formula, and the values that were measured on it.
struct EvaluationGoldenTests {
    private struct Row {
        let label: Int
        let a: Double
        let b: Double
        let group: String
        let target: Double
        let prediction: Double
    }

    private static let rows: [Row] = (0..<5_000).map { row in
        func uniform(_ column: UInt64, _ stream: UInt64) -> Double {
            let golden: UInt64 = 0x9E37_79B9_7F4A_7C15
            let start = SplitMix.mix(7 &+ golden &* (16 &* column &+ stream &+ 1))
            return Double(SplitMix.mix(start &+ golden &* (UInt64(row) &+ 1)) >> 11) * 0x1p-53
        }
        func normal(_ column: UInt64) -> Double {
            (-2 * Foundation.log(1 - uniform(column, 0))).squareRoot()
                * Foundation.cos(2 * Double.pi * uniform(column, 1))
        }
        func logistic(_ x: Double) -> Double { 1 / (1 + Foundation.exp(-x)) }
        func rounded(_ x: Double) -> Double { (x * 100).rounded(.toNearestOrEven) / 100 }
        let x = normal(0)
        return Row(
            label: uniform(1, 0) < logistic(1.5 * x - 0.5) ? 1 : 0, a: rounded(logistic(1.5 * x - 0.5)),
            b: rounded(logistic(1.2 * x - 0.4 + 0.8 * normal(2))), group: uniform(3, 0) < 0.4 ? "b" : "a",
            target: 3 + 2 * x + 0.5 * normal(4), prediction: 3 + 1.9 * x)
    }

    private func predictions(_ score: (Row) -> Double) throws -> Predictions {
        let lines = Self.rows.map { "\($0.label),\(score($0) >= 0.5 ? 1 : 0),\(score($0)),\($0.group)\n" }
        return try Predictions(
            Array(("label,prediction,score,group\n" + lines.joined()).utf8), task: .binaryClassification,
            columns: PredictionColumns(score: "score", slices: ["group"], sensitive: ["group"]))
    }

    private func expect(_ metrics: Metrics, _ values: [String: Double], _ tolerance: Double = 1e-9) {
        for (name, value) in values {
            #expect(abs((metrics[name] ?? .nan) - value) <= tolerance, "\(name): \(String(describing: metrics[name]))")
        }
    }

    @Test func `binary metrics and fairness`() throws {
        let a = Evaluation(of: try predictions(\.a))
        expect(
            a.metrics,
            [
                "auc": 0.8114740210781501, "pr_auc_average_precision": 0.7478511070877237,
                "log_loss": 0.5210249652355141,
                "brier": 0.17400596, "accuracy": 0.7416, "precision": 0.7155913978494624, "recall": 0.6356255969436485,
                "f1_binary": 0.6732422862923622, "f2_binary": 0.6501563110590074, "mcc": 0.4629955512110277, "tp": 1331,
                "fp": 529, "fn": 763,
                "tn": 2377,
            ])
        expect(
            a.fairness[0].metrics,
            [
                "demographic_parity_difference": 0.018945084667387202, "demographic_parity_ratio": 0.9500995515259536,
                "equalized_odds_difference": 0.02035170914838963, "equal_opportunity_difference": 0.010701463684065216,
            ])
        let b = Evaluation(of: try predictions(\.b))
        expect(
            b.metrics,
            [
                "auc": 0.7562828216297869, "pr_auc_average_precision": 0.6824579603938327,
                "log_loss": 0.5820937709112649,
                "brier": 0.19871358, "accuracy": 0.6906, "mcc": 0.3604405886666133,
            ])
    }

    @Test func `paired tests`() throws {
        let comparison = try Comparison(
            of: predictions(\.b), and: predictions(\.a), bootstrap: Bootstrap(replicates: 10))
        let auc = try #require(comparison.auc)
        #expect(Reference.near(auc.second.standardError, 0.006032268675703854))
        #expect(Reference.near(auc.first.standardError, 0.006778424438067405))
        #expect(
            Reference.near(auc.difference, 0.05519119944836326)
                && Reference.near(auc.standardError, 0.004643531087161775))
        #expect(Reference.near(auc.interval()?.lower ?? 0, 0.04609004575643406))
        let test = try #require(comparison.mcNemar)
        #expect(test.onlySecondCorrect == 591 && test.onlyFirstCorrect == 336)
        #expect(Reference.near(test.chiSquare ?? 0, 69.596548004315) && Reference.near(test.exactP, 4.645e-17, 1e-3))
    }

    /// Errors of 3, 0, 0 and -4 units: the root of their mean square is 2.5 units.
    @Test(arguments: [1e-171, 1e-300, 1, 1e160, 1e300])
    func `errors whose squares vanish or overflow have a root mean square`(unit: Double) throws {
        let rows = [(1.0, 4.0), (2, 2), (3, 3), (9, 5)].map { "\($0.0 * unit),\($0.1 * unit)\n" }
        let metrics = Evaluation(
            of: try Predictions(
                Array(("label,prediction\n" + rows.joined()).utf8), task: .regression, columns: PredictionColumns())
        ).metrics
        #expect(abs((metrics["rmse"] ?? 0) / (2.5 * unit) - 1) < 1e-12, "\(metrics)")
        let square = metrics["mse"]
        #expect(unit == 1 ? abs((square ?? 0) - 6.25) < 1e-12 : square == nil, "\(String(describing: square))")
        if unit != 1 { #expect(metrics.gaps.contains { $0.names == ["mse"] }) }
    }

    @Test func `regression metrics`() throws {
        let lines = Self.rows.map { "\($0.target),\($0.prediction)\n" }
        let text = "label,prediction\n" + lines.joined()
        let evaluation = Evaluation(
            of: try Predictions(Array(text.utf8), task: .regression, columns: PredictionColumns()))
        expect(
            evaluation.metrics,
            [
                "rmse": 0.5058908433159004, "mae": 0.4053809503074628, "r2": 0.9382475804836685,
                "median_abs_error": 0.35217417682776936, "mape": 0.5918151168564533, "smape": 0.25223594024803464,
            ])
    }
}
