import ControlLoop
import Domain
import TestSupport
import Testing

/// Models that enter together share a request.
struct ReleaseSetRequestTests {
    @Test func `a release set is proposed in one request`() async throws {
        let production = Stage.requested.with("releaseSets: [{name: pair, models: [a, b]}]")
        try await withStage([.dev, production], models: ["a", "b"]) { stage in
            let one = try stage.push("a", score: 0.8)
            try await stage.settle()
            #expect(stage.head("production", "a") == nil)
            let half = try stage.proposePin(one, of: "a")
            try await stage.settle()
            #expect(stage.head("production", "a") == half)
            #expect(try stage.request("production", "a").blockers.map(\.kind) == [.releaseSet])
            try git("update-ref", "-d", "refs/heads/promote/production/a", in: stage.repository.origin)
            let other = try stage.push("b", score: 0.8)
            try await stage.settle()
            #expect(try stage.pin("production", "a") == one)
            #expect(try stage.pin("production", "b") == other)
            #expect(try Trailer.model.values(in: stage.message()).count == 2)
        }
    }

    @Test func `a person proposes a release set as a whole, by whichever of its models`() async throws {
        let production = EnvironmentText(name: "production", from: ["dev"]).with(
            "promotion: {mode: manual}\nreleaseSets: [{name: pair, models: [a, b]}]")
        try await withStage([.dev, production], models: ["a", "b"]) { stage in
            func propose(_ model: String) async throws -> Controller.HandProposal {
                let person = Person(name: "Grace", email: "grace@example.com", time: stage.clock.now)
                return try await stage.another().proposeByHand(
                    Unit(environment: "production", model: model), by: person)
            }
            let one = try stage.push("a", score: 0.8)
            try await stage.settle()
            guard case .blocked(let blockers) = try await propose("a") else {
                Issue.record("a part of the set was proposed")
                return
            }
            #expect(blockers.map(\.kind) == [.releaseSet])
            let other = try stage.push("b", score: 0.8)
            try await stage.settle()
            guard case .proposed(let status) = try await propose("b") else {
                Issue.record("the set was not proposed")
                return
            }
            #expect(status.unit.model == "a" && status.moves.map(\.model) == ["a", "b"])
            guard case .isOpen = try await propose("a") else {
                Issue.record("it was proposed twice")
                return
            }
            try await stage.settle()
            #expect(try stage.pin("production", "a") == one && stage.pin("production", "b") == other)
        }
    }

    @Test func `why names the request that carries a member of a release set, and what it waits for once`() async throws
    {
        let production = Stage.requested.with("releaseSets: [{name: pair, models: [a, b]}]")
        try await withStage([.dev, production], models: ["a", "b"], gate: "  soakFor: 1h") { stage in
            try stage.push("a", score: 0.8)
            try stage.push("b", score: 0.8)
            try await stage.settle()
            let blocker = try #require(try await stage.why("production", "b").blockers.last)
            #expect(blocker.kind == .mode)
            #expect(blocker.reason == "promote/production/a is open: waits for soak dev")
            #expect(blocker.unblockedBy == "martlet request show production/a says what it waits for")
            #expect(blocker.since != nil)
        }
    }
}
