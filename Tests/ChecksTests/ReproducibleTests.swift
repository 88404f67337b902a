import Domain
import Testing

@testable import Checks

@Suite struct ReproducibleTests {
    private func specimen(_ runs: String, of family: String = "penguins") throws -> Specimen {
        var specimen = try Specimen.version("v2", of: family).setting(
            "training", "rerun", to: ["predictions": "rerun.csv"])
        specimen.files["predictions.csv"] = try Fixture.bytes("\(family)/\(runs)/run-a/predictions.csv")
        specimen.files["rerun.csv"] = try Fixture.bytes("\(family)/\(runs)/run-b/predictions.csv")
        return specimen
    }

    @Test(arguments: ["penguins", "tumor"]) func `a seeded training is the same twice`(family: String) async throws {
        let outcome = try await specimen("repro", of: family).run(Reproducible.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["flips"]?.double == 0)
    }

    @Test func `an unseeded one is not`() async throws {
        let outcome = try await specimen("repro-unseeded").run(Reproducible.self)
        #expect(outcome.verdict == .fail, "\(outcome.words)")
    }

    @Test func `few flips and a metric that stays may be enough`() async throws {
        let settings: JSON = ["level": "statistics", "maxChurn": 0.5, "maxMetricChange": 0.2]
        let outcome = try await specimen("repro-unseeded").run(Reproducible.self, settings)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect((outcome.measurements["p_value"]?.double ?? 1) < 0.05)
        let even = try await specimen("repro", of: "tumor").run(Reproducible.self, ["level": "statistics"])
        #expect(even.verdict == .pass, "\(even.words)")
    }

    /// Trainings of which the first is right on 99 rows, the others on as many as given.
    private func trainings(right: [Int]) throws -> Specimen {
        var specimen = try Specimen.version("v2").setting(
            "training", "rerun",
            to: ["predictions": "1.csv", "more": .array((1..<right.count).map { .string("\($0 + 1).csv") })]
        ).setting("evaluation", "data", to: .null)
        for (run, right) in ([99] + right).enumerated() {
            let rows = (0..<100).map { "r\($0),1,\($0 < right ? 1 : 0),0.5\n" }
            let text = "row_id,label,prediction,score\n" + rows.joined()
            specimen.files[run == 0 ? "predictions.csv" : "\(run).csv"] = Array(text.utf8)
        }
        return specimen
    }

    @Test func `a metric of too few rows is not shown to stay, and the rows that would do are named`() async throws {
        let outcome = try await trainings(right: [98]).run(
            Reproducible.self, ["level": "statistics", "maxChurn": 0.5])
        #expect(outcome.verdict == .inconclusive, "\(outcome.words)")
        #expect(outcome.words.contains("accuracy of 2 trainings is not shown to be the same within 0.001"))
        #expect(outcome.words.contains("; about 84,") && outcome.words.contains(" rows would settle it"))
    }

    @Test func `of several trainings the noise of seeds decides`() async throws {
        let settings: JSON = ["level": "statistics", "maxChurn": 0.5, "maxMetricChange": 0.1]
        let steady = try await trainings(right: [99, 98, 99, 98]).run(Reproducible.self, settings)
        #expect(steady.verdict == .pass, "\(steady.words)")
        #expect(abs((steady.measurements["metric_change"]?.double ?? 0) - 0.005) < 1e-12)
        let worse = try await trainings(right: [80, 81, 80, 81]).run(Reproducible.self, settings)
        #expect(worse.verdict == .fail, "\(worse.words)")
        let noisy = try await trainings(right: [99, 70]).run(Reproducible.self, settings)
        #expect(noisy.verdict == .inconclusive && noisy.words.contains("of 3 trainings is not shown"), "\(noisy.words)")
    }

