import Domain
import Testing

@testable import Checks

@Suite struct QualityGateTests {
    private func candidate(_ version: String, against deployed: String? = nil, of family: String = "tumor") throws
        -> Specimen
    {
        var specimen = try Specimen.version(version, of: family)
        specimen.deployed = try deployed.map { try Specimen.version($0, of: family).subject() }
        return specimen
    }

    @Test func `a good version passes, with value and interval`() async throws {
        let outcome = try await candidate("v1").run(
            QualityGate.self, ["metrics": ["auc": ["min": 0.95], "log_loss": ["max": 0.3], "accuracy": ["min": 0.9]]])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.summary.contains("auc 0.9956 ["), "\(outcome.summary)")
        let auc = try #require(outcome.measurements["auc"]?["value"]?.double)
        #expect(abs(auc - 0.995553) < 1e-6)
    }

    @Test func `a bound that the interval excludes fails with value and threshold`() async throws {
        let outcome = try await candidate("v4").run(QualityGate.self, ["metrics": ["log_loss": ["max": 0.2]]])
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(outcome.findings.first?.threshold == 0.2)
        #expect(abs((outcome.findings.first?.value ?? 0) - 0.413) < 0.001)
    }

    @Test func `a bound inside the interval is inconclusive and says how many rows are missing`() async throws {
        let outcome = try await candidate("v1").run(QualityGate.self, ["metrics": ["accuracy": ["min": 0.96]]])
        #expect(outcome.verdict == .inconclusive)
        #expect(outcome.summary.contains("190 rows are too few") && outcome.summary.contains("would settle it"))
        let bare = try await candidate("v1").run(
            QualityGate.self, ["metrics": ["accuracy": ["min": 0.96, "by": "value"]]])
        #expect(bare.verdict == .pass)
    }

    @Test func `a routine retrain is not worse, a regression is`() async throws {
        let settings: JSON = ["metrics": ["auc": ["maxDrop": 0.01], "log_loss": ["maxDrop": 0.05]]]
        let retrain = try await candidate("v2", against: "v1").run(QualityGate.self, settings)
        #expect(retrain.verdict == .pass, "\(retrain.words)")
        let regression = try await candidate("v4", against: "v2").run(QualityGate.self, settings)
        #expect(regression.verdict == .fail, "\(regression.words)")
        #expect(regression.words.contains("not shown to be at most 0.05 worse"))
    }

    @Test func `a swapped label map fails`() async throws {
        let outcome = try await candidate("v3", against: "v2", of: "penguins").run(
            QualityGate.self, ["metrics": ["accuracy": ["min": 0.8, "maxRelativeDrop": 0.05]]])
        #expect(outcome.verdict == .fail)
        #expect(outcome.findings.count == 2)
    }

    @Test func `without a deployed version the change is not asked for`() async throws {
        let outcome = try await candidate("v1").run(QualityGate.self, ["metrics": ["auc": ["maxDrop": 0.01]]])
        #expect(outcome.verdict == .pass)
    }

    @Test func `an unknown metric fails with the ones that are known`() async throws {
        let outcome = try await candidate("v1").run(QualityGate.self, ["metrics": ["acuracy": ["min": 0.9]]])
        #expect(outcome.verdict == .fail)
        #expect(outcome.summary.contains("did you mean 'accuracy'?") && outcome.summary.contains("log_loss"))
    }

    @Test func `scores that are NaN never pass`() async throws {
        var specimen = try candidate("v1")
        specimen.files["predictions.csv"] = Array("row_id,label,prediction,score\na,1,1,nan\nb,0,0,nan\n".utf8)
        let outcome = try await specimen.run(QualityGate.self, ["metrics": ["auc": ["min": 0.1]]])
        #expect(outcome.verdict == .inconclusive, "\(outcome.words)")
    }

    @Test func `missing predictions are inconclusive, nothing configured is skipped`() async throws {
        var specimen = try candidate("v1")
        #expect(try await specimen.run(QualityGate.self).verdict == .skipped)
        specimen.files["predictions.csv"] = nil
        let settings: JSON = ["metrics": ["auc": ["min": 0.1]]]
        #expect(try await specimen.run(QualityGate.self, settings).verdict == .inconclusive)
        specimen.files["predictions.csv"] = Array("row_id,label\n1".utf8)
        #expect(try await specimen.run(QualityGate.self, settings).verdict == .inconclusive)
    }

    @Test(
        arguments: [
            ["metrics": ["auc": .empty]], ["metrics": ["auc": ["min": 0.5, "confidence": 1]]], ["metric": .empty],
            ["metrics": ["auc": ["maxDrop": -1]]],
        ] as [JSON])
    func `settings that make no sense are refused`(settings: JSON) {
        #expect(throws: FieldErrors.self) { try QualityGate(node: ManifestTree(settings)) }
    }
}
