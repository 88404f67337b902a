import ControlLoop
import Domain
import TestSupport
import Testing

struct ReleaseSetTests {
    let room = EnvironmentText.dev.with("releaseSets: [{name: pair, models: [a, b]}]")

    @Test func `a release set enters together or not at all`() async throws {
        try await withStage([room], models: ["a", "b"]) { stage in
            let one = try stage.push("a", score: 0.9)
            try stage.push("b", score: 0.2)
            try await stage.settle()
            #expect(try stage.pin("dev", "a") == nil)
            let plan = try await stage.why("dev", "a")
            #expect(plan.state == .blocked)
            #expect(plan.blockers.map(\.kind) == [.releaseSet])
            #expect(plan.blockers.map(\.name) == ["pair"])
            let pushed = try git("log", "-1", "--format=%ct", one.description, in: stage.repository.origin)
            #expect(plan.blockers[0].since == Timestamp(seconds: try #require(Int64(pushed))))
            let other = try stage.push("b", score: 0.8)
            try await stage.settle()
            #expect(try stage.pin("dev", "a") == one)
            #expect(try stage.pin("dev", "b") == other)
            #expect(try stage.log()[0] == "Promote 2 models to dev")
        }
    }

    @Test func `a member whose partner is up to date enters alone`() async throws {
        try await withStage([room], models: ["a", "b"]) { stage in
            try stage.push("a", score: 0.9)
            try stage.push("b", score: 0.8)
            try await stage.settle()
            let next = try stage.push("a", score: 0.95)
            try await stage.settle()
            #expect(try stage.pin("dev", "a") == next)
        }
    }

    @Test func `a release set is promoted by hand as a whole`() async throws {
        try await withStage([room.with("promotion: {mode: manual}")], models: ["a", "b"]) { stage in
            let one = try stage.push("a", score: 0.9)
            try await stage.settle()
            let unit = Unit(environment: "dev", model: "a")
            guard case .blocked(let blockers) = try await stage.controller.promoteByHand(unit) else {
                Issue.record("not blocked")
                return
            }
            #expect(blockers.map(\.kind) == [.releaseSet])
            let other = try stage.push("b", score: 0.8)
            guard case .promoted(let version, let others) = try await stage.controller.promoteByHand(unit) else {
                Issue.record("not promoted")
                return
            }
            #expect(version.revision == one)
            #expect(others.map(\.name) == [VersionName(model: "b", revision: other)])
            #expect(try stage.pin("dev", "a") == one)
            #expect(try stage.pin("dev", "b") == other)
        }
    }

    @Test func `when one member fails, the set goes back together`() async throws {
        try await withStage([room], models: ["a", "b"]) { stage in
            let one = try stage.push("a", score: 0.7)
            let other = try stage.push("b", score: 0.7)
            try await stage.settle()
            try stage.commit([
                "models/a/score.txt": "0.9", "models/b/score.txt": "0.9",
            ])
            let both = try stage.tip()
            try stage.answer("dev", "b fail ill\n")
            try await stage.settle()
            #expect(try stage.pin("dev", "a") == one)
            #expect(try stage.pin("dev", "b") == other)
            #expect(await stage.status("dev", "a")?.rejected.map(\.revision) == [both])
        }
    }
}
