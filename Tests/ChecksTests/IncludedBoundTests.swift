import Domain
import Testing

@testable import Checks

/// Values that are exactly their bounds, though the doubles are a few last bits away.
@Suite struct IncludedBoundTests {
    /// Of a hundred rows, or ten times so many, that many are right; those of fewer are right in more, too.
    private func version(_ right: Int, scale: Int = 1) throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("evaluation", "data", to: .null)
        let rows = (0..<100 * scale).map { "r\($0),\($0 % 2),\($0 < right * scale ? $0 % 2 : 1 - $0 % 2),0.5\n" }
        specimen.files["predictions.csv"] = Array(("row_id,label,prediction,score\n" + rows.joined()).utf8)
        return specimen
    }

    @Test(arguments: [(91, 90), (57, 56), (58, 57), (30, 29)])
    func `a drop of exactly maxDrop passes, more does not`(before: Int, now: Int) async throws {
        func verdict(_ right: Int) async throws -> Verdict {
            var candidate = try version(right)
            candidate.deployed = try version(before).subject()
            return try await candidate.run(
                QualityGate.self, ["metrics": ["accuracy": ["maxDrop": 0.01, "by": "value"]]]
            ).verdict
        }
        #expect(try await verdict(now) == .pass)
        #expect(try await verdict(now - 1) == .fail)
    }

    @Test(arguments: [(40, 36), (80, 72), (50, 45)])
    func `a relative drop of exactly its bound passes`(before: Int, now: Int) async throws {
        var candidate = try version(now)
        candidate.deployed = try version(before).subject()
        let outcome = try await candidate.run(
            QualityGate.self, ["metrics": ["accuracy": ["maxRelativeDrop": 0.1, "by": "value"]]])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test(arguments: [(80, 90), (70, 80)])
    func `a gain of exactly minGain is enough`(before: Int, now: Int) async throws {
        var specimen = try version(now, scale: 10).setting(
            "evaluation", "baseline", to: ["predictions": "baseline.csv"])
        specimen.files["baseline.csv"] = try version(before, scale: 10).files["predictions.csv"]
        let outcome = try await specimen.run(SimplerBaseline.self, ["metric": "accuracy", "minGain": 0.1])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test func `a slice of exactly its share of the whole keeps it`() async throws {
        var specimen = try Specimen.version("v1").setting("evaluation", "slices", to: ["g"])
        let rows = (0..<200).map { row in
            let isRight = row % 100 < (row < 100 ? 60 : 90)
            return "r\(row),\(row % 2),\(isRight ? row % 2 : 1 - row % 2),0.5,\(row < 100 ? "a" : "b")\n"
        }
        specimen.files["predictions.csv"] = Array(("row_id,label,prediction,score,g\n" + rows.joined()).utf8)
        let outcome = try await specimen.run(Slices.self, ["ratio": 0.8, "auto": false])
        #expect(outcome.verdict == .warn && outcome.words.contains("keeps 0.6"), "\(outcome.words)")
    }

    @Test func `a difference of rates that is exactly its bound is kept`() async throws {
        var lines = ["row_id,label,prediction,score,sex"]
        for (name, selected) in [("F", 300), ("M", 400)] {
            lines += (0..<2_000).map { "\(name)\($0),\($0 < 1_000 ? 1 : 0),\($0 < selected ? 1 : 0),0.5,\(name)" }
        }
        var specimen = try Specimen.version("v1").setting("evaluation", "sensitive", to: ["sex"])
        specimen.files["predictions.csv"] = Array(lines.joined(separator: "\n").utf8)
        let outcome = try await specimen.run(Inclusion.self, ["minRatio": 0, "maxEqualizedOdds": 0.1])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    private func scores(_ text: String, in path: String = "predictions.csv") throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("evaluation", "data", to: .null)
        specimen.files[path] = Array(("row_id,label,prediction,score\n" + text).utf8)
        return specimen
    }

    @Test func `a score that changes by exactly its bound keeps it`() async throws {
        var candidate = try scores("a,1,1,0.4\nb,0,0,0.1\n")
        candidate.deployed = try scores("a,1,1,0.3\nb,0,0,0.1\n").subject()
        // Of two rows one is half of the distribution.
        let kept: JSON = ["maxScoreChange": 0.1, "maxPSI": 20], broken: JSON = ["maxScoreChange": 0.0999]
        #expect(try await candidate.run(VersionComparison.self, kept).verdict == .pass)
        #expect(try await candidate.run(VersionComparison.self, broken).verdict == .fail)
        var perturbed = try scores("a,1,1,0.3\n").setting("evaluation", "perturbed", to: "changed.csv")
        perturbed.files["changed.csv"] = try scores("a,1,1,0.4\n").files["predictions.csv"]
        let settings: JSON = ["maxScoreChange": 0.1, "minRows": 1]
        #expect(try await perturbed.run(Perturbation.self, settings).verdict == .pass)
        perturbed.files["changed.csv"] = try scores("a,1,1,0.5\n").files["predictions.csv"]
        #expect(try await perturbed.run(Perturbation.self, settings).verdict == .fail)
    }

    @Test func `answers and cases that are exactly the tolerance away are near enough`() async throws {
        let check = try OnlineOffline(node: ManifestTree(["tolerance": 0.1]))
        #expect(check.isNear("0.3", "0.4") && !check.isNear("0.3", "0.41"))
        #expect(!check.isNear("x", "y"))
        var specimen = try Specimen.version("v1").setting("task", to: "regression")
            .setting("evaluation", "columns", to: ["id": "row_id"])
        specimen.files["predictions.csv"] = Array("row_id,label,prediction\na,0.3,0.4\n".utf8)
        let settings: JSON = ["ids": ["a"], "tolerance": 0.1]
        #expect(try await specimen.run(RegressionCases.self, settings).verdict == .pass)
        #expect(try await specimen.run(RegressionCases.self, ["ids": ["a"], "tolerance": 0.09]).verdict == .fail)
    }

    @Test func `a domain's share that is exactly minDomainMass is enough`() async throws {
        var specimen = try Specimen.version("v1").setting("training", "data", to: ["mine"])
            .setting("evaluation", "data", to: .null)
        specimen.data["mine"] = Array(("g\n" + (0..<100).map { $0 < 7 ? "x\n" : "a\n" }.joined()).utf8)
        func verdict(_ mass: Double) async throws -> Verdict {
            specimen.schema = [
                "columns": [["name": "g", "type": "string", "allowed": ["a"], "minDomainMass": .double(mass)]]
            ]
            return try await specimen.run(DataSchema.self).verdict
        }
        #expect(try await verdict(0.93) == .pass)
        #expect(try await verdict(0.94) == .fail)
    }
}
