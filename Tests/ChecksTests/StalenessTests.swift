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

    @Test func `the commit's date stands in, and nothing at all is inconclusive`() async throws {
        var specimen = try specimen(params: "seed: 1\n")
        #expect(try await specimen.run(Staleness.self).verdict == .inconclusive)
        let store = MemoryStore()
        specimen.revision = try store.commit("v1", ["a": "1"], at: "2026-11-20T00:00:00Z")
        specimen.store = store
        #expect(try await specimen.run(Staleness.self).verdict == .pass)
    }

    @Test(arguments: ["trained_at: yesterday\n", "trained_at: 2099-01-01T00:00:00Z\n"])
    func `a date that cannot be right is inconclusive`(params: String) async throws {
        #expect(try await specimen(params: params).run(Staleness.self).verdict == .inconclusive)
    }
}
