import Domain
import Testing

@testable import Checks

@Suite struct RollbackTests {
    private let path = "environments/production/tumor.yaml"

    private func deployment(_ revision: ObjectID) -> String {
        "kind: Deployment   # kept\nspec:\n  model: tumor\n  revision: \"\(revision)\"\n"
    }

    /// v1 was promoted, then v2; v3 wants to enter.
    private func history() throws -> (store: MemoryStore, first: ObjectID, second: ObjectID, tip: ObjectID) {
        let store = MemoryStore()
        let first = try store.commit("v1", ["models/tumor/model.yaml": "v1"])
        let second = try store.commit("v2", ["models/tumor/model.yaml": "v2"], on: [first])
        let one = try store.commit("promote v1", [path: deployment(first)], on: [second])
        let two = try store.commit("promote v2", [path: deployment(second)], on: [one])
        let tip = try store.commit("something else", ["README.md": "hello"], on: [two])
        return (store, first, second, tip)
    }

    private func candidate(failing: ArtifactFailure? = nil) throws -> Specimen {
        let (store, _, second, tip) = try history()
        var deployed = try Specimen.version("v2")
        deployed.store = store
        deployed.revision = second
        deployed.artifactFailure = failing
        var specimen = try Specimen.version("v3")
        specimen.store = store
        specimen.tip = tip
        specimen.environment = "production"
        specimen.deployed = try deployed.subject()
        return specimen
    }

    @Test func `a promotion whose revert restores the tree passes`() async throws {
        let outcome = try await candidate().run(Rollback.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["before_that"]?.string == (try history().first.description))
    }

    @Test func `the version that runs already is rolled back to the one before it`() async throws {
        let (store, first, second, tip) = try history()
        var before = try Specimen.version("v1"), running = try Specimen.version("v2")
        before.store = store
        before.revision = first
        running.store = store
        running.revision = second
        running.tip = tip
        running.environment = "production"
        running.deployed = try before.subject()
        let outcome = try await running.run(Rollback.self)
        #expect(outcome.verdict == .pass && outcome.summary.hasSuffix("tumor v1 can be had"), "\(outcome.words)")
        #expect(outcome.measurements["back_to"]?.string == first.description)
    }

    @Test func `a rollback target whose artifact is gone fails`() async throws {
        let outcome = try await candidate(failing: ArtifactFailure(.missing, "the object is gone")).run(Rollback.self)
        #expect(outcome.verdict == .fail)
        #expect(outcome.summary.contains("tumor v2") && outcome.summary.contains("gone"))
        #expect(!outcome.mayChange)
        let later = try await candidate(failing: ArtifactFailure(.notYet, "not fetched")).run(Rollback.self)
        #expect(later.verdict == .fail && later.mayChange)
    }

    @Test func `a store that does not answer is an error, not a failure`() async throws {
        let outcome = try await candidate(failing: ArtifactFailure(.unreachable, "no route")).run(Rollback.self)
        #expect(outcome.verdict == .error)
    }

    @Test func `a deployment file that names another revision is inconclusive`() async throws {
        var specimen = try candidate()
        specimen.tip =
            try (specimen.store as? MemoryStore)?.commit("elsewhere", [path: "revision: x"], on: [specimen.tip])
            ?? .zero
        let outcome = try await specimen.run(Rollback.self)
        #expect(outcome.verdict == .inconclusive, "\(outcome.words)")
    }

    @Test func `the first version in an environment is let in with a warning`() async throws {
        var specimen = try candidate()
        specimen.deployed = nil
        let outcome = try await specimen.run(Rollback.self)
        #expect(outcome.verdict == .warn)
    }

    @Test func `without an environment there is nothing to try`() async throws {
        #expect(try await Specimen.version("v1").run(Rollback.self).verdict == .skipped)
    }
}
