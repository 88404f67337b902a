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
        let two = try store.commit(
            "promote v2\n\nMartlet-Action: promote\n", [path: deployment(second)], on: [one], at: "2026-11-20T10:00:00Z"
        )
        let tip = try store.commit("something else", ["README.md": "hello"], on: [two], at: "2026-11-20T11:00:00Z")
        return (store, first, second, tip)
    }

    /// What is known of a deployment that a commit moved to this version.
    private func status(
        _ revision: ObjectID, by commit: ObjectID, ready: String = "2026-11-20T10:02:00Z", isRollback: Bool = false
    ) throws -> DeploymentStatus {
        let time = try #require(Timestamp(ready))
        return DeploymentStatus(
            state: .verified, since: time,
            verified: [
                .init(
                    pin: Pin(revision: revision, version: "v2"), commit: commit, at: time + .seconds(3600), ready: time,
                    isRollback: isRollback)
            ])
    }

    /// The same specimen with one more commit at the tip, which brought what runs.
    private func after(
        _ message: String, at time: String = "2026-11-20T12:00:00Z", ready: String,
        in environment: String = "production",
        isRollback: Bool = false
    ) throws -> Specimen {
        var specimen = try candidate()
        let store = try #require(specimen.store as? MemoryStore)
        let moved = try store.commit(message, ["MOVED": message], on: [specimen.tip], at: time)
        specimen.tip = moved
        specimen.comesFrom = ["staging"]
        specimen.statuses[environment] = try status(
            try history().second, by: moved, ready: ready, isRollback: isRollback)
        return specimen
    }

    /// v3 that wants to enter; `deployed` may be another v2 than the plain one.
    func candidate(failing: ArtifactFailure? = nil, replacing deployed: Specimen? = nil) throws -> Specimen {
        let (store, _, second, tip) = try history()
        var deployed = try deployed ?? Specimen.version("v2")
        deployed.store = store
        deployed.revision = second
        deployed.artifactFailure = failing
        var specimen = try Specimen.version("v3")
        specimen.store = store
        specimen.tip = tip
        specimen.environment = "production"
        specimen.deployed = try deployed.subject()
        let promotion = try store.commitBefore(tip)
        specimen.statuses["production"] = try status(second, by: promotion)
        return specimen
    }

    @Test func `what ran before is what the branch named, also where somebody merged the branch into a clone`()
        async throws
    {
        var specimen = try candidate()
        let (_, first, second, tip) = try history()
        let store = try #require(specimen.store as? MemoryStore)
        let work = try store.commit("work in an older clone", ["notes": "a"], on: [second])
        specimen.tip = try store.commit(
            "pull", [path: deployment(second), "README.md": "hello"], on: [work, tip], at: "2026-11-20T11:30:00Z")
        #expect(try await specimen.run(Rollback.self).measurements["before_that"]?.string == nil)
        specimen.branchBefore = { $0.parents.last }
        let outcome = try await specimen.run(Rollback.self)
        #expect(outcome.measurements["before_that"]?.string == first.description, "\(outcome.words)")
    }

    @Test func `a promotion whose revert restores the tree passes`() async throws {
        let outcome = try await candidate().run(Rollback.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["before_that"]?.string == (try history().first.description))
        #expect(outcome.measurements["time"]?["seconds"]?.double == 120)
        #expect(outcome.summary.contains("the promotion") && outcome.summary.hasSuffix("took 2m"))
    }

    // MARK: Time

    @Test func `where nothing ended well yet, how long it takes is not known, which is a warning`() async throws {
        var specimen = try candidate()
        specimen.statuses = [:]
        let outcome = try await specimen.run(Rollback.self)
        #expect(outcome.verdict == .warn && outcome.summary.contains("is not known"), "\(outcome.words)")
    }

    @Test func `a real rollback that took too long fails, and both times are named`() async throws {
        let specimen = try after("Revert", ready: "2026-11-20T12:25:30Z", isRollback: true)
        let outcome = try await specimen.run(Rollback.self)
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(
            outcome.summary.hasPrefix("the rollback \(specimen.tip.short) of production to v2 took 25m30s, allowed 10m")
        )
        #expect(outcome.summary.hasSuffix("committed at 2026-11-20T12:00:00Z, well since 2026-11-20T12:25:30Z"))
        let patient = try await specimen.run(Rollback.self, ["maxTime": "25m30s"])
        #expect(patient.verdict == .pass, "\(patient.words)")
    }

    @Test func `a rollback in the environment before counts, and before any promotion`() async throws {
        var specimen = try after("Revert", ready: "2026-11-20T12:25:30Z", in: "staging", isRollback: true)
        #expect(try await specimen.run(Rollback.self).verdict == .fail)
        specimen.comesFrom = []
        #expect(try await specimen.run(Rollback.self).verdict == .pass)
    }

    @Test func `what a person named before anybody deployed it is no measure`() async throws {
        let outcome = try await after("Start with v2", ready: "2026-11-20T14:00:00Z").run(Rollback.self)
        #expect(outcome.verdict == .warn && outcome.summary.contains("is not known"), "\(outcome.words)")
    }

    @Test func `a promotion that a forge merged counts`() async throws {
        var specimen = try candidate()
        let store = try #require(specimen.store as? MemoryStore)
        let tip = specimen.tip
        let request = try store.commit("Promote\n\nMartlet-Action: promote\n", ["MOVED": "x"], on: [tip])
        let merge = try store.commit(
            "Merge pull request #7", ["MOVED": "x"], on: [tip, request], at: "2026-11-20T12:00:00Z")
        specimen.tip = merge
        specimen.statuses["production"] = try status(try history().second, by: merge, ready: "2026-11-20T12:11:00Z")
        let outcome = try await specimen.run(Rollback.self)
        #expect(outcome.verdict == .fail && outcome.summary.contains("took 11m, allowed 10m"), "\(outcome.words)")
    }

    @Test func `what was well before its commit was written says nothing`() async throws {
        let outcome = try await after("Revert", ready: "2026-11-20T11:59:59Z", isRollback: true).run(Rollback.self)
        #expect(outcome.verdict == .warn && outcome.summary.contains("is not known"), "\(outcome.words)")
    }

    @Test func `a measure that is too old is a warning that asks for a drill`() async throws {
        var specimen = try candidate()
        specimen.now = try #require(Timestamp("2026-12-30T10:02:00Z"))
        let outcome = try await specimen.run(Rollback.self)
        #expect(outcome.verdict == .warn && outcome.summary.contains("40 days ago, allowed 30d"), "\(outcome.words)")
        #expect(try await specimen.run(Rollback.self, ["maxAge": "40d"]).verdict == .pass)
    }

    @Test func `of three promotions the middle one counts, of two the quicker`() throws {
        func move(_ minutes: Int64, rollback: Bool = false) -> Move {
            let start = Timestamp(seconds: 0)
            return Move(
                environment: "production", pin: Pin(revision: .zero), commit: .zero, isRollback: rollback,
                committed: start,
                ready: start + .seconds(60 * minutes))
        }
        func measured(_ moves: Move...) -> String? { Move.measure(moves, since: Timestamp(seconds: 0))?.text }
        #expect(measured(move(90), move(2), move(3), move(1)) == "3m")
        #expect(measured(move(90), move(2)) == "2m")
        #expect(measured(move(2), move(90, rollback: true)) == "1h30m")
        #expect(measured() == nil)
    }

    // MARK: Inputs

    @Test func `a column that the version to go back to needs may not leave the schema`() async throws {
        var specimen = try candidate()
        let columns = try #require(specimen.schema?["columns"]?.array)
        let left = columns.filter { !["mean_radius", "mean_texture"].contains($0["name"]?.string) }
        specimen.schema = ["columns": .array(left)]
        let outcome = try await specimen.run(Rollback.self)
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(
            outcome.summary.contains("tumor v2, which a rollback leads to, needs \"mean_radius\", \"mean_texture\""))
        specimen.schema = [
            "columns": .array(
                left
                    + ["mean_radius", "mean_texture"].map { ["name": .string($0), "type": "float", "required": false] })
        ]
        #expect(try await specimen.run(Rollback.self).verdict == .pass)
    }

    @Test func `a column that is another type now is a warning, and whole numbers are numbers`() async throws {
        func outcome(_ type: JSON) async throws -> Outcome {
            var specimen = try candidate()
            let columns = try #require(specimen.schema?["columns"]?.array).map { column in
                column["name"]?.string == "mean_radius" ? ["name": "mean_radius", "type": type] : column
            }
            specimen.schema = ["columns": .array(columns)]
            return try await specimen.run(Rollback.self)
        }
        let text = try await outcome("string")
        #expect(text.verdict == .warn && text.summary.hasSuffix("\"mean_radius\" (float → string)"), "\(text.words)")
        #expect(try await outcome("int").verdict == .pass)
    }

    @Test func `without a schema nothing is claimed of inputs`() async throws {
        var specimen = try candidate()
        specimen.schema = nil
        let outcome = try await specimen.run(Rollback.self)
        #expect(outcome.verdict == .pass)
        #expect(outcome.findings.map(\.verdict) == [.skipped] && outcome.words.contains("tumor v3 has no spec.schema"))
    }

    // MARK: Versions to go back to

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
        running.statuses["production"] = try status(second, by: try store.commitBefore(tip))
        let outcome = try await running.run(Rollback.self)
        #expect(outcome.verdict == .pass && outcome.summary.contains("tumor v1 can be had"), "\(outcome.words)")
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

    @Test func `the artifact of the version before that must be there, too`() async throws {
        var before = try Specimen.version("v1")
        before.artifactFailure = ArtifactFailure(.missing, "the object is gone")
        var specimen = try candidate()
        specimen.earlier = [try before.subject()]
        let outcome = try await specimen.run(Rollback.self)
        #expect(outcome.verdict == .fail && outcome.summary.contains("artifact of tumor v1"), "\(outcome.words)")
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

extension MemoryStore {
    fileprivate func commitBefore(_ tip: ObjectID) throws -> ObjectID { try #require(parents(of: tip).first) }
}
