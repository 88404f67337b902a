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

    @Test func `a baseline without scores is enough for a metric that needs none`() async throws {
        var specimen = try candidate("v2", baseline: "v1", of: "tumor")
        let text = String(decoding: try #require(specimen.files["baseline.csv"]), as: UTF8.self)
        let rows = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        let place = try #require(rows[0].firstIndex(of: "score"))
        let bare = rows.map { row in row.indices.filter { $0 != place }.map { row[$0] }.joined(separator: ",") }
        specimen.files["baseline.csv"] = Array((bare.joined(separator: "\n") + "\n").utf8)
        let outcome = try await specimen.run(SimplerBaseline.self, ["metric": "accuracy"])
        #expect(outcome.measurements["baseline"]?.double != nil, "\(outcome.words)")
        let needed = try await specimen.run(SimplerBaseline.self, ["metric": "auc"])
        #expect(needed.verdict == .inconclusive && needed.words.contains("score"), "\(needed.words)")
    }

    @Test func `a model that is worse than its baseline fails`() async throws {
        let outcome = try await candidate("v4", baseline: "v1", of: "tumor").run(SimplerBaseline.self)
        #expect(outcome.verdict == .fail)
        #expect(
            outcome.summary.contains("of the baseline") && outcome.summary.contains("not better"), "\(outcome.words)")
    }

    /// By accuracy alone the model is better than its baseline in five rows of sixty, or worse; its ranking is not known.
    @Test(arguments: [(0, 5, Verdict.inconclusive), (5, 0, .fail)])
    func `with one score missing accuracy can only speak against a model`(
        wrong: Int, baseline: Int, verdict: Verdict
    ) async throws {
        func table(wrong: Int, missing: Int?) -> [UInt8] {
            let rows = (0..<60).map { row in
                "\(row),\(row % 2),\(row < wrong ? 1 - row % 2 : row % 2),\(row == missing ? "" : "0.\(row % 2 + 1)")\n"
            }
            return Array(("row_id,label,prediction,score\n" + rows.joined()).utf8)
        }
        var specimen = try Specimen.version("v1").setting("evaluation", "baseline", to: ["predictions": "baseline.csv"])
        for field in ["data", "slices", "sensitive"] { specimen = specimen.setting("evaluation", field, to: .null) }
        specimen.files["predictions.csv"] = table(wrong: wrong, missing: 7)
        specimen.files["baseline.csv"] = table(wrong: baseline, missing: nil)
        let outcome = try await specimen.run(SimplerBaseline.self)
        #expect(outcome.verdict == verdict, "\(outcome.words)")
        #expect(outcome.words.contains("1 of 60 rows have no score"), "\(outcome.words)")
        #expect(outcome.measurements["accuracy"] != nil, "\(outcome.words)")
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

    /// Of sixty rows the baseline gets the first wrong, and the model none: one-sided 0.0625 of four, 0.03125 of five.
    @Test(arguments: [(3, Verdict.inconclusive), (4, .inconclusive), (5, .pass)])
    func `accuracy is judged by the exact test of the rows that differ`(rows: Int, verdict: Verdict) async throws {
        func table(wrong: Int) -> [UInt8] {
            Array(
                ("row_id,label,prediction\n"
                    + (0..<60).map { "\($0),\($0 % 2),\($0 < wrong ? 1 - $0 % 2 : $0 % 2)\n" }.joined()).utf8)
        }
        var specimen = try Specimen.version("v1").setting("evaluation", "columns", to: ["id": "row_id"])
            .setting("evaluation", "baseline", to: ["predictions": "baseline.csv"])
        specimen = specimen.setting("evaluation", "data", to: .null).setting("evaluation", "slices", to: .null)
            .setting("evaluation", "sensitive", to: .null)
        specimen.files["predictions.csv"] = table(wrong: 0)
        specimen.files["baseline.csv"] = table(wrong: rows)
        let outcome = try await specimen.run(SimplerBaseline.self, ["metric": "accuracy"])
        #expect(outcome.verdict == verdict, "\(outcome.words)")
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

    // MARK: Measured costs

    /// A baseline that is hardly worse, with what both were measured to cost.
    private func measured(
        _ baseline: JSON, _ files: [String: String], _ settings: (Specimen) -> Specimen = { $0 }
    ) async throws -> Outcome {
        func answers(wrong: Range<Int>) throws -> Specimen {
            try third { ($0 % 3 == 0) != wrong.contains($0) ? ("1", "0.9") : ("0", "0.1") }
        }
        var specimen = try answers(wrong: 0..<20)
        specimen.files["metrics.json"] = nil
        specimen.files["baseline.csv"] = try answers(wrong: 20..<43).files["predictions.csv"]
        for (name, text) in files { specimen.files[name] = Array(text.utf8) }
        let members = [JSON.Member("predictions", "baseline.csv")] + (baseline.members ?? [])
        return try await settings(specimen.setting("evaluation", "baseline", to: .object(members))).run(
            SimplerBaseline.self, ["metric": "accuracy", "minGain": 0.01])
    }

    @Test func `what both were measured to cost counts, not what is declared`() async throws {
        let own = #"{"latency_ms": {"p50": 10, "p95": 28.4}, "peak_memory_bytes": 4194304}"#
        let outcome = try await measured(
            ["timesFaster": 3, "timesSmaller": 500, "measurements": "simple.json"],
            ["metrics.json": own, "simple.json": #"{"latency_ms": {"p95": 2}, "peak_memory_bytes": 1048576}"#])
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(
            outcome.summary.hasSuffix(
                "if at all, and 14× slower (p95 28.4 ms against 2 ms) and 4× as much memory (4.0 MiB against 1.0 MiB)"),
            "\(outcome.summary)")
        let costs = outcome.measurements["costs"]?.array ?? []
        #expect(costs.map { $0["times"]?.double ?? 0 } == [14.2, 4] && costs.allSatisfy { $0["measured"] == true })
        // As fast and as large, up to a tenth: then the declared factors do not count either.
        let alike = try await measured(
            ["timesFaster": 3, "timesSmaller": 500, "measurements": "simple.json"],
            ["metrics.json": own, "simple.json": #"{"latency_ms": {"p95": 26}, "peak_memory_bytes": 4194304}"#])
        #expect(alike.verdict == .inconclusive && !alike.words.contains("×"), "\(alike.words)")
    }

    @Test func `a side that has a log needs no quantile in a file`() async throws {
        let log = (1...20).map { #"{"request_id":"r\#($0)","latency_ms":\#($0)}"# }.joined(separator: "\n")
        let files = ["simple.jsonl": log, "metrics.json": #"{"latency_ms": {"p50": 50}}"#]
        let outcome = try await measured(["log": "simple.jsonl"], files)
        #expect(outcome.summary.hasSuffix("and 5× slower (p50 50 ms against 10 ms)"), "\(outcome.words)")
        let both = try await measured(
            ["log": "simple.jsonl"],
            ["simple.jsonl": log, "own.jsonl": log.replacing("\"latency_ms\":", with: "\"latency_ms\":3")]
        ) { $0.setting("serving", to: ["log": "own.jsonl"]) }
        // 319 against 19 milliseconds.
        #expect(both.summary.hasSuffix("and 17× slower (p95 319 ms against 19 ms)"), "\(both.words)")
    }

    @Test func `the sizes of both files are compared`() async throws {
        let files = ["big.bin": String(repeating: "x", count: 4096), "simple.bin": String(repeating: "x", count: 512)]
        let outcome = try await measured(["artifact": "simple.bin"], files) {
            $0.setting("artifact", to: ["path": "big.bin"])
        }
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(outcome.summary.hasSuffix("and 8× larger (4.0 KiB against 512 bytes)"), "\(outcome.words)")
        let told = try await measured(
            ["measurements": "simple.json"],
            ["simple.json": #"{"model_bytes": 512}"#, "big.bin": files["big.bin"] ?? ""]
        ) { $0.setting("artifact", to: ["path": "big.bin", "size": 1024]) }
        #expect(told.summary.hasSuffix("and 2× larger (1.0 KiB against 512 bytes)"), "\(told.words)")
    }

    @Test func `figures that are missing, or of one side alone, are told`() async throws {
        for baseline in [["measurements": "none.json"], ["log": "none.jsonl"], ["artifact": "none.bin"]] as [JSON] {
            let outcome = try await measured(baseline, [:])
            #expect(outcome.verdict == .inconclusive && outcome.summary.contains("none."), "\(outcome.words)")
        }
        let broken = try await measured(["measurements": "simple.json"], ["simple.json": "{"])
        #expect(broken.verdict == .inconclusive && broken.summary.contains("simple.json is no JSON"), "\(broken.words)")
        let alone = try await measured(
            ["measurements": "simple.json"], ["simple.json": #"{"latency_ms": {"p95": 2, "p50": NaN}}"#])
        #expect(alone.words.contains("what the baseline costs cannot be compared"), "\(alone.words)")
        let declared = try await measured(
            ["measurements": "simple.json", "timesFaster": 14], ["simple.json": #"{"latency_ms": {"p95": 0}}"#])
        #expect(declared.summary.hasSuffix("and 14× slower"), "\(declared.words)")
    }

    @Test func `what predictions cost counts as measured, else as declared`() async throws {
        let prices = ["metrics.json": #"{"cost_per_1k": 0.12}"#, "simple.json": #"{"cost_per_1k": 0.01}"#]
        let both = try await measured(["measurements": "simple.json", "costPer1k": 9], prices)
        #expect(both.verdict == .fail, "\(both.words)")
        #expect(
            both.summary.hasSuffix(
                "and 12× as expensive (per 1,000 predictions 0.12 € against 0.01 €)"),
            "\(both.words)")
        #expect(both.measurements["costs"]?.array?.first?["measured"] == true)
        let declared = try await measured(["costPer1k": 0.05], [:]) {
            $0.setting("serving", to: ["costPer1k": 0.1])
        }
        #expect(declared.verdict == .fail && declared.summary.contains("and 2× as expensive"), "\(declared.words)")
        #expect(declared.measurements["costs"]?.array?.first?["measured"] == false)
        let mixed = try await measured(["costPer1k": 0.05], prices)
        #expect(mixed.verdict == .fail && mixed.summary.contains("and 2.4× as expensive"), "\(mixed.words)")
        // Of one side alone, or where the baseline costs as much, it says nothing.
        #expect(try await measured(["costPer1k": 0.05], [:]).verdict == .inconclusive)
        #expect(try await measured(["costPer1k": 0.12], prices).verdict == .inconclusive)
    }

    @Test func `a price of nothing or less is refused`() throws {
        for path in [["serving", "costPer1k"], ["evaluation", "baseline", "costPer1k"]] {
            let specimen = try Specimen.version("v1").setting("evaluation", "baseline", to: ["predictions": "b.csv"])
            #expect(throws: FieldErrors.self) {
                _ = try
                    (path.count == 2
                    ? specimen.setting(path[0], path[1], to: 0) : specimen.setting(path[0], path[1], path[2], to: -1))
                    .subject()
            }
        }
    }
}
