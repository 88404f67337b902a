import Domain
import Foundation
import Testing

@testable import Checks

@Suite struct StalenessImpactTests {
    /// Versions a month apart, whose files are those of the samples' versions of the same name.
    ///
    /// - Parameter params: What their params files say, by name; nothing of a date where that is left out.
    private func specimen(_ names: [String], params: [String: String] = [:]) throws -> Specimen {
        let store = MemoryStore()
        var revisions: [ObjectID] = [], files: [ObjectID: String] = [:]
        for (index, name) in names.enumerated() {
            let id = try store.commit(
                name, ["models/tumor/model.yaml": "\(index)"], on: revisions.suffix(1),
                at: "2026-0\(index + 1)-01T00:00:00Z")
            revisions.append(id)
            files[id] = name
        }
        var specimen = try Specimen.version(names[names.count - 1])
        specimen.store = store
        specimen.revision = revisions[revisions.count - 1]
        specimen.now = Timestamp("2026-04-01T00:00:00Z")!
        specimen.fileOf = { [files] version, path in
            guard let name = files[version.revision] else { return nil }
            if path == "params.yaml" { return Array((params[name] ?? "seed: 1\n").utf8) }
            return try? Fixture.bytes("tumor/versions/\(name)/\(path)")
        }
        return specimen
    }

    @Test func `versions are those of the branch, also where somebody merged it into a clone`() async throws {
        var specimen = try specimen(["v4", "v1", "v2"])
        let store = try #require(specimen.store as? MemoryStore), newest = try #require(specimen.revision)
        let middle = try #require(try store.parents(of: newest).first)
        let oldest = try #require(try store.parents(of: middle).first)
        let work = try store.commit("work in an older clone", ["notes": "a"], on: [oldest])
        let merge = try store.commit("pull", ["models/tumor/model.yaml": "2"], on: [work, newest])
        specimen.revision = merge
        func found() async throws -> [ObjectID] {
            try await VersionHistory.versions(of: specimen.subject(), atMost: 9).map(\.version.revision)
        }
        #expect(try await found() == [merge, oldest])
        specimen.branchBefore = { $0.parents.last }
        #expect(try await found() == [newest, middle, oldest])
    }

    /// Values by `make_staleness.py`.
    @Test(arguments: [
        (
            "log_loss", [0.0013459131037762554, -0.012503390865365798, 0.012427500022915476],
            [2.4567119363277508, 2.2268187789497977, 2.6553070583190257], 0.0339938311395646
        ),
        (
            "auc", [-0.00034376074252312125, -0.0013981671419360797, 1.1155661399035174e-16],
            [0.012146212902486481, 0.0023410591476863757, 0.02526563028225201], 0.00016576817361220515
        ),
    ]) func `the loss of older models is measured from history, with its intervals`(
        metric: String, young: [Double], old: [Double], slope: Double
    ) async throws {
        let outcome = try await specimen(["v4", "v1", "v2"]).run(StalenessImpact.self, ["metric": .string(metric)])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        let curve = try #require(outcome.measurements["curve"]?.array)
        #expect(curve.map { $0["age_days"]?.double } == [28, 59] && curve.map { $0["rows"]?.int } == [190, 190])
        for (point, expected) in zip(curve, [young, old]) {
            for (name, value) in zip(["loss", "loss_low", "loss_high"], expected) {
                #expect(abs((point[name]?.double ?? .nan) - value) < 1e-9 * max(1e-3, abs(value)), "\(name)")
            }
        }
        let line = try #require(outcome.measurements["fit"]?["loss_per_day"]?.double)
        #expect(abs(line - slope) < 1e-9 * slope)
        #expect(abs((outcome.measurements["days_to_max_loss"]?.double ?? 0) * slope - 0.01) < 1e-11)
    }

