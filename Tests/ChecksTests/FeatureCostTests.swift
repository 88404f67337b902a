import Domain
import Testing

@testable import Checks

@Suite struct FeatureCostTests {
    private func specimen(_ rows: [String]) throws -> Specimen {
        var specimen = try Specimen.version("v2", of: "penguins").setting("serving", to: ["latencyBudget": "100ms"])
        specimen.files["feature_costs.csv"] = Array((["feature,owner,cost,p99_ms"] + rows).joined(separator: "\n").utf8)
        return specimen
    }

    private let fair = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"].map { "\($0),lab,1,5" }

    @Test func `features with owners and fair costs pass`() async throws {
        let outcome = try await specimen(fair).run(FeatureCost.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test func `a great share without a benefit fails, with one it warns`() async throws {
        let useless = try await specimen(fair + ["graph_embed,lab,9,5"]).run(FeatureCost.self)
        #expect(useless.verdict == .fail && useless.summary.contains("69.2308 % of all cost"), "\(useless.words)")
        let worth = try await specimen(fair.dropFirst() + ["bill_length_mm,lab,9,5"]).run(FeatureCost.self)
        #expect(worth.verdict == .warn, "\(worth.words)")
    }

    @Test func `a feature in two rows costs what both say, and is told of`() async throws {
        let outcome = try await specimen(fair + [fair[0], fair[0]]).run(FeatureCost.self)
        #expect(
            outcome.verdict == .fail && outcome.words.contains("\"bill_length_mm\" has 50 % of all cost"),
            "\(outcome.words)")
        #expect(outcome.words.contains("\"bill_length_mm\" stands there twice, the second time in row 5"))
    }

    @Test func `no owner, no cost, or fetching for too long fail`() async throws {
        #expect(
            try await specimen(fair + ["x,,1,5"]).run(FeatureCost.self, ["maxShare": 1]).words.contains(
                "\"x\" has no owner"))
        #expect(
            try await specimen(fair + ["x,lab,,5"]).run(FeatureCost.self, ["maxShare": 1]).words.contains(
                "\"x\" has no cost"))
        #expect(
            try await specimen(Array(fair.dropLast())).run(FeatureCost.self, ["maxShare": 1]).words.contains(
                "no cost of body_mass_g"))
        let slow = try await specimen(fair + ["x,lab,1,84"]).run(FeatureCost.self)
        #expect(slow.verdict == .fail && slow.words.contains("takes 104 ms"), "\(slow.words)")
    }

    @Test func `a latency that is no number is not left out`() async throws {
        let text = try await specimen(fair + ["x,lab,1,84ms"]).run(FeatureCost.self)
        #expect(text.verdict == .inconclusive && text.findings.first?.line == 6, "\(text.words)")
        #expect(text.summary == "feature_costs.csv:6: p99_ms is '84ms', which is no number")
        for value in ["inf", "-490"] {
            let wrong = try await specimen(fair + ["x,lab,1,\(value)"]).run(FeatureCost.self)
            #expect(wrong.verdict == .fail && wrong.words.contains("\"x\" has a p99_ms of"), "\(wrong.words)")
        }
    }

    @Test func `a table of nothing says nothing, also without a schema`() async throws {
        var specimen = try specimen([])
        specimen.schema = nil
        #expect(try await specimen.run(FeatureCost.self).verdict == .inconclusive)
    }

    @Test func `a broken table is inconclusive, none is skipped`() async throws {
        var specimen = try specimen(fair)
        specimen.files["feature_costs.csv"] = Array("a,b\n1".utf8)
        #expect(try await specimen.run(FeatureCost.self).verdict == .inconclusive)
        specimen.files["feature_costs.csv"] = nil
        #expect(try await specimen.run(FeatureCost.self).verdict == .skipped)
    }
}
