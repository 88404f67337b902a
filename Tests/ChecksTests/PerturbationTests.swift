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
}
