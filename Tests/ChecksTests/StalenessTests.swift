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
        #expect(outcome.verdict == .fail && outcome.summary.contains("20d4h old"), "\(outcome.words)")
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
        let first = try store.commit("v1", [path: "sha256: \(digests[0])"], at: "2024-01-01T00:00:00Z")
        let typo = try store.commit(
            "owners", [path: "sha256: \(digests[0])\nowners: [x]"], on: [first], at: "2026-11-20T00:00:00Z")
        let next = try store.commit("v2", [path: "sha256: \(digests[1])"], on: [typo], at: "2026-11-21T00:00:00Z")
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
}
