import Data
import Domain
import Testing

@testable import Checks

@Suite struct SimplerBaselineTests {
    private func candidate(_ version: String, baseline: String, of family: String) throws -> Specimen {
        var specimen = try Specimen.version(version, of: family).setting(
            "evaluation", "baseline", to: ["predictions": "baseline.csv"])
        specimen.files["baseline.csv"] = try Fixture.bytes("\(family)/versions/\(baseline)/predictions.csv")
        return specimen
    }

    @Test func `a network that beats a regression of two measures passes`() async throws {
        let outcome = try await candidate("v2", baseline: "v1", of: "penguins").run(
            SimplerBaseline.self, ["metric": "accuracy"])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test func `a model that is worse than its baseline fails`() async throws {
        let outcome = try await candidate("v4", baseline: "v1", of: "tumor").run(SimplerBaseline.self)
        #expect(outcome.verdict == .fail)
        #expect(
            outcome.summary.contains("of the baseline") && outcome.summary.contains("not better"), "\(outcome.words)")
    }

    @Test func `a gain that chance could explain is inconclusive`() async throws {
        let outcome = try await candidate("v1", baseline: "v2", of: "tumor").run(
            SimplerBaseline.self, ["metric": "accuracy"])
        #expect(outcome.verdict == .inconclusive || outcome.verdict == .pass, "\(outcome.words)")
        let less = try await candidate("v2", baseline: "v1", of: "penguins").run(
            SimplerBaseline.self, ["metric": "accuracy", "minGain": 0.5])
        #expect(less.verdict == .fail)
        #expect(less.summary.contains("by less than 0.5"))
    }

    @Test func `a model no better than a constant answer fails`() async throws {
        let outcome = try await Specimen.version("v3", of: "penguins").run(SimplerBaseline.self, ["metric": "accuracy"])
        #expect(outcome.verdict == .fail)
        #expect(outcome.summary.contains("of a constant answer"), "\(outcome.words)")
    }

    @Test func `a missing baseline is inconclusive, no evaluation is skipped`() async throws {
        var specimen = try candidate("v2", baseline: "v1", of: "tumor")
        specimen.files["baseline.csv"] = nil
        #expect(try await specimen.run(SimplerBaseline.self).verdict == .inconclusive)
        let bare = try Specimen.version("v1").setting("evaluation", to: .null)
        #expect(try await bare.run(SimplerBaseline.self).verdict == .skipped)
    }

    /// Of 400 rows a third has label 1.
    private func third(_ row: (Int) -> (prediction: String, score: String), task: String = "binary-classification")
        throws
        -> Specimen
    {
        var specimen = try Specimen.version("v1").setting("task", to: .string(task))
        if task == "regression" { specimen = specimen.setting("evaluation", "columns", to: ["id": "row_id"]) }
        let lines = (0..<400).map { index in
            "r\(index),\(index % 3 == 0 ? 1 : 0),\(row(index).prediction),\(row(index).score),small"
        }
        specimen.files["predictions.csv"] = Array(
            (["row_id,label,prediction,score,size_band"] + lines).joined(separator: "\n").utf8)
        return specimen
    }

    /// The base rate is 134/400 = 0.335: its entropy 0.6376, its variance 0.2228, and F1 of always 1 2p/(1+p) = 0.5019.
    @Test(arguments: [
        ("log_loss", 0.637663), ("brier", 0.222775), ("f1_binary", 0.501873), ("precision", 0.335),
        ("pr_auc_average_precision", 0.335), ("f1_macro", 0.399399),
    ])
    func `a model that is always wrong is worse than a constant answer`(metric: String, constant: Double) async throws {
        let specimen = try third { $0 % 3 == 0 ? ("0", "0.1") : ("1", "0.9") }
        let outcome = try await specimen.run(SimplerBaseline.self, ["metric": .string(metric)])
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(abs((outcome.measurements["constant"]?.double ?? 0) - constant) < 1e-6, "\(outcome.measurements)")
        let right = try third { $0 % 3 == 0 ? ("1", "0.95") : ("0", "0.05") }
        let good = try await right.run(SimplerBaseline.self, ["metric": .string(metric)])
        #expect(good.verdict == .pass, "\(good.words)")
    }