    @Test func `numbers may differ in their last digits`() async throws {
        var specimen = try specimen("repro", of: "tumor").setting("task", to: "regression").setting(
            "evaluation", "columns", to: ["id": "row_id"]
        ).setting("evaluation", "data", to: .null)
        func table(_ value: String) -> [UInt8] { Array("row_id,label,prediction\na,1,\(value)\nb,2,2\n".utf8) }
        specimen.files["predictions.csv"] = table("1.5")
        specimen.files["rerun.csv"] = table("1.5000000001")
        #expect(try await specimen.run(Reproducible.self).verdict == .pass)
        specimen.files["rerun.csv"] = table("1.51")
        #expect(try await specimen.run(Reproducible.self).verdict == .fail)
    }

    @Test func `equal artifacts need no more, other bytes fail where bytes are asked for`() async throws {
        var specimen = try Specimen.version("v2").setting("training", "rerun", to: ["artifact": "again.onnx"])
        specimen.files["again.onnx"] = specimen.files["model.onnx"]
        #expect(try await specimen.run(Reproducible.self, ["level": "bytes"]).verdict == .pass)
        specimen.files["again.onnx"]?.append(0)
        #expect(try await specimen.run(Reproducible.self, ["level": "bytes"]).verdict == .fail)
        #expect(try await specimen.run(Reproducible.self).verdict == .inconclusive)
    }

    @Test func `a missing run is inconclusive, none configured is skipped`() async throws {
        var specimen = try specimen("repro")
        specimen.files["rerun.csv"] = nil
        #expect(try await specimen.run(Reproducible.self).verdict == .inconclusive)
        #expect(try await Specimen.version("v1").run(Reproducible.self).verdict == .skipped)
    }

    @Test func `a rerun of few of the rows is no rerun`() async throws {
        var specimen = try specimen("repro")
        let lines = (specimen.files["rerun.csv"] ?? []).split(separator: 0x0A)
        specimen.files["rerun.csv"] = Array(lines.prefix(3).joined(separator: [0x0A]))
        let outcome = try await specimen.run(Reproducible.self)
        #expect(outcome.verdict == .fail && outcome.words.contains("and of another training"), "\(outcome.words)")
        #expect(try await specimen.run(Reproducible.self, ["minCoverage": 0]).verdict == .pass)
    }

    @Test(
        arguments: [
            ["predictions": "predictions.csv"], ["predictions": "./predictions.csv"], ["artifact": "model.onnx"],
            ["predictions": "rerun.csv", "more": ["rerun.csv"]],
        ] as [JSON])
    func `a file is no second training of itself`(rerun: JSON) async throws {
        let outcome = try await specimen("repro", of: "tumor").setting("training", "rerun", to: rerun).run(
            Reproducible.self, ["level": "statistics"])
        #expect(outcome.verdict == .inconclusive, "\(outcome.words)")
        #expect(outcome.summary.contains("spec.training.rerun names"), "\(outcome.words)")
    }

    /// Two trainings of the tumor model, each with what it ran with.
    private func recorded(_ first: String, _ second: String, predictions: String = "repro") throws -> Specimen {
        var specimen = try specimen(predictions, of: predictions == "repro" ? "tumor" : "penguins")
            .setting("training", "record", to: "run.json")
            .setting("training", "rerun", "record", to: "rerun/run.json")
        specimen.files["run.json"] = Array(first.utf8)
        specimen.files["rerun/run.json"] = Array(second.utf8)
        return specimen
    }

    private static let record = """
        {"commit": "9f3c0b7e", "dirty": false, "seed": 7, "params": {"C": 0.1, "solver": {"tol": 1e-4}}, "data": {"train": "sha256:aa"},
         "environment": {"numpy": "2.4.1", "scipy": "1.17.0"}, "when": "2026-01-01"}
        """

