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

    /// Groups by their numbers of rows, of labels 1, and of hits among those; a tenth of the others are false alarms.
    private func rates(_ groups: [(name: String, rows: Int, positives: Int, hits: Int)]) throws -> Specimen {
        var lines = ["row_id,label,prediction,score,sex"]
        for group in groups {
            for row in 0..<group.rows {
                let isPositive = row < group.positives
                let isChosen = isPositive ? row < group.hits : (row - group.positives) % 10 == 0
                lines.append("\(group.name)\(row),\(isPositive ? 1 : 0),\(isChosen ? 1 : 0),0.5,\(group.name)")
            }
        }
        var specimen = try Specimen.version("v1").setting("evaluation", "sensitive", to: ["sex"])
        specimen.files["predictions.csv"] = Array(lines.joined(separator: "\n").utf8)
        return specimen
    }

    @Test func `a small group with an extreme rate hides no sure difference of two large ones`() async throws {
        let settings: JSON = ["minRatio": 0.3]
        let large = [("F", 2000, 600, 540), ("M", 2000, 600, 360)]
        let two = try await rates(large).run(Inclusion.self, settings)
        #expect(two.verdict == .fail && two.summary.contains("true positive rates M 0.6, F 0.9"), "\(two.words)")
        // Of 12 people 7 are found: the least rate, of which chance could be the reason.
        let three = try await rates(large + [("X", 160, 12, 7)]).run(Inclusion.self, settings)
        #expect(three.verdict == .fail && three.summary.contains("true positive rates M 0.6, F 0.9"), "\(three.words)")
        let small = try await rates([("F", 2000, 600, 540), ("X", 160, 12, 9)]).run(Inclusion.self, settings)
        #expect(small.verdict == .warn && small.words.contains("chance could explain it"), "\(small.words)")
    }

    @Test func `among many groups a pair must be surer`() async throws {
        // 0.9 and 0.76 of 120 differ by 0.14, from 0.045: sure of one pair, not of the 45 pairs of ten groups.
        let pair = [("a", 400, 120, 108), ("b", 400, 120, 91)]
        let settings: JSON = ["minRatio": 0.3, "maxEqualizedOdds": 0.04]
        #expect(try await rates(pair).run(Inclusion.self, settings).verdict == .fail)
        let others = (0..<8).map { ("g\($0)", 400, 120, 100) }
        let many = try await rates(pair + others).run(Inclusion.self, settings)
        #expect(many.verdict == .warn, "\(many.words)")
    }

    @Test func `equalized odds bound true positive rates whatever equal opportunity allows`() async throws {
        let specimen = try rates([("F", 2000, 600, 540), ("M", 2000, 600, 360)])
        let loose: JSON = ["minRatio": 0.3, "maxEqualOpportunity": 0.5]
        #expect(try await specimen.run(Inclusion.self, loose).verdict == .pass)
        let both: JSON = ["minRatio": 0.3, "maxEqualOpportunity": 0.5, "maxEqualizedOdds": 0.1]
        #expect(try await specimen.run(Inclusion.self, both).verdict == .fail)
    }

    @Test func `a group with few labels of a kind is named, and one group alone has nothing to compare`() async throws {
        let settings: JSON = ["minRatio": 0.2]
        let named = try await rates([("F", 500, 150, 140), ("M", 500, 150, 140), ("X", 200, 7, 0)]).run(
            Inclusion.self, settings)
        #expect(named.verdict == .warn)
        #expect(
            named.words.contains("sex=X has 7 rows of label 1, fewer than 10: its true positive rate cannot be judged"),
            "\(named.words)")
        let alone = try await rates([("F", 500, 150, 140), ("X", 200, 7, 0)]).run(Inclusion.self, settings)
        #expect(alone.verdict == .inconclusive && alone.words.contains("1 groups have rows enough"), "\(alone.words)")
    }
}
