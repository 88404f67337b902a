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

    @Test func `few flips may be enough`() async throws {
        let outcome = try await specimen("repro-unseeded").run(
            Reproducible.self, ["level": "statistics", "maxChurn": 0.5])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
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
}