    @Test func `two runs of the same training pass, and what was the same is told`() async throws {
        let outcome = try await recorded(Self.record, Self.record.replacing("2026", with: "2027")).run(
            Reproducible.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["same"] == ["commit", "seed", "params", "data", "environment"])
        let yaml =
            "commit: 9f3c0b7\nseed: 7\nparams: {C: 0.10, solver: {tol: 1e-4}}\ndata:\n  train: sha256:aa\n"
            + "environment:\n  numpy: 2.4.1\n  scipy: 1.17.0\n"
        let spelled = try await recorded(Self.record, yaml).run(Reproducible.self)
        #expect(
            spelled.verdict == .pass && spelled.measurements["same"] == outcome.measurements["same"], "\(spelled.words)"
        )
        let silent = try await recorded(Self.record, "commit: 9f3c0b7\nseed: 7\n").run(Reproducible.self)
        #expect(silent.verdict == .inconclusive, "\(silent.words)")
        #expect(silent.summary.contains("says params, data, environment; write it into both"), "\(silent.words)")
    }

    @Test(arguments: [
        ("9f3c0b7e", "9f3c0b8a", "commit 9f3c0b7e → 9f3c0b8a"), (#""seed": 7"#, #""seed": 8"#, "seed 7 → 8"),
        ("0.1", "1.0", "params C 0.1 → 1.0"), ("sha256:aa", "sha256:bb", "data train sha256:aa → sha256:bb"),
        ("false", "true", "not committed (dirty)"), (#""train""#, #""other""#, "data other none → sha256:aa"),
    ])
    func `another training is no second run`(old: String, new: String, words: String) async throws {
        let outcome = try await recorded(Self.record, Self.record.replacing(old, with: new)).run(Reproducible.self)
        #expect(outcome.verdict == .inconclusive && outcome.summary.contains(words), "\(outcome.words)")
    }

    @Test func `of statistics another seed is what is compared`() async throws {
        let other = Self.record.replacing(#""seed": 7"#, with: #""seed": 8"#)
        let outcome = try await recorded(Self.record, other).run(Reproducible.self, ["level": "statistics"])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["same"] == ["commit", "params", "data", "environment"])
    }

    @Test func `another environment is named beside a difference, and is worth a warning without one`() async throws {
        let newer = Self.record.replacing("2.4.1", with: "2.5.5")
        let words = ". Environment lock differs: numpy 2.4.1 → 2.5.5"
        let same = try await recorded(Self.record, newer).run(Reproducible.self)
        #expect(same.verdict == .warn && same.summary.hasSuffix(words), "\(same.words)")
        let other = try await recorded(Self.record, newer, predictions: "repro-unseeded").run(Reproducible.self)
        #expect(other.verdict == .fail && other.findings.allSatisfy { $0.message.hasSuffix(words) }, "\(other.words)")
        #expect(other.summary.contains("expected") && other.summary.hasSuffix(words), "\(other.summary)")
    }

    @Test func `records that say nothing, or nothing in common, are inconclusive; so is one that is missing`()
        async throws
    {
        for (first, second, words) in [
            (Self.record, "{}", "says none of"), (#"{"commit": "a"}"#, #"{"seed": 1}"#, "write it into both"),
            (#"{"commit": null, "data": null}"#, #"{"commit": null, "data": null}"#, "says none of"),
            ("{", Self.record, "says none of"),
        ] {
            let outcome = try await recorded(first, second).run(Reproducible.self)
            #expect(outcome.verdict == .inconclusive && outcome.summary.contains(words), "\(outcome.words)")
        }
        var specimen = try recorded(Self.record, Self.record)
        specimen.files["rerun/run.json"] = nil
        #expect(try await specimen.run(Reproducible.self).verdict == .inconclusive)
    }

    @Test func `a record of another artifact says nothing of this one, and one without its other is refused`()
        async throws
    {
        let digest = String(repeating: "ab", count: 32)
        let other = Self.record.replacing(#""seed""#, with: #""artifact_digest": "sha256:\#(digest)", "seed""#)
        let outcome = try await recorded(other, Self.record).run(Reproducible.self)
        #expect(
            outcome.verdict == .inconclusive && outcome.summary.contains("is about the artifact"), "\(outcome.words)")
        #expect(throws: FieldErrors.self) {
            try recorded(Self.record, Self.record).setting("training", "record", to: .null).subject()
        }
        let twice = try recorded(Self.record, Self.record).setting("training", "rerun", "record", to: "run.json")
        #expect(try await twice.run(Reproducible.self).summary.contains("the version's own file"))
    }
}
