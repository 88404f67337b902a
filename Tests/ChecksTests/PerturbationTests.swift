import Domain
import Testing

@testable import Checks

@Suite struct PerturbationTests {
    private func specimen(_ version: String, of family: String = "tumor") throws -> Specimen {
        try Specimen.version(version, of: family).setting("evaluation", "perturbed", to: "predictions_perturbed.csv")
    }

    @Test func `a hundredth of noise moves a good model little`() async throws {
        let outcome = try await specimen("v1").run(Perturbation.self, ["kinds": ["noise1pct": .empty]])
        #expect(outcome.verdict.admits, "\(outcome.words)")
        #expect(outcome.measurements["noise1pct"]?["rows"]?.int == 190)
    }

    @Test func `strong noise flips predictions`() async throws {
        let outcome = try await specimen("v1").run(
            Perturbation.self, ["kinds": ["noise20pct": ["maxScoreChange": 0.01]]])
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(outcome.summary.contains("99th percentile"))
    }

    @Test func `several classes are looked at over all scores`() async throws {
        let outcome = try await specimen("v2", of: "penguins").run(Perturbation.self)
        #expect(outcome.measurements["missing10pct"]?["rows"]?.int == 70)
        #expect(outcome.verdict != .inconclusive, "\(outcome.words)")
    }

    @Test func `a score that is NaN fails`() async throws {
        var specimen = try specimen("v1")
        specimen.files["predictions.csv"] = Array("row_id,label,prediction,score\na,1,1,0.9\n".utf8)
        specimen.files["predictions_perturbed.csv"] = Array("row_id,label,prediction,score\na,1,1,nan\n".utf8)
        #expect(try await specimen.run(Perturbation.self).verdict == .fail)
    }

    @Test func `unknown rows, a missing kind and a missing file are inconclusive`() async throws {
        var specimen = try specimen("v1")
        #expect(try await specimen.run(Perturbation.self, ["kinds": ["rotation": .empty]]).verdict == .inconclusive)
        specimen.files["predictions_perturbed.csv"] = Array("row_id,label,prediction,score\nnobody,1,1,0.5\n".utf8)
        #expect(try await specimen.run(Perturbation.self).verdict == .inconclusive)
        specimen.files["predictions_perturbed.csv"] = nil
        #expect(try await specimen.run(Perturbation.self).verdict == .inconclusive)
        #expect(try await Specimen.version("v1").run(Perturbation.self).verdict == .skipped)
    }

    /// Rows of which a kind flips all, and another few or none.
    private func flipped(_ rows: Int, kinds: [(name: String, rows: Int, flips: Bool)]) throws -> Specimen {
        var specimen = try specimen("v1")
        let original = (0..<rows).map { "r\($0),1,1,0.9\n" }.joined()
        specimen.files["predictions.csv"] = Array(("row_id,label,prediction,score\n" + original).utf8)
        let changed = kinds.flatMap { kind in (0..<kind.rows).map { "\(kind.name),r\($0),\(kind.flips ? 0 : 1),0.9\n" }
        }
        specimen.files["predictions_perturbed.csv"] = Array(
            ("perturbation,row_id,prediction,score\n" + changed.joined()).utf8)
        return specimen
    }

    @Test func `1 and 1_0 are one class`() async throws {
        var specimen = try flipped(40, kinds: [("noise", 40, false)])
        let text = String(decoding: specimen.files["predictions_perturbed.csv"] ?? [], as: UTF8.self)
        specimen.files["predictions_perturbed.csv"] = Array(text.replacing(",1,0.9", with: ",1.0,0.9").utf8)
        let outcome = try await specimen.run(Perturbation.self)
        #expect(outcome.verdict == .pass && outcome.measurements["noise"]?["flips"] == .double(0), "\(outcome.words)")
    }

    @Test func `a kind without a limit is said as it was found`() async throws {
        let outcome = try await flipped(40, kinds: [("noise", 40, false), ("typo", 40, true)]).run(
            Perturbation.self, ["kinds": ["noise": .empty]])
        #expect(outcome.verdict == .pass)
        #expect(
            outcome.summary
                == "1 kind of small changes move the predictions little; 'typo', which has no limit, flips 100 % of 40",
            "\(outcome.summary)")
    }

    /// Predictions of a regression in the thousands, each changed by that many.
    private func regression(by change: Double) throws -> Specimen {
        var specimen = try specimen("v1").setting("task", to: "regression")
            .setting("evaluation", "columns", to: ["id": "row_id"])
        let original = (0..<100).map { "r\($0),0,\(1000 + 100 * $0)\n" }.joined()
        let changed = (0..<100).map { "r\($0),\(Double(1000 + 100 * $0) + change)\n" }.joined()
        specimen.files["predictions.csv"] = Array(("row_id,label,prediction\n" + original).utf8)
        specimen.files["predictions_perturbed.csv"] = Array(("row_id,prediction\n" + changed).utf8)
        return specimen
    }

    /// The standard deviation of 1000, 1100, …, 10900 is 2901.15, 0.05 of it 145.06.
    @Test func `what a regression predicts is measured by how it varies, where no limit is named`() async throws {
        let little = try await regression(by: 145).run(Perturbation.self)
        #expect(little.verdict == .pass, "\(little.words)")
        let much = try await regression(by: 146).run(Perturbation.self)
        #expect(much.verdict == .fail && abs((much.findings.first?.threshold ?? 0) - 145.0575) < 1e-3, "\(much.words)")
        #expect(much.summary.contains("(0.05 standard deviations of the predictions)"))
        let named = try await regression(by: 2).run(Perturbation.self, ["maxScoreChange": 1])
        #expect(named.verdict == .fail && !named.summary.contains("deviations"), "\(named.words)")
    }

    @Test func `few changed rows are inconclusive`() async throws {
        let outcome = try await flipped(2_000, kinds: [("noise", 10, false)]).run(Perturbation.self)
        #expect(outcome.verdict == .inconclusive, "\(outcome.words)")
        #expect(outcome.summary.contains("'noise' changes 10 of 2,000 rows, 30 are needed"), "\(outcome.summary)")
        let enough = try await flipped(2_000, kinds: [("noise", 10, false)]).run(Perturbation.self, ["minRows": 10])
        #expect(enough.verdict == .pass, "\(enough.words)")
    }
}
