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
}
