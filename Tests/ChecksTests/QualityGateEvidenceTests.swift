import Data
import Domain
import Testing

@testable import Checks

/// How much the quality gate takes few rows, and rows that are all alike, for evidence of.
@Suite struct QualityGateEvidenceTests {
    /// Rows of labels 0 and 1, the first of them wrong; scores are 0.2 and 0.8.
    private func rows(_ count: Int, wrong: Int = 0, label: (Int) -> Int = { $0 % 2 }) throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("evaluation", "data", to: .null)
            .setting("evaluation", "slices", to: .null).setting("evaluation", "sensitive", to: .null)
        let rows = (0..<count).map { row in
            let answer = row < wrong ? 1 - label(row) : label(row)
            return "\(row),\(label(row)),\(answer),\(answer == 1 ? 0.8 : 0.2)\n"
        }
        specimen.files["predictions.csv"] = Array(("row_id,label,prediction,score\n" + rows.joined()).utf8)
        return specimen
    }

    @Test(arguments: [
        "accuracy", "auc", "balanced_accuracy", "f1_binary", "f1_macro", "mcc", "cohen_kappa",
        "pr_auc_average_precision",
        "pr_auc_trapezoid",
    ])
    func `that all of a few rows are right is no evidence for a high bound`(metric: String) async throws {
        for count in [4, 6, 12, 30] {
            let few = try await rows(count).run(QualityGate.self, ["metrics": [metric: ["min": 0.99]]])
            #expect(few.verdict == .inconclusive, "\(count) \(few.words)")
        }
        // n / (n + 1.96²) is 0.99 at 381 rows of those that the metric rests on.
        let needed = try await rows(30).run(QualityGate.self, ["metrics": ["accuracy": ["min": 0.99]]])
        #expect(needed.words.contains("about 381 would settle it"), "\(needed.words)")
        let many = try await rows(4000).run(QualityGate.self, ["metrics": [metric: ["min": 0.99]]])
        #expect(many.verdict == .pass, "\(many.words)")
    }

    @Test func `a rare label leaves f1 open`() async throws {
        let specimen = try rows(2000, wrong: 1) { $0 < 2 ? 1 : 0 }
        for metric in ["recall", "f1_binary", "balanced_accuracy"] {
            let outcome = try await specimen.run(QualityGate.self, ["metrics": [metric: ["min": 0.4]]])
            #expect(outcome.verdict == .inconclusive, "\(metric): \(outcome.words)")
        }
    }

    /// Sixty rows of which 5 are wrong: 0.1667 to either side of the bound, with the interval around it.
    @Test func `calibration is bounded on its interval`() async throws {
        let specimen = try rows(60, wrong: 5)
        let value = try #require(
            try await specimen.run(QualityGate.self, ["metrics": ["ece10_confidence": ["max": 1]]])
                .measurements["ece10_confidence"]?["value"]?.double)
        for bound in [value - 0.001, value + 0.001] {
            let outcome = try await specimen.run(
                QualityGate.self, ["metrics": ["ece10_confidence": ["max": .double(bound)]]])
            #expect(outcome.verdict == .inconclusive, "\(bound): \(outcome.words)")
        }
        let high = try await specimen.run(QualityGate.self, ["metrics": ["ece10_confidence": ["max": 0.5]]])
        #expect(high.verdict == .pass, "\(high.words)")
    }

    @Test func `where no interval is known that is said, and nothing passes`() async throws {
        var specimen = try Specimen.version("v1").setting("task", to: "regression")
        specimen = specimen.setting("evaluation", "columns", to: ["id": "id"])
        let lines = (0..<200).map { "\($0),\($0),\(Double($0) + 1 / Double($0 + 1))\n" }
        specimen.files["predictions.csv"] = Array(("id,label,prediction\n" + lines.joined()).utf8)
        let open = try await specimen.run(QualityGate.self, ["metrics": ["max_error": ["max": 2]]])
        #expect(
            open.verdict == .inconclusive && open.words.contains("no interval of max_error is known"), "\(open.words)")
        #expect(open.words.contains("by: value"))
        let bare = try await specimen.run(QualityGate.self, ["metrics": ["max_error": ["max": 2, "by": "value"]]])
        #expect(bare.verdict == .pass, "\(bare.words)")
        let beyond = try await specimen.run(QualityGate.self, ["metrics": ["max_error": ["max": 0.5]]])
        #expect(beyond.verdict == .fail, "\(beyond.words)")
        specimen.deployed = try specimen.subject()
        for (margin, verdict) in [("max", .warn), ("maxDrop", .inconclusive)] as [(String, Verdict)] {
            let change = try await specimen.run(
                QualityGate.self, ["metrics": ["max_error": [margin: 2, "by": "value"]]])
            #expect(
                change.verdict == verdict && change.words.contains("the change of max_error cannot be tested"),
                "\(change.words)")
        }
    }

    @Test func `the same predictions of another model show little where rows are few`() async throws {
        func outcome(_ count: Int, _ metrics: JSON, sameModel: Bool = false, isPointer: Bool = false) async throws
            -> Outcome
        {
            func version() throws -> Specimen {
                var version = try rows(count, wrong: count / 10)
                guard isPointer else { return version }
                version.files["model.onnx"] = nil
                version.files["model.onnx.dvc"] = Array("outs:\n- md5: d077f244def8a70e5ea758bd8352fcd8\n".utf8)
                return version
            }
            var candidate = try version()
            candidate.label = "v2"
            if !sameModel { candidate.files["model.onnx"] = Array("another".utf8) }
            let settings: JSON = ["format": "json", "path": "model.onnx"]
            candidate = candidate.setting("artifact", to: settings)
            var before = try version().setting("artifact", to: settings)
            before.label = "v1"
            before.store = candidate.store
            candidate.deployed = try before.subject()
            return try await candidate.run(QualityGate.self, ["metrics": metrics])
        }
        for metric in ["accuracy", "auc", "f1_binary", "log_loss"] {
            let few = try await outcome(100, [metric: ["maxDrop": metric == "log_loss" ? 0.001 : 0.01]])
            #expect(few.verdict == .inconclusive, "\(metric): \(few.words)")
            let many = try await outcome(4000, [metric: ["maxDrop": 0.01]])
            #expect(many.verdict == .pass, "\(metric): \(many.words)")
        }
        // A new manifest of the same artifact has nothing to show.
        let same = try await outcome(10, ["accuracy": ["maxDrop": 0.01]], sameModel: true)
        #expect(same.verdict == .pass, "\(same.words)")
        let pointed = try await outcome(10, ["accuracy": ["maxDrop": 0.01]], sameModel: true, isPointer: true)
        #expect(pointed.verdict == .pass, "\(pointed.words)")
    }

    /// After a worse version: the way back to quality that is known must not need more rows than there are.
    @Test func `an artifact that ran before the worse one of now comes back on few rows`() async throws {
        let settings: JSON = ["format": "json", "path": "model.onnx"]
        func version(_ label: String, wrong: Int, weights: String) throws -> Specimen {
            var version = try rows(100, wrong: wrong)
            version.label = label
            version.files["model.onnx"] = Array(weights.utf8)
            return version.setting("artifact", to: settings)
        }
        for (weights, verdict) in [("good", Verdict.pass), ("others", .inconclusive)] {
            var candidate = try version("v3", wrong: 5, weights: weights)
            var (worse, first) = (
                try version("v2", wrong: 30, weights: "bad"), try version("v1", wrong: 5, weights: "good")
            )
            (worse.store, first.store) = (candidate.store, candidate.store)
            candidate.deployed = try worse.subject()
            candidate.earlier = [try first.subject()]
            let outcome = try await candidate.run(QualityGate.self, ["metrics": ["accuracy": ["maxDrop": 0.01]]])
            #expect(outcome.verdict == verdict, "\(weights): \(outcome.words)")
        }
    }
}