    @Test func `a class that is predicted only makes a constant answer no worse`() async throws {
        let predictions = try Predictions(
            Array("label,prediction\na,a\na,c\nb,b\nb,c\n".utf8), task: .multiclassClassification,
            columns: PredictionColumns(label: "label", prediction: "prediction"))
        let metrics = Evaluation(of: predictions).metrics
        #expect(ConstantAnswer("balanced_accuracy", of: predictions, metrics)?.value == 0.5)
    }

    @Test func `the median is what a constant answer's absolute error is measured from`() async throws {
        let bad = try third({ _ in ("0.9", "") }, task: "regression")
        let outcome = try await bad.run(SimplerBaseline.self, ["metric": "mae"])
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(outcome.measurements["constant"]?.double == 0.335)
    }

    @Test func `a metric that a constant answer makes perfect, or that none has, needs a baseline`() async throws {
        let specimen = try third { $0 % 3 == 0 ? ("1", "0.9") : ("0", "0.1") }
        let recall = try await specimen.run(SimplerBaseline.self, ["metric": "recall"])
        #expect(recall.verdict == .inconclusive && recall.summary.contains("perfect recall"), "\(recall.words)")
        let error = try await third({ _ in ("0.9", "") }, task: "regression").run(
            SimplerBaseline.self, ["metric": "max_error"])
        #expect(error.verdict == .inconclusive && error.summary.contains("name a simpler model"), "\(error.words)")
        var beside = specimen.setting("evaluation", "baseline", to: ["predictions": "baseline.csv"])
        beside.files["baseline.csv"] = try third { $0 % 7 == 0 ? ("1", "0.9") : ("0", "0.1") }.files["predictions.csv"]
        #expect(try await beside.run(SimplerBaseline.self, ["metric": "recall"]).verdict == .pass)
    }

    @Test func `a baseline of few of the rows is no comparison`() async throws {
        var specimen = try third { $0 % 3 == 0 ? ("1", "0.9") : ("0", "0.1") }.setting(
            "evaluation", "baseline", to: ["predictions": "baseline.csv"])
        let wrong = try third { $0 % 3 == 0 ? ("0", "0.1") : ("1", "0.9") }.files["predictions.csv"] ?? []
        specimen.files["baseline.csv"] = Array(wrong.split(separator: 0x0A).prefix(13).joined(separator: [0x0A]))
        let outcome = try await specimen.run(SimplerBaseline.self)
        #expect(outcome.verdict == .fail)
        #expect(outcome.words.contains("12 of 400 rows (3 %) have predictions of this version and of the baseline"))
    }

    /// Of 400 rows the model has 20 wrong that the baseline has right; the baseline has so many more wrong that the model has right.
    private func gained(_ more: Int, costs: JSON) async throws -> Outcome {
        func answers(wrong: Range<Int>) throws -> Specimen {
            try third { ($0 % 3 == 0) != wrong.contains($0) ? ("1", "0.9") : ("0", "0.1") }
        }
        var specimen = try answers(wrong: 0..<20)
        specimen.files["baseline.csv"] = try answers(wrong: 20..<(40 + more)).files["predictions.csv"]
        let members = [JSON.Member("predictions", "baseline.csv")] + (costs.members ?? [])
        return try await specimen.setting("evaluation", "baseline", to: .object(members)).run(
            SimplerBaseline.self, ["metric": "accuracy", "minGain": 0.01])
    }

    @Test func `a small gain over a baseline that is declared cheaper fails, sure or not`() async throws {
        // Three rows of 400 are 0.0075, five 0.0125; 43 and 45 rows differ, which makes an error of 0.016.
        let cheap: JSON = ["timesFaster": 14, "timesSmaller": 30]
        let costly = try await gained(3, costs: cheap)
        #expect(costly.verdict == .fail, "\(costly.words)")
        #expect(
            costly.summary.hasSuffix("better by less than 0.01, if at all, and 14× slower and 30× larger"),
            "\(costly.summary)")
        #expect(try await gained(3, costs: .empty).verdict == .inconclusive)
        #expect(try await gained(3, costs: ["timesFaster": 0.5]).verdict == .inconclusive, "the baseline is slower")
        let open = try await gained(5, costs: cheap)
        #expect(open.verdict == .inconclusive && open.summary.contains("too few rows to tell"), "\(open.words)")
        #expect(try await gained(60, costs: cheap).verdict == .pass, "what is gained is worth it")
    }
}
