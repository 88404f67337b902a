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

    /// What training anew moves by nothing to speak of is no other prediction: a hundred of a thousand rows move by more.
    @Test func `of a regression those predictions are others that move noticeably`() async throws {
        func predicting(_ value: (Int) -> Double) throws -> Specimen {
            var specimen = try Specimen.version("v1").setting("task", to: "regression")
                .setting("evaluation", "columns", to: ["id": "row_id"])
            let lines = (0..<1000).map { "r\($0),\($0 % 100),\(value($0))\n" }
            specimen.files["predictions.csv"] = Array(("row_id,label,prediction\n" + lines.joined()).utf8)
            return specimen
        }
        let before = { (row: Int) in Double(row % 100) }
        for (least, share, verdict) in [(1e-7, 0.0, Verdict.pass), (1.4, 0, .pass), (1.5, 0.1, .fail)] {
            var specimen = try predicting { before($0) + ($0 % 10 == 0 ? least : 1e-7) }
            specimen.deployed = try predicting(before).subject()
            let outcome = try await specimen.run(VersionComparison.self)
            #expect(outcome.verdict == verdict, "\(outcome.words)")
            #expect(outcome.measurements["churn"]?.double == share, "\(outcome.words)")
            #expect(outcome.words.contains("by more than 0.05 standard deviations"), "\(outcome.words)")
        }
    }

    @Test func `a changed specification may count for less`() async throws {
        var specimen = try candidate("v4", against: "v1")
        specimen.files["params.yaml"] = Array("hyperparameters:\n  C: 99\n".utf8)
        #expect(try await specimen.run(VersionComparison.self, ["changedSpec": "warn"]).verdict == .warn)
        #expect(try await specimen.run(VersionComparison.self).verdict == .fail)
    }

    // MARK: The scores' distribution

    /// A thousand rows with the scores that are given; what is predicted does not change.
    private func scored(_ score: (Int) -> Double) throws -> Specimen {
        let lines = (0..<1000).map { "r\($0),\($0 % 2),\($0 % 3 == 0 ? 1 : 0),\(score($0))\n" }
        var specimen = try Specimen.version("v1")
        specimen.files["predictions.csv"] = Array(("row_id,label,prediction,score\n" + lines.joined()).utf8)
        return specimen
    }

    private func wide(_ row: Int) -> Double { Double(row * 37 % 101) / 100 }

    private func moved(_ now: (Int) -> Double, from before: (Int) -> Double) throws -> Specimen {
        var specimen = try scored(now)
        specimen.deployed = try scored(before).subject()
        return specimen
    }

    /// The references are those that `Reference/make_score_psi.py` prints.
    @Test func `the population stability index is the reference's, in bins and by value`() async throws {
        let halved = { (row: Int) in Double(row * 53 % 101) / 100 * (row % 3 == 0 ? 0.5 : 1) }
        for (specimen, reference, chance) in [
            (try moved(halved, from: wide), 0.1122494259274947, 9.641832333836178e-09),
            (try moved(wide, from: wide), 0, 1),
            (try moved({ max(wide($0), 0.3) }, from: wide), 1.6792217225473696, 2.119592444083129e-62),
            (
                try moved({ Double($0 * 3 % 7) / 7 }, from: { Double($0 * 3 % 5) / 7 }), 2.1728120366985864,
                4.800969322853052e-69
            ),
        ] {
            let found = try await specimen.run(VersionComparison.self).measurements
            let psi = found["score_psi"]?.double ?? .nan, p = found["score_psi_p_value"]?.double ?? .nan
            #expect(abs(psi - reference) <= 1e-9 * max(reference, 1e-3), "\(reference): \(psi)")
            #expect(abs(p - chance) <= 1e-6 * chance, "\(chance): \(p)")
        }
    }

    @Test func `a routine retrain whose scores moved fails, a changed specification only warns`() async throws {
        let specimen = try moved({ max(wide($0), 0.3) }, from: wide)
        let outcome = try await specimen.run(VersionComparison.self)
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(outcome.summary.hasSuffix("PSI 1.6792, expected at most 0.1") && outcome.findings.count == 1)
        #expect(try await specimen.run(VersionComparison.self, ["maxPSI": 2]).verdict == .pass)
        var changed = specimen
        changed.files["params.yaml"] = Array("hyperparameters:\n  C: 99\n".utf8)
        let lifted = try await changed.run(VersionComparison.self)
        #expect(lifted.verdict == .warn && lifted.summary.contains("params or schema changed, too"), "\(lifted.words)")
        #expect(
            try await changed.run(VersionComparison.self, ["changedSpec": "inconclusive"]).verdict == .inconclusive)
    }

    @Test func `an index that few rows show by chance is a warning`() async throws {
        // Of 30 rows six get another score.
        func few(_ score: @escaping (Int) -> Double) throws -> Specimen {
            var specimen = try scored(score)
            let lines = String(decoding: specimen.files["predictions.csv"] ?? [], as: UTF8.self).split(separator: "\n")
            specimen.files["predictions.csv"] = Array(lines.prefix(31).joined(separator: "\n").utf8)
            return specimen
        }
        var specimen = try few { $0 % 10 < 2 ? 0.95 : wide($0) }.setting("evaluation", "data", to: .null)
        specimen.deployed = try few(wide).subject()
        let outcome = try await specimen.run(VersionComparison.self)
        #expect(outcome.verdict == .warn, "\(outcome.words)")
        #expect(outcome.summary.hasSuffix("expected at most 0.1, though chance could explain it"), "\(outcome.words)")
        #expect((outcome.measurements["score_psi_p_value"]?.double ?? 0) > 0.05)
    }

    @Test func `predicted classes stand in for scores that there are none of`() async throws {
        func classes(_ predicted: (Int) -> Int) throws -> Specimen {
            var specimen = try Specimen.version("v1").setting("task", to: "multiclass-classification")
                .setting("evaluation", "columns", to: ["id": "row_id"])
            let lines = (0..<1000).map { "r\($0),c\($0 % 3),c\(predicted($0))\n" }
            specimen.files["predictions.csv"] = Array(("row_id,label,prediction\n" + lines.joined()).utf8)
            return specimen
        }
        var specimen = try classes { $0 % 7 % 3 }
        specimen.deployed = try classes { $0 % 3 }.subject()
        let outcome = try await specimen.run(VersionComparison.self, ["maxChurn": 1])
        let psi = outcome.measurements["score_psi"]?.double ?? .nan
        #expect(outcome.verdict == .pass && abs(psi - 0.037612490885974646) <= 1e-9 * psi, "\(outcome.words): \(psi)")
    }

    @Test func `scores that are none cannot be compared`() async throws {
        let outcome = try await moved({ _ in .nan }, from: wide).run(VersionComparison.self)
        #expect(outcome.verdict == .inconclusive && outcome.summary.contains("no finite one"), "\(outcome.words)")
    }

    @Test func `the first version has nothing to differ from, missing predictions are inconclusive`() async throws {
        #expect(try await Specimen.version("v1").run(VersionComparison.self).verdict == .pass)
        var specimen = try candidate("v2", against: "v1")
        specimen.files["predictions.csv"] = nil
        #expect(try await specimen.run(VersionComparison.self).verdict == .inconclusive)
        let none = specimen.setting("evaluation", to: .null)
        #expect(try await none.run(VersionComparison.self).verdict == .skipped)
    }

    @Test func `a score that many rows have has a bin of its own`() async throws {
        let heavy = try moved({ $0 % 2 == 0 ? 0 : wide($0) }, from: { $0 % 25 < 23 ? 0 : wide($0) })
        let found = try await heavy.run(VersionComparison.self, ["maxPSI": 100]).measurements["score_psi"]?.double ?? 0
        #expect(found > 0.5, "\(found)")
    }

    @Test func `rules of a schema change no specification`() async throws {
        var specimen = try moved({ max(wide($0), 0.3) }, from: wide)
        let schema = specimen.schema
        specimen.schema = schema.map { json in
            .object((json.members ?? []).map { ($0.key, $0.value) } + [("rules", [["assert": "mean_radius > 0"]])])
        }
        #expect(try await specimen.run(VersionComparison.self).verdict == .fail)
    }
}
