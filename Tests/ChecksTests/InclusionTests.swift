import Domain
import Testing

@testable import Checks

@Suite struct InclusionTests {
    /// Predictions of two groups with the given numbers of selected rows.
    private func specimen(_ groups: [(name: String, rows: Int, selected: Int, positives: Int)]) throws -> Specimen {
        var lines = ["row_id,label,prediction,score,sex"]
        for group in groups {
            for row in 0..<group.rows {
                let label = row < group.positives ? 1 : 0, prediction = row < group.selected ? 1 : 0
                lines.append("\(group.name)\(row),\(label),\(prediction),0.5,\(group.name)")
            }
        }
        var specimen = try Specimen.version("v1").setting("evaluation", "sensitive", to: ["sex"])
        specimen.files["predictions.csv"] = Array(lines.joined(separator: "\n").utf8)
        return specimen
    }

    @Test func `groups that are treated alike pass`() async throws {
        let outcome = try await specimen([("F", 1000, 300, 300), ("M", 1000, 310, 305)]).run(Inclusion.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        let ratio = outcome.measurements["sex"]?["demographic_parity_ratio"]?["value"]?.double
        #expect(abs((ratio ?? 0) - 300.0 / 310) < 1e-12)
    }

    @Test func `a ratio whose interval lies below four fifths fails`() async throws {
        let outcome = try await specimen([("F", 2000, 620, 640), ("M", 2000, 880, 860)]).run(Inclusion.self)
        #expect(outcome.verdict == .fail)
        #expect(outcome.summary.contains("F 0.31, M 0.44; ratio 0.7045"), "\(outcome.words)")
    }

    @Test func `a ratio that chance could explain only warns`() async throws {
        let outcome = try await specimen([("F", 150, 45, 48), ("M", 150, 60, 60)]).run(
            Inclusion.self, ["maxEqualizedOdds": 0.5])
        #expect(outcome.verdict == .warn, "\(outcome.words)")
        #expect(outcome.summary.contains("chance could explain it"))
    }

    @Test func `a group without a single selected row fails`() async throws {
        let outcome = try await specimen([("F", 300, 0, 40), ("M", 300, 90, 90)]).run(Inclusion.self)
        #expect(outcome.verdict == .fail)
    }

    @Test func `groups of which nobody is selected say nothing`() async throws {
        let outcome = try await specimen([("F", 300, 0, 40), ("M", 300, 0, 40)]).run(Inclusion.self)
        #expect(outcome.verdict == .inconclusive)
        #expect(outcome.summary.contains("undefined"), "\(outcome.words)")
    }

    @Test func `a small group is named, and one group alone is inconclusive`() async throws {
        let named = try await specimen([("F", 500, 150, 150), ("M", 500, 150, 150), ("X", 7, 1, 1)]).run(Inclusion.self)
        #expect(named.verdict == .warn)
        #expect(named.summary.contains("sex=X has 7 rows"))
        let alone = try await specimen([("F", 500, 150, 150), ("X", 7, 1, 1)]).run(Inclusion.self)
        #expect(alone.verdict == .inconclusive)
    }

    @Test func `precisions are compared where a bound is named`() async throws {
        let specimen = try specimen([("F", 1000, 320, 200), ("M", 1000, 310, 305)])
        let settings: JSON = ["maxEqualizedOdds": 1]
        #expect(try await specimen.run(Inclusion.self, settings).verdict == .pass)
        let outcome = try await specimen.run(
            Inclusion.self, ["maxEqualizedOdds": 1, "maxPredictiveParity": 0.1])
        #expect(outcome.verdict == .fail)
        #expect(outcome.summary.contains("precisions F 0.625, M 0.9839"), "\(outcome.words)")
    }

    @Test func `several classes are compared by accuracy`() async throws {
        let good = try await Specimen.version("v2", of: "penguins").run(Inclusion.self, ["minRows": 20])
        #expect(good.verdict.admits, "\(good.words)")
        #expect(good.measurements["sex"]?["accuracy_difference"]?["value"]?.double != nil)
    }

    @Test func `nothing configured is skipped, no predictions inconclusive`() async throws {
        let none = try Specimen.version("v1").setting("evaluation", "sensitive", to: [])
        #expect(try await none.run(Inclusion.self).verdict == .skipped)
        var missing = try Specimen.version("v1")
        missing.files["predictions.csv"] = nil
        #expect(try await missing.run(Inclusion.self).verdict == .inconclusive)
    }
}
