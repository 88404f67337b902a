import Data
import Domain
import Foundation
import Testing

@testable import Checks

@Suite struct QualityGateTests {
    private func candidate(_ version: String, against deployed: String? = nil, of family: String = "tumor") throws
        -> Specimen
    {
        var specimen = try Specimen.version(version, of: family)
        specimen.deployed = try deployed.map { try Specimen.version($0, of: family).subject() }
        return specimen
    }

    @Test func `a good version passes, with value and interval`() async throws {
        let outcome = try await candidate("v1").run(
            QualityGate.self, ["metrics": ["auc": ["min": 0.95], "log_loss": ["max": 0.3], "accuracy": ["min": 0.9]]])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.summary.contains("auc 0.9956 ["), "\(outcome.summary)")
        let auc = try #require(outcome.measurements["auc"]?["value"]?.double)
        #expect(abs(auc - 0.995553) < 1e-6)
    }

    @Test func `a bound that the interval excludes fails with value and threshold`() async throws {
        let outcome = try await candidate("v4").run(QualityGate.self, ["metrics": ["log_loss": ["max": 0.2]]])
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(outcome.findings.first?.threshold == 0.2)
        #expect(abs((outcome.findings.first?.value ?? 0) - 0.413) < 0.001)
    }

    @Test func `a bound inside the interval is inconclusive and says how many rows are missing`() async throws {
        let outcome = try await candidate("v1").run(QualityGate.self, ["metrics": ["accuracy": ["min": 0.96]]])
        #expect(outcome.verdict == .inconclusive)
        #expect(outcome.summary.contains("190 rows are too few") && outcome.summary.contains("would settle it"))
        let bare = try await candidate("v1").run(
            QualityGate.self, ["metrics": ["accuracy": ["min": 0.96, "by": "value"]]])
        #expect(bare.verdict == .pass)
    }

    /// Of 1000 rows 896 right, held against 0.88; how often Wilson's lower end reaches that with as many rows as are said to be
    /// needed, from the binomial distribution.
    @Test func `as many rows as are said to be needed settle it in four cases of five`() throws {
        let rows = (0..<1000).map { "\($0 % 2),\($0 < 896 ? $0 % 2 : 1 - $0 % 2)\n" }
        let predictions = try Predictions(
            Array(("label,prediction\n" + rows.joined()).utf8), task: .binaryClassification,
            columns: PredictionColumns())
        let reading = try #require(
            try MetricReading("accuracy", of: predictions, in: Evaluation(of: predictions).metrics, confidence: 0.95))
        let needed = try #require(reading.rowsNeeded(for: 0.88, rows: 1000))
        var power = 0.0
        var density = Double(needed) * log(1 - 0.896)
        for right in 0...needed {
            let end = Interval.wilson(successes: right, of: needed)?.lower ?? 0
            if end >= 0.88 { power += exp(density) }
            density += log(Double(needed - right) / Double(right + 1) * 0.896 / (1 - 0.896))
        }
        #expect(power > 0.78 && power < 0.86, "\(needed) rows: \(power)")
        // (z₀.₉₇₅ + z₀.₈)² · Var / δ² of the normal approximation.
        #expect(abs(Double(needed) / (7.8488797 * 0.896 * 0.104 / 0.000256) - 1) < 0.2)
    }

    /// Of two hundred rows the version that runs has 44 of the two classes wrong, and the new one takes as many for a third class.
    @Test func `a class that a version invents counts against that version alone`() async throws {
        func version(_ label: String, wrong: (String) -> String) throws -> Specimen {
            var specimen = try Specimen.version("v1")
            specimen.label = label
            specimen.schema = nil
            let rows = (0..<200).map { row in
                let label = row % 2 == 0 ? "a" : "b"
                return "\(row),\(label),\(row % 100 < 22 ? wrong(label) : label)\n"
            }
            specimen.files["predictions.csv"] = Array(("row_id,label,prediction\n" + rows.joined()).utf8)
            return specimen.setting("task", to: "multiclass-classification")
                .setting("evaluation", "columns", to: ["id": "row_id"]).setting("evaluation", "data", to: .null)
                .setting("evaluation", "slices", to: .null).setting("evaluation", "sensitive", to: .null)
        }
        var candidate = try version("v2") { _ in "c" }
        candidate.deployed = try version("v1") { $0 == "a" ? "b" : "a" }.subject()
        let outcome = try await candidate.run(
            QualityGate.self, ["metrics": ["f1_macro": ["min": 0.5, "maxDrop": 0.05, "by": "value"]]])
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        let change = try #require(outcome.measurements["f1_macro"]?["change"]?["gain"]?.double, "\(outcome.words)")
        // scikit-learn's f1_score(average="macro"): 0.5842696629213483 and 0.78.
        #expect(abs(change - (0.5842696629213483 - 0.78)) < 1e-9, "\(outcome.words) \(change)")
    }

    @Test func `a routine retrain is not worse, a regression is`() async throws {
        let settings: JSON = ["metrics": ["auc": ["maxDrop": 0.01], "log_loss": ["maxDrop": 0.05]]]
        let retrain = try await candidate("v2", against: "v1").run(QualityGate.self, settings)
        #expect(retrain.verdict == .pass, "\(retrain.words)")
        let change = try #require(retrain.measurements["auc"]?["change"])
        #expect(change["margin"]?.double == 0.01 && (change["low"]?.double ?? -1) >= -0.01)
        #expect((change["p_value"]?.double ?? 1) < 0.05 && (change["rows_needed"]?.int ?? 0) > 1)
        let regression = try await candidate("v4", against: "v2").run(QualityGate.self, settings)
        #expect(regression.verdict == .fail, "\(regression.words)")
        #expect(regression.words.contains("not shown to be at most 0.05 worse"))
    }

    /// Of each of so many people 25 rows, all right or, of the first, all wrong.
    private func people(_ count: Int, wrong: Int) throws -> Specimen {
        var specimen = try Specimen.version("v1")
        let rows = (0..<(25 * count)).map { row in
            "\(row),p\(row / 25),\(row % 2),\(row / 25 < wrong ? 1 - row % 2 : row % 2),0.5\n"
        }
        specimen.files["predictions.csv"] = Array(("row_id,person,label,prediction,score\n" + rows.joined()).utf8)
        return specimen
    }

    @Test func `many rows of few people are not much evidence`() async throws {
        let metrics: JSON = ["accuracy": ["min": 0.85, "maxDrop": 0.1]]
        var twenty = try people(20, wrong: 2)
        twenty.deployed = try people(20, wrong: 1).subject()
        #expect(try await twenty.run(QualityGate.self, ["metrics": metrics]).verdict == .pass)
        let clustered = try await twenty.run(QualityGate.self, ["metrics": metrics, "clusterBy": "person"])
        #expect(clustered.verdict == .inconclusive && clustered.findings.count == 2, "\(clustered.words)")
        #expect(clustered.measurements["clusters"] == 20)
        let few = try await people(9, wrong: 0).run(QualityGate.self, ["metrics": metrics, "clusterBy": "person"])
        #expect(few.verdict == .inconclusive && few.words.contains("9 clusters by person"), "\(few.words)")
    }

    @Test func `clusters that are not there, or a metric that cannot draw them, never pass`() async throws {
        let specimen = try people(20, wrong: 0)
        for settings: JSON in [
            ["metrics": ["accuracy": ["min": 0.5]], "clusterBy": "household"],
            ["metrics": ["calibration_slope": ["max": 0.5]], "clusterBy": "person"],
        ] {
            let outcome = try await specimen.run(QualityGate.self, settings)
            #expect(outcome.verdict == .inconclusive, "\(outcome.words)")
        }
        // What is drawn again draws clusters, too.
        let metrics: JSON = ["ece10_confidence": ["max": 0.999], "n": ["min": 500]]
        let drawn = try await specimen.run(QualityGate.self, ["metrics": metrics, "clusterBy": "person"])
        #expect(drawn.verdict == .pass, "\(drawn.words)")
    }

    /// A ranking of twenty queries, of which the first rows are not relevant in some.
    private func ranking(swapped: Int) throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("task", to: "ranking").setting(
            "evaluation", "columns", to: ["id": "row_id", "query": "q", "score": "score"])
        specimen = specimen.setting("evaluation", "ranking", to: ["gain": "linear", "cutoffs": [1, 3]])
        specimen = specimen.setting("evaluation", "slices", to: ["device"]).setting("evaluation", "data", to: .null)
        let rows = (0..<100).map { row in
            let isBest = row % 5 == (row / 5 < swapped ? 4 : 0)
            return
                "r\(row),q\(row / 5),\(row % 5 == 0 ? 2 : 0),\(isBest ? 9 : 1 - Double(row % 5) / 10),\(row < 50 ? "a" : "b")\n"
        }
        specimen.files["predictions.csv"] = Array(("row_id,q,label,score,device\n" + rows.joined()).utf8)
        return specimen
    }

    @Test func `a ranking is judged by query, alone and against the version that runs now`() async throws {
        let settings: JSON = ["metrics": ["ndcg_at_3": ["min": 0.8, "maxDrop": 0.03], "mrr": ["min": 0.8]]]
        var good = try ranking(swapped: 1)
        good.deployed = try ranking(swapped: 0).subject()
        let outcome = try await good.run(QualityGate.self, settings)
        #expect(outcome.verdict == .inconclusive, "\(outcome.words)")
        #expect(outcome.measurements["mrr"]?["value"]?.double == 0.975)
        var bad = try ranking(swapped: 18)
        bad.deployed = try ranking(swapped: 0).subject()
        #expect(try await bad.run(QualityGate.self, settings).verdict == .fail)
        let same = try await ranking(swapped: 0).run(QualityGate.self, ["metrics": ["ndcg": ["min": 0.8]]])
        #expect(same.verdict == .pass, "\(same.words)")
        let slices = try await ranking(swapped: 8).run(Slices.self, ["minRows": 20, "min": 0.9])
        #expect(slices.verdict == .fail && slices.words.contains("slice device=a"), "\(slices.words)")
    }

    @Test func `a regression that predicts a quantile is held to its pinball loss`() async throws {
        var specimen = try Specimen.version("v1").setting("task", to: "regression")
        specimen = specimen.setting("evaluation", "columns", to: ["id": "id"]).setting(
            "evaluation", "quantile", to: 0.9)
        let rows = (0..<200).map { "\($0),\($0 % 10),9\n" }
        specimen.files["predictions.csv"] = Array(("id,label,prediction\n" + rows.joined()).utf8)
        let outcome = try await specimen.run(QualityGate.self, ["metrics": ["pinball_loss": ["max": 0.5]]])
        #expect(
            outcome.verdict == .pass && abs((outcome.measurements["pinball_loss"]?["value"]?.double ?? 0) - 0.45) < 1e-9
        )
        let strict = try await specimen.run(QualityGate.self, ["metrics": ["pinball_loss": ["max": 0.4]]])
        #expect(strict.verdict == .fail, "\(strict.words)")
        #expect(throws: FieldErrors.self) { try specimen.setting("evaluation", "quantile", to: 2).subject() }
    }

    @Test func `a swapped label map fails`() async throws {
        let outcome = try await candidate("v3", against: "v2", of: "penguins").run(
            QualityGate.self, ["metrics": ["accuracy": ["min": 0.8, "maxRelativeDrop": 0.05]]])
        #expect(outcome.verdict == .fail)
        #expect(outcome.findings.count == 2)
    }

    @Test func `without a deployed version the change is not asked for`() async throws {
        let outcome = try await candidate("v1").run(QualityGate.self, ["metrics": ["auc": ["maxDrop": 0.01]]])
        #expect(outcome.verdict == .pass)
    }

    @Test func `a metric that names no margin has one, unless that is turned off`() async throws {
        let plain: JSON = ["metrics": ["auc": ["min": 0.9], "log_loss": ["max": 0.6]]]
        let retrain = try await candidate("v2", against: "v1").run(QualityGate.self, ["metrics": ["auc": ["min": 0.9]]])
        #expect(retrain.verdict == .pass, "\(retrain.words)")
        let change = try #require(retrain.measurements["auc"]?["change"])
        let before = try #require(retrain.before(of: "auc"))
        #expect(abs((change["margin"]?.double ?? 0) - 0.01 * before) < 1e-12)
        let worse = try await candidate("v4", against: "v2").run(QualityGate.self, plain)
        #expect(worse.verdict == .fail, "\(worse.words)")
        #expect(worse.words.contains("(1 %, for want of a maxDrop) worse than"), "\(worse.words)")
        let off = try await candidate("v4", against: "v2").run(
            QualityGate.self, .object((plain.members ?? []) + [JSON.Member("compare", "named")]))
        #expect(off.verdict == .pass, "\(off.words)")
    }

    @Test func `what cannot be compared is a warning, unless a margin is named`() async throws {
        var specimen = try candidate("v2", against: "v1")
        let plain = try await specimen.run(
            QualityGate.self, ["metrics": ["n": ["min": 100]]])
        #expect(plain.verdict == .pass, "more rows are neither better nor worse: \(plain.words)")
        var other = try Specimen.version("v1")
        other.files["predictions.csv"] = nil
        specimen.deployed = try other.subject()
        for (settings, verdict) in [(["min": 0.9], .warn), (["maxDrop": 0.1], .inconclusive)] as [(JSON, Verdict)] {
            let outcome = try await specimen.run(QualityGate.self, ["metrics": ["auc": settings]])
            #expect(outcome.verdict == verdict && outcome.words.contains("cannot be measured"), "\(outcome.words)")
        }
    }

    @Test func `the change of calibration is tested by drawing rows again`() async throws {
        let outcome = try await candidate("v2", against: "v1").run(
            QualityGate.self, ["metrics": ["ece10_confidence": ["maxDrop": 0.5]]])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        let strict = try await candidate("v2", against: "v1").run(
            QualityGate.self, ["metrics": ["ece10_confidence": ["maxDrop": 0.0001]]])
        #expect(strict.verdict != .pass, "\(strict.words)")
    }

    @Test func `calibration can be asked for, with its interval`() async throws {
        let metrics: JSON = [
            "calibration_slope": ["min": 0.3, "max": 30], "ece10_equal_mass": ["max": 0.3, "by": "value"],
        ]
        let outcome = try await candidate("v4").run(QualityGate.self, ["metrics": metrics])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        let slope = try #require(outcome.measurements["calibration_slope"])
        #expect((slope["low"]?.double ?? 9) < (slope["value"]?.double ?? 0))
    }

    @Test func `an unknown metric fails with the ones that are known`() async throws {
        let outcome = try await candidate("v1").run(QualityGate.self, ["metrics": ["acuracy": ["min": 0.9]]])
        #expect(outcome.verdict == .fail)
        #expect(outcome.summary.contains("did you mean 'accuracy'?") && outcome.summary.contains("log_loss"))
    }

    @Test func `a metric of another task is the gate's mistake, not the model's`() async throws {
        let specimen = try candidate("v1").setting("task", to: "regression")
        let outcome = try await specimen.run(QualityGate.self, ["metrics": ["accuracy": ["min": 0.9]]])
        #expect(outcome.summary.contains("the gate asks for 'accuracy', which a model of the task regression does not"))
        #expect(outcome.summary.contains("change the gate; there are") && outcome.summary.contains("rmse"))
    }

    @Test func `scores that are NaN never pass`() async throws {
        var specimen = try candidate("v1")
        specimen.files["predictions.csv"] = Array("row_id,label,prediction,score\na,1,1,nan\nb,0,0,nan\n".utf8)
        let outcome = try await specimen.run(QualityGate.self, ["metrics": ["auc": ["min": 0.1]], "minCoverage": 0])
        #expect(outcome.verdict == .inconclusive, "\(outcome.words)")
    }

    @Test func `missing predictions are inconclusive, nothing configured is skipped`() async throws {
        var specimen = try candidate("v1")
        #expect(try await specimen.run(QualityGate.self).verdict == .skipped)
        specimen.files["predictions.csv"] = nil
        let settings: JSON = ["metrics": ["auc": ["min": 0.1]]]
        #expect(try await specimen.run(QualityGate.self, settings).verdict == .inconclusive)
        specimen.files["predictions.csv"] = Array("row_id,label\n1".utf8)
        #expect(try await specimen.run(QualityGate.self, settings).verdict == .inconclusive)
    }

    @Test(
        arguments: [
            ["metrics": ["auc": .empty]], ["metrics": ["auc": ["min": 0.5, "confidence": 1]]], ["metric": .empty],
            ["metrics": ["auc": ["maxDrop": -1]]], ["metrics": ["selection_rate": ["min": 0, "maxDrop": 0.1]]],
        ] as [JSON])
    func `settings that make no sense are refused`(settings: JSON) {
        #expect(throws: FieldErrors.self) { try QualityGate(node: ManifestTree(settings)) }
    }

    @Test func `predictions that name another artifact are not this version's`() async throws {
        var specimen = try Specimen.version("v1")
        let lines = try Fixture.text("tumor/versions/v1/predictions.csv").split(separator: "\n")
        let settings: JSON = ["metrics": ["auc": ["min": 0.5]]]
        func outcome(_ digest: String) async throws -> Outcome {
            let rows = [lines[0] + ",artifact_digest"] + lines.dropFirst().map { $0 + ",\(digest)" }
            specimen.files["predictions.csv"] = Array(rows.joined(separator: "\n").utf8)
            return try await specimen.run(QualityGate.self, settings)
        }
        let own = SHA256.digest(of: try Fixture.bytes("tumor/versions/v1/model.onnx"))
        #expect(try await outcome(own.description).verdict == .pass)
        let other = try await outcome(String(repeating: "0", count: 64))
        #expect(other.verdict == .inconclusive && other.summary.contains("about the artifact 0000"), "\(other.words)")
    }
}

extension Outcome {
    /// The value from which a metric changed.
    fileprivate func before(of metric: String) -> Double? {
        guard let value = measurements[metric]?["value"]?.double,
            let gain = measurements[metric]?["change"]?["gain"]?.double
        else { return nil }
        return value - gain
    }
}
