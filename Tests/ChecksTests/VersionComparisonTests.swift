import Domain
import Testing

@testable import Checks

@Suite struct VersionComparisonTests {
    private func candidate(_ version: String, against deployed: String) throws -> Specimen {
        var specimen = try Specimen.version(version)
        specimen.deployed = try Specimen.version(deployed).subject()
        return specimen
    }

    @Test func `a routine retrain differs little`() async throws {
        let outcome = try await candidate("v2", against: "v1").run(VersionComparison.self, ["maxScoreChange": 0.05])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(abs((outcome.measurements["churn"]?.double ?? 0) - 3.0 / 190) < 1e-12)
    }

    @Test func `a regression differs too much`() async throws {
        let outcome = try await candidate("v4", against: "v1").run(VersionComparison.self)
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(outcome.findings.first?.threshold == 0.05)
    }

    @Test func `a changed specification may count for less`() async throws {
        var specimen = try candidate("v4", against: "v1")
        specimen.files["params.yaml"] = Array("hyperparameters:\n  C: 99\n".utf8)
        #expect(try await specimen.run(VersionComparison.self, ["changedSpec": "warn"]).verdict == .warn)
        #expect(try await specimen.run(VersionComparison.self).verdict == .fail)
    }

    @Test func `the first version has nothing to differ from, missing predictions are inconclusive`() async throws {
        #expect(try await Specimen.version("v1").run(VersionComparison.self).verdict == .pass)
        var specimen = try candidate("v2", against: "v1")
        specimen.files["predictions.csv"] = nil
        #expect(try await specimen.run(VersionComparison.self).verdict == .inconclusive)
        let none = specimen.setting("evaluation", to: .null)
        #expect(try await none.run(VersionComparison.self).verdict == .skipped)
    }
}
