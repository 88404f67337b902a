import Domain
import Foundation
import Testing

@testable import Checks

/// What every check promises, whatever it looks at.
@Suite struct CheckPromisesTests {
    /// By id, since a type is no argument of a test.
    static let ids = BuiltInChecks.all.map { $0.id }

    private func type(_ id: String) throws -> any Check.Type { try #require(BuiltInChecks.all.first { $0.id == id }) }

    @Test func `all 28 tests of the rubric are there, and no id twice`() {
        #expect(Array(Self.ids.prefix(28)) == Rubric.checks)
        #expect(Set(Self.ids).count == Self.ids.count)
    }

    @Test(arguments: ids) func `it says what it finds out, and what each setting means`(id: String) throws {
        let type = try type(id)
        #expect(type.summary.hasSuffix(".") && type.summary.count > 30)
        for member in type.schema["properties"]?.members ?? [] {
            #expect((member.value["description"]?.string ?? "").count > 10, "\(id): \(member.key)")
        }
    }

    @Test(arguments: ids) func `it refuses a setting that it does not know`(id: String) throws {
        let type = try type(id)
        #expect(throws: FieldErrors.self) { try type.init(node: ManifestTree(["noSuchSetting": 1])) }
    }

    /// Bounds on a metric, whose unit only the user knows.
    private static let unbounded: Set<String> = ["model.slices min", "model.slices max"]

    @Test(arguments: ids) func `each number that it takes is held to a range, which its schema shows`(id: String) throws
    {
        let bounds = ["minimum", "exclusiveMinimum"]
        for setting in try type(id).schema["properties"]?.members ?? [] {
            let types = setting.value["type"]?.array ?? [setting.value["type"] ?? .null]
            guard types.contains("number") || types.contains("integer"), !types.contains("string") else { continue }
            let isBounded = bounds.contains { setting.value[$0] != nil }
            #expect(isBounded || Self.unbounded.contains("\(id) \(setting.key)"), "\(id): \(setting.key)")
        }
    }

    /// A percent in place of a share, a chance that is certain, a count of nothing: each would let everything pass.
    @Test(
        arguments: [
            ("infra.reproducible", ["maxChurn": 50]), ("infra.reproducible", ["maxDifference": -1]),
            ("monitor.train-serve-skew", ["maxMismatch": 5]), ("model.perturbation", ["maxFlips": 5]),
            ("model.perturbation", ["kinds": ["noise": ["maxFlips": 5]]]),
            ("monitor.prediction-quality", ["maxRelativeDrop": 2]), ("model.inclusion", ["minRatio": 80]),
            ("model.inclusion", ["minRatio": -1]),
            ("model.inclusion", ["maxCounterfactualChange": 5]), ("model.version-comparison", ["maxPSI": -1]),
            ("model.hyperparameters-tuned", ["minRepeats": 0]), ("data.feature-code-tests", ["minLines": 80]),
            ("data.feature-benefit", ["confidence": 95]), ("data.feature-benefit", ["confidence": 1]),
            ("infra.canary", ["maxLatencyIncrease": 10]), ("data.privacy", ["minShare": 5]), ("data.privacy", ["k": 0]),
            ("model.slices", ["ratio": 0]), ("monitor.data-invariants", ["threshold": 10]),
            ("monitor.data-invariants", ["alpha": 0]), ("model.version-comparison", ["maxChurn": 5]),
            ("model.simpler-baseline", ["minGain": -1]), ("monitor.compute-performance", ["maxStep": 10]),
            ("monitor.abuse", ["minShare": 1]), ("monitor.abuse", ["margin": 0]), ("monitor.abuse", ["margin": 1]),
            ("monitor.abuse", ["maxShare": 50]), ("monitor.abuse", ["ratio": 0.5]), ("monitor.abuse", ["ratio": 1e6]),
            ("monitor.abuse", ["maxRate": 0]),
            ("infra.rollback", ["maxTime": "0s"]), ("infra.rollback", ["maxAge": "0s"]),
            ("infra.debuggable", ["minSteps": 0]), ("infra.debuggable", ["examples": 0]),
            ("infra.pipeline-integration", ["stages": []]), ("model.card", ["sections": []]),
            ("model.offline-online-correlation", ["maxP": 5]), ("model.hyperparameters-tuned", ["tolerance": 100]),
            ("infra.quality-gate", ["metrics": ["auc": ["min": 0.5, "maxRelativeDrop": 2]]]),
        ] as [(String, JSON)])
    func `a setting that would switch it off is refused`(id: String, settings: JSON) throws {
        let type = try type(id)
        #expect(throws: FieldErrors.self) { try type.init(node: ManifestTree(settings)) }
    }

    private static let settings: [String: JSON] = [
        "infra.quality-gate": ["metrics": ["accuracy": ["min": 0.1]]],
        "monitor.train-serve-skew": ["offline": "offline.csv"],
        "model.regression-cases": ["ids": ["cell-0003"]],
    ]

    /// Every file that any check looks at, with nonsense in it.
    private func nonsense(_ bytes: [UInt8]) throws -> Specimen {
        var specimen = try Specimen.version("v1")
            .setting("serving", to: ["log": "log.jsonl", "labels": "labels.csv", "latencyBudget": "1ms"])
            .setting("training", "rerun", to: ["predictions": "rerun.csv"])
            .setting("evaluation", "perturbed", to: "perturbed.csv")
            .setting("evaluation", "counterfactual", to: "flipped.csv")
            .setting("evaluation", "baseline", to: ["predictions": "baseline.csv"]).setting("owners", to: [])
        let more = [
            "log.jsonl", "labels.csv", "rerun.csv", "perturbed.csv", "flipped.csv", "baseline.csv", "feature_costs.csv",
            "experiments.csv",
            "pipeline.jsonl", "debug.jsonl", "canary.csv", "README.md", "offline.csv",
        ]
        for name in Array(specimen.files.keys) + more { specimen.files[name] = bytes }
        for name in specimen.data.keys { specimen.data[name] = bytes }
        specimen.deployed = try Specimen.version("v2").subject()
        specimen.environment = "production"
        return specimen
    }

    // A file that is no pickle holds no pickle, and what is no weight file cannot be looked at.
    @Test(arguments: ids.filter { !["infra.safe-pickle", "infra.artifact"].contains($0) })
    func `nonsense never passes`(id: String) async throws {
        let check = try type(id).init(node: ManifestTree(Self.settings[id] ?? .empty))
        for bytes in [[UInt8]("\u{1}{<nonsense".utf8), Array("a,b\n1\n".utf8), [0xFF, 0xFE, 0, 0], []] {
            let outcome = try await check.run(on: try nonsense(bytes).subject())
            #expect(!outcome.verdict.admits, "\(bytes): \(outcome.words)")
            #expect(!outcome.summary.isEmpty)
        }
    }

    @Test(arguments: ids.filter { $0 != "model.version-comparison" })
    func `a version of which nothing is left never passes`(id: String) async throws {
        let check = try type(id).init(node: ManifestTree(Self.settings[id] ?? .empty))
        var specimen = try nonsense([])
        specimen.files = [:]
        specimen.data = [:]
        let outcome = try await check.run(on: try specimen.subject())
        #expect(!outcome.verdict.admits, "\(outcome.words)")
        // These look at what is there besides the version's files: its owners, and its history.
        guard !["monitor.dependencies", "infra.rollback"].contains(id) else { return }
        #expect(!Rubric.checks.contains(id) || !outcome.isRun, "a point for nothing: \(outcome.words)")
    }

    @Test(arguments: [
        "infra.quality-gate", "model.slices", "model.simpler-baseline", "monitor.numerical-stability",
    ])
    func `predictions that are NaN never pass a check of predictions`(id: String) async throws {
        var specimen = try Specimen.version("v1")
        let rows = (0..<400).map { "r\($0),\($0 % 2),\($0 % 2),nan,small" }
        specimen.files["predictions.csv"] = Array(
            (["row_id,label,prediction,score,size_band"] + rows).joined(separator: "\n").utf8)
        let settings: [String: JSON] = [
            "infra.quality-gate": ["metrics": ["auc": ["min": 0.1]]], "model.slices": ["metric": "auc"],
            "model.simpler-baseline": ["metric": "auc"],
        ]
        let check = try type(id).init(node: ManifestTree(settings[id] ?? .empty))
        let outcome = try await check.run(on: try specimen.subject())
        #expect(!outcome.verdict.admits, "\(outcome.words)")
    }
}
