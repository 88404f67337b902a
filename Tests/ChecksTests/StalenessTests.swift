import Domain
import Testing

@testable import Checks

@Suite struct StalenessTests {
    private func specimen(params: String) throws -> Specimen {
        var specimen = try Specimen.version("v1")
        specimen.files["params.yaml"] = Array(params.utf8)
        return specimen
    }

    @Test func `a young model passes, an old one fails with its age`() async throws {
        let specimen = try specimen(params: "trained_at: '2026-11-01T08:00:00Z'\n")
        #expect(try await specimen.run(Staleness.self, ["cadence": "30d"]).verdict == .pass)
        let outcome = try await specimen.run(Staleness.self, ["maxAge": "7d"])
        #expect(
            outcome.verdict == .fail
                && outcome.summary.contains("tumor v1, trained at 2026-11-01T08:00:00Z (20d4h), more than 7 days"),
            "\(outcome.words)")
    }

    @Test func `the end of the data counts more than the training`() async throws {
        let specimen = try specimen(params: "trained_at: 2026-11-20T08:00:00Z\ndata_until: 2026-01-01\n")
        #expect(try await specimen.run(Staleness.self, ["cadence": "30d"]).verdict == .fail)
    }

    @Test func `without a cadence an old model only warns`() async throws {
        #expect(try await Specimen.version("v1").run(Staleness.self).verdict == .warn)
        #expect(try await specimen(params: "trained_at: 2026-11-20T08:00:00Z\n").run(Staleness.self).verdict == .pass)
    }

    @Test func `the date of the commit that brought the artifact stands in, and nothing at all is inconclusive`()
        async throws
    {
        var specimen = try specimen(params: "seed: 1\n")
        #expect(try await specimen.run(Staleness.self).verdict == .inconclusive)
        let store = MemoryStore()
        specimen.store = store
        let (folder, settings) = ("models/tumor", ["maxAge": "45d"] as JSON)
        let first = try store.commit("v1", ["\(folder)/model.onnx": "1"], at: "2024-01-01T00:00:00Z")
        let typo = try store.commit("typo", ["\(folder)/README.md": "a"], on: [first], at: "2026-11-20T00:00:00Z")
        specimen.revision = typo
        let old = try await specimen.run(Staleness.self, settings)
        #expect(old.verdict == .fail && old.summary.contains("artifact was committed at 2024-01-01"), "\(old.words)")
        specimen.revision = try store.commit(
            "v2", ["\(folder)/model.onnx": "2"], on: [typo], at: "2026-11-21T00:00:00Z")
        #expect(try await specimen.run(Staleness.self, settings).verdict == .pass)
        specimen.revision = try store.commit("elsewhere", ["a": "1"], at: "2026-11-20T00:00:00Z")
        #expect(try await specimen.run(Staleness.self).verdict == .inconclusive)
    }

    @Test func `a pull that merges brings nothing new, where it is known what the branch was`() async throws {
        var specimen = try specimen(params: "seed: 1\n")
        let store = MemoryStore(), folder = "models/tumor"
        let first = try store.commit("v1", ["\(folder)/model.onnx": "1"], at: "2024-01-01T00:00:00Z")
        let second = try store.commit(
            "v2", ["\(folder)/model.onnx": "2"], on: [first], at: "2024-02-01T00:00:00Z")
        let work = try store.commit("work", ["notes": "a"], on: [first], at: "2026-11-19T00:00:00Z")
        let merge = try store.commit(
            "pull", ["\(folder)/model.onnx": "2"], on: [work, second], at: "2026-11-20T00:00:00Z")
        (specimen.store, specimen.revision) = (store, merge)
        #expect(try await specimen.run(Staleness.self, ["maxAge": "45d"]).verdict == .pass)
        specimen.branchBefore = { $0.parents.last }
        let old = try await specimen.run(Staleness.self, ["maxAge": "45d"])
        #expect(old.verdict == .fail && old.summary.contains("committed at 2024-02-01"), "\(old.words)")
    }

    @Test func `of an artifact elsewhere the digest in the manifest counts`() async throws {
        let digests = ["1", "2"].map { String(repeating: $0, count: 64) }
        let store = MemoryStore(), path = "models/tumor/model.yaml"
        func text(_ digest: String, _ more: String = "") -> String {
            """
            apiVersion: martlet.dev/v1
            kind: Model
            metadata: {name: tumor}
            spec:
              task: binary-classification
              artifact: {uri: "https://example.com/m", sha256: "\(digest)"}
            \(more)
            """
        }
        let first = try store.commit("v1", [path: text(digests[0])], at: "2024-01-01T00:00:00Z")
        let typo = try store.commit(
            "owners", [path: text(digests[0], "  owners: [x]")], on: [first], at: "2026-11-20T00:00:00Z")
        let next = try store.commit("v2", [path: text(digests[1])], on: [typo], at: "2026-11-21T00:00:00Z")
        for (revision, digest, verdict) in [(typo, digests[0], Verdict.fail), (next, digests[1], .pass)] {
            var specimen = try specimen(params: "seed: 1\n").setting(
                "artifact", to: ["uri": "https://example.com/m", "sha256": .string(digest)])
            (specimen.store, specimen.revision) = (store, revision)
            #expect(try await specimen.run(Staleness.self, ["maxAge": "45d"]).verdict == verdict)
        }
    }

    @Test(arguments: ["trained_at: yesterday\n", "trained_at: 2099-01-01T00:00:00Z\n"])
    func `a date that cannot be right is inconclusive`(params: String) async throws {
        #expect(try await specimen(params: params).run(Staleness.self).verdict == .inconclusive)
    }

    // MARK: What earlier models show

    /// Three models a month apart, of which the newest is the subject: `make_staleness.py` says what the older ones lose.
    private func aged(now: String = "2026-04-01T00:00:00Z") throws -> Specimen {
        let store = MemoryStore()
        var tip: ObjectID?, names: [ObjectID: String] = [:]
        for (index, name) in ["v4", "v1", "v2"].enumerated() {
            let id = try store.commit(
                name, ["models/tumor/model.onnx": name], on: [tip].compactMap(\.self),
                at: "2026-0\(index + 1)-01T00:00:00Z")
            (tip, names[id]) = (id, name)
        }
        var specimen = try Specimen.version("v2")
        (specimen.store, specimen.revision, specimen.tip) = (store, tip, tip!)
        specimen.now = Timestamp(now)!
        specimen.fileOf = { [names] version, path in
            guard let name = names[version.revision], path != "params.yaml" else { return nil }
            return try? Fixture.bytes("tumor/versions/\(name)/\(path)")
        }
        return specimen
    }

    /// By `make_staleness.py`: 1 % of the area under the curve is lost after 60.33 days.
    @Test func `the age at which earlier models had lost too much is a limit, too`() async throws {
        let limit = 0.01 / 0.00016576817361220515
        let young = try await aged(now: "2026-04-29T00:00:00Z").run(Staleness.self, ["cadence": "60d"])
        #expect(young.verdict == .pass, "\(young.words)")
        #expect(young.summary.hasSuffix("(59d); cadence 60d; 1 % auc is lost after 60.3252 days"), "\(young.words)")
        #expect(abs((young.measurements["limit_days"]?.double ?? 0) - limit) < 1e-9 * limit)
        let old = try await aged(now: "2026-05-01T00:00:00Z").run(Staleness.self, ["cadence": "61d"])
        #expect(old.verdict == .fail, "\(old.words)")
        #expect(
            old.summary
                == "tumor v2, whose artifact was committed at 2026-03-01T00:00:00Z (61d), more than 60.3252 days; "
                + "cadence 61d; 1 % auc is lost after 60.3252 days", "\(old.summary)")
        // Without a cadence it is the only limit; with a shorter one that counts.
        #expect(try await aged(now: "2026-05-01T00:00:00Z").run(Staleness.self).verdict == .fail)
        let often = try await aged(now: "2026-04-29T00:00:00Z").run(Staleness.self, ["cadence": "30d"])
        #expect(often.verdict == .fail && often.summary.contains("(59d), more than 45 days; "), "\(often.words)")
        #expect(
            try await aged(now: "2026-05-01T00:00:00Z").run(Staleness.self, ["cadence": "61d", "maxLoss": 0.02]).verdict
                == .pass)
    }

    @Test func `a greatest age by hand counts alone`() async throws {
        let outcome = try await aged(now: "2026-05-01T00:00:00Z").run(Staleness.self, ["maxAge": "90d"])
        #expect(outcome.verdict == .pass && outcome.measurements["loss"] == .null, "\(outcome.words)")
    }

    @Test func `where no loss was measured the cadence counts alone, and why is written down`() async throws {
        let outcome = try await aged(now: "2026-05-01T00:00:00Z").run(Staleness.self, ["cadence": "61d", "minAges": 4])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(
            outcome.measurements["loss"]?["unknown"]?.string
                == "2 earlier models could be measured on this one's data, 3 are needed")
        let none = try aged(now: "2026-05-01T00:00:00Z").setting("evaluation", to: .null)
        let without = try await none.run(Staleness.self, ["cadence": "61d"])
        #expect(without.verdict == .pass && without.measurements["loss"] == .null, "\(without.words)")
    }

    // MARK: What came after it

    /// Production and staging run v1; two newer models are on the branch.
    private func overtaken() throws -> (specimen: Specimen, later: [ObjectID]) {
        let store = MemoryStore(), file = "models/tumor/model.onnx"
        let own = try store.commit("v1", [file: "1"], at: "2026-08-02T00:00:00Z")
        let second = try store.commit("v2", [file: "2"], on: [own], at: "2026-10-01T00:00:00Z")
        let third = try store.commit("v3", [file: "3"], on: [second], at: "2026-11-01T00:00:00Z")
        var specimen = try specimen(params: "data_until: 2026-08-02\n")
        (specimen.store, specimen.revision, specimen.tip) = (store, own, third)
        (specimen.environment, specimen.comesFrom) = ("production", ["staging"])
        func status(_ revision: ObjectID) -> DeploymentStatus {
            DeploymentStatus(pin: Pin(revision: revision), state: .verified, since: specimen.now)
        }
        specimen.statuses = ["production": status(own), "staging": status(second)]
        specimen.fileOf = { version, path in
            version.revision == own && path == "params.yaml" ? Array("data_until: 2026-08-02\n".utf8) : nil
        }
        return (specimen, [third, second])
    }

    @Test func `the environment that serves it and the age at each stage are told`() async throws {
        let outcome = try await overtaken().specimen.run(Staleness.self, ["cadence": "30d"])
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(
            outcome.summary == "production serves tumor v1, trained on data up to 2026-08-02T00:00:00Z (111d12h), more "
                + "than 45 days; cadence 30d; younger ones: models/ 20d12h, staging 51d12h", "\(outcome.summary)")
        let stages = try #require(outcome.measurements["stages"]?.array)
        #expect(stages.map { $0["stage"]?.string } == ["models/", "staging", "production"])
        #expect(stages.map { $0["age_days"]?.double } == [20.5, 51.5, 111.5])
        #expect(outcome.measurements["retrains"]?["later"]?.int == 2)
    }

    @Test func `retrains that failed are counted, with what they failed`() async throws {
        var (specimen, later) = try overtaken()
        let found = { @Sendable (check: String, verdict: Verdict, version: ModelVersion) in
            Evidence(
                check: check, key: Digest(String(repeating: "a", count: 64))!, model: "tumor",
                revision: version.revision, tree: version.tree, outcome: Outcome(verdict, "x"),
                time: Timestamp(seconds: 0), inputs: [:])
        }
        specimen.evidence = { [later] version in
            version.revision == later[0]
                ? [found("infra.canary", .fail, version), found("data.schema", .pass, version)] : []
        }
        let one = try await specimen.run(Staleness.self, ["maxAge": "200d"])
        #expect(
            one.verdict == .warn && one.summary.contains("; 1 of the last 2 retrains failed: infra.canary; "),
            "\(one.words)")
        specimen.statuses["staging"]?.rejected = [
            .init(revision: later[1], tree: nil, by: later[1], at: specimen.now, cause: "ill")
        ]
        let both = try await specimen.run(Staleness.self, ["cadence": "30d"])
        #expect(both.verdict == .fail)
        #expect(
            both.summary.contains("; the last 2 retrains failed: infra.canary, held in staging; "), "\(both.words)")
    }

    @Test func `a retrain that is due and has not come is a warning`() async throws {
        let specimen = try overtaken().specimen
        let late = try await specimen.run(Staleness.self, ["cadence": "20d"])
        let words = "the next retrain is late: the last came 2026-11-01T00:00:00Z (20d12h)"
        #expect(late.words.contains(words), "\(late.words)")
        let punctual = try await specimen.run(Staleness.self, ["cadence": "21d"])
        #expect(!punctual.words.contains("is late"), "\(punctual.words)")
        var own = specimen
        own.tip = try #require(specimen.revision)
        let alone = try await own.run(Staleness.self, ["cadence": "80d"])
        #expect(alone.verdict == .warn && alone.summary.contains("the last came 2026-08-02"), "\(alone.words)")
    }

    @Test func `a model that lies in another file since is one retrain, whatever else changes`() async throws {
        var (specimen, later) = try overtaken()
        let store = try #require(specimen.store as? MemoryStore), folder = "models/tumor"
        let text = """
            apiVersion: martlet.dev/v1
            kind: Model
            metadata: {name: tumor}
            spec: {task: binary-classification, artifact: {path: new.onnx}}
            """
        let moved = try store.commit(
            "v4", ["\(folder)/model.onnx": nil, "\(folder)/new.onnx": "4", "\(folder)/model.yaml": text],
            on: [later[0]],
            at: "2026-11-10T00:00:00Z")
        specimen.tip = try store.commit("typo", ["\(folder)/README.md": "a"], on: [moved], at: "2026-11-11T00:00:00Z")
        let outcome = try await specimen.run(Staleness.self, ["maxAge": "200d"])
        #expect(outcome.measurements["retrains"]?["later"]?.int == 3, "\(outcome.words)")
        #expect(outcome.measurements["retrains"]?["newest_at"]?.string == "2026-11-10T00:00:00Z")
    }

    @Test func `of a version that is only proposed nothing came later`() async throws {
        var (specimen, later) = try overtaken()
        let store = try #require(specimen.store as? MemoryStore)
        specimen.revision = try store.commit(
            "mine", ["models/tumor/model.onnx": "4"], on: [later[1]], at: "2026-11-20T00:00:00Z")
        let outcome = try await specimen.run(Staleness.self, ["maxAge": "200d"])
        #expect(outcome.measurements["retrains"]?["later"]?.int == 0, "\(outcome.words)")
    }
}