    @Test func `the message gives age, loss, interval and cadence`() async throws {
        let outcome = try await specimen(["v4", "v1", "v2"]).run(
            StalenessImpact.self, ["metric": "auc", "cadence": "45d"])
        #expect(
            outcome.summary.hasPrefix(
                "a 59-day-old model loses 1.2146 % auc [0.2341, 2.5266]; declared retraining cadence is 45d"),
            "\(outcome.words)")
        #expect(outcome.summary.hasSuffix("; advised: retrain after 60.3252 days, when it has lost 1 %"))
    }

    @Test func `a cadence slower than the loss allows is a warning`() async throws {
        let outcome = try await specimen(["v4", "v1", "v2"]).run(
            StalenessImpact.self, ["metric": "log_loss", "cadence": "59d"])
        #expect(outcome.verdict == .warn, "\(outcome.words)")
        #expect(
            outcome.summary.contains("declared retraining cadence is 59d, but 1 % is lost after 0.2942 days"),
            "\(outcome.words)")
    }

    /// By `make_staleness.py`, which looks for the cheapest cadence.
    @Test func `what trainings and losses cost gives a cadence`() async throws {
        let priced = try specimen(["v4", "v1", "v2"]).setting("training", "cost", to: 500)
            .setting("serving", "valuePerDay", to: 40)
        let outcome = try await priced.run(StalenessImpact.self, ["metric": "log_loss", "maxLoss": 1])
        #expect(abs((outcome.measurements["days_to_cost_of_training"]?.double ?? 0) - 27.11876790354717) < 1e-6)
        #expect(
            outcome.summary.hasSuffix("; advised: retrain after 27.1188 days, when what it lost is worth a training"),
            "\(outcome.words)")
        // The loss that is accepted comes first.
        let strict = try await priced.run(StalenessImpact.self, ["metric": "log_loss"])
        #expect(abs((strict.measurements["recommended_cadence_days"]?.double ?? 0) - 0.29417102058735717) < 1e-9)
        let half = try await specimen(["v4", "v1", "v2"]).setting("training", "cost", to: 500)
            .run(StalenessImpact.self, ["metric": "log_loss"])
        #expect(half.measurements["days_to_cost_of_training"] == .null)
    }

    @Test func `models are as old as their data, where all say so`() async throws {
        let params = [
            "v4": "data_until: 2025-12-01\n", "v1": "data_until: 2026-01-01\n", "v2": "data_until: 2026-01-11\n",
        ]
        let outcome = try await specimen(["v4", "v1", "v2"], params: params).run(StalenessImpact.self)
        let ages = outcome.measurements["curve"]?.array?.map { $0["age_days"]?.double }
        #expect(ages == [10, 41], "\(outcome.words)")
        let some = try await specimen(["v4", "v1", "v2"], params: ["v4": "trained_at: 2025-12-01\n"])
            .run(StalenessImpact.self)
        #expect(some.measurements["curve"]?.array?.map { $0["age_days"]?.double } == [28, 59])
    }

    /// Its commits do not make a model younger, nor more of it.
    @Test func `what leaves the artifact alone is the same model`() async throws {
        let store = MemoryStore(), folder = "models/tumor"
        let old = try store.commit("v4", ["\(folder)/model.onnx": "4"], at: "2026-01-01T00:00:00Z")
        let typo = try store.commit("typo", ["\(folder)/README.md": "a"], on: [old], at: "2026-01-20T00:00:00Z")
        let mid = try store.commit("v1", ["\(folder)/model.onnx": "1"], on: [typo], at: "2026-01-29T00:00:00Z")
        let new = try store.commit("v2", ["\(folder)/model.onnx": "2"], on: [mid], at: "2026-03-01T00:00:00Z")
        let tip = try store.commit("typo", ["\(folder)/README.md": "b"], on: [new], at: "2026-03-20T00:00:00Z")
        var specimen = try Specimen.version("v2")
        (specimen.store, specimen.revision, specimen.now) = (store, tip, Timestamp("2026-04-01T00:00:00Z")!)
        let names = [typo: "v4", mid: "v1"]
        specimen.fileOf = { version, path in
            guard path == "predictions.csv", let name = names[version.revision] else { return nil }
            return try? Fixture.bytes("tumor/versions/\(name)/\(path)")
        }
        let outcome = try await specimen.run(StalenessImpact.self)
        #expect(outcome.measurements["curve"]?.array?.map { $0["age_days"]?.double } == [31, 59], "\(outcome.words)")
    }

    @Test func `a curve of long ago tells nothing of today`() async throws {
        var old = try specimen(["v4", "v1", "v2"])
        old.now = Timestamp("2026-12-01T00:00:00Z")!
        let outcome = try await old.run(StalenessImpact.self)
        #expect(
            outcome.verdict == .inconclusive && outcome.summary.contains("more than 180d ago: measure on newer data"),
            "\(outcome.words)")
        #expect(try await old.run(StalenessImpact.self, ["maxAge": "1000d"]).verdict == .pass)
    }

    @Test func `a metric that is 0 has no share to lose`() async throws {
        var perfect = try specimen(["v4", "v1", "v2"])
        let rows = (0..<200).map { "r\($0),\($0 % 2),\($0 % 2),\($0 % 2 == 0 ? 0 : 1)" }.joined(separator: "\n")
        perfect.files["predictions.csv"] = Array("row_id,label,prediction,score\n\(rows)\n".utf8)
        perfect.fileOf = { [table = perfect.files["predictions.csv"]!] _, path in
            path == "predictions.csv" ? table : nil
        }
        let outcome = try await perfect.run(StalenessImpact.self, ["metric": "brier"])
        #expect(
            outcome.verdict == .inconclusive && outcome.summary.contains("or is 0 of this version there"),
            "\(outcome.words)")
    }

    @Test func `ages that do not span the cadence do not tell what it costs`() async throws {
        let outcome = try await specimen(["v4", "v1", "v2"]).run(
            StalenessImpact.self, ["metric": "log_loss", "cadence": "60d"])
        #expect(
            outcome.verdict == .inconclusive && outcome.summary.contains("the oldest of 2 models is 59 days older"),
            "\(outcome.words)")
    }

    @Test func `too few versions or no history are inconclusive, nothing configured is skipped`() async throws {
        #expect(try await specimen(["v1", "v2"]).run(StalenessImpact.self).verdict == .inconclusive)
        #expect(try await Specimen.version("v1").run(StalenessImpact.self).verdict == .inconclusive)
        let none = try Specimen.version("v1").setting("evaluation", to: .null)
        #expect(try await none.run(StalenessImpact.self).verdict == .skipped)
    }

    @Test(arguments: [0, 1001, Int.max]) func `no versions, or more than can be looked at, are refused`(versions: Int) {
        #expect(throws: FieldErrors.self) { try StalenessImpact(node: ManifestTree(["versions": .int(versions)])) }
    }
}
