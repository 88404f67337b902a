import ControlLoop
import Domain
import TestSupport
import Testing

struct OrderTests {
    @Test func `latest skips what was overtaken`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.6)
            try stage.push(score: 0.7)
            let newest = try stage.push(score: 0.8)
            try await stage.settle()
            #expect(try stage.pin("dev") == newest)
            #expect(try stage.log().filter { $0.hasPrefix("Promote") }.count == 1)
        }
    }

    @Test func `every takes one after another`() async throws {
        try await withStage([.dev.with("promotion: {order: every}")]) { stage in
            let first = try stage.push(score: 0.6)
            try await stage.settle()
            let second = try stage.push(score: 0.7)
            let third = try stage.push(score: 0.8)
            let fourth = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") == fourth)
            #expect(
                try stage.log().filter { $0.hasPrefix("Promote") }
                    == [fourth, third, second, first].map { "Promote tumor \($0.short) to dev" })
        }
    }

    @Test func `every passes over a held version and goes on with the next`() async throws {
        try await withStage([.dev.with("promotion: {order: every}")]) { stage in
            let first = try stage.push(score: 0.6)
            try await stage.settle()
            let second = try stage.push(score: 0.1)
            let third = try stage.push(score: 0.8)
            let fourth = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") == first)
            _ = try await stage.controller.hold(
                Unit(environment: "dev", model: "tumor"), revision: second, reason: "known to be bad", lift: false)
            try await stage.settle()
            #expect(try stage.pin("dev") == fourth)
            #expect(try stage.log().contains("Promote tumor \(third.short) to dev"))
        }
    }

    @Test func `every stops at what fails, though it was replaced upstream in the second in which it was verified`()
        async throws
    {
        var dev = EnvironmentText.dev
        dev.gate = false
        try await withStage([dev, .staging.with("promotion: {order: every}")]) { stage in
            let first = try stage.push(score: 0.6)
            try await stage.settle()
            stage.clock.advance(.milliseconds(1500))
            let second = try stage.push(score: 0.1)
            try await stage.settle()
            let third = try stage.push(score: 0.8)
            try await stage.settle()
            #expect(try stage.pin("dev") == third)
            #expect(try stage.pin("staging") == first)
            let plan = try await stage.why("staging")
            #expect(plan.passedOver.isEmpty)
            #expect(plan.candidate?.revision == second && plan.blockers.map(\.kind) == [.check])
        }
    }

    @Test func `what was replaced upstream before it had soaked is passed over, and that is said`() async throws {
        let rooms = [EnvironmentText.dev, .staging.with("promotion: {order: every}")]
        try await withStage(rooms, gate: "  soakFor: 1h") { stage in
            let first = try stage.push(score: 0.6)
            try await stage.settle()
            let second = try stage.push(score: 0.7)
            try await stage.settle()
            try await stage.wait(.seconds(10))
            let third = try stage.push(score: 0.8)
            try await stage.settle()
            #expect(stage.running("dev") == third)
            let passedOver = try await stage.why("staging").passedOver
            #expect(passedOver.map(\.version.revision) == [first, second])
            #expect(
                passedOver.last?.reason == "it ran well in dev for 10s and was replaced there; the gate asks for 1h")
            try await stage.wait(.seconds(3601), step: .seconds(300))
            #expect(try stage.pin("staging") == third)
            #expect(try stage.log().filter { $0.hasSuffix("to staging") }.count == 1)
            #expect(stage.told.count { $0.contains("staging passes over tumor \(second.short)") } == 1, "\(stage.told)")
        }
    }

    @Test func `what soaked before it was replaced upstream enters in turn`() async throws {
        let rooms = [EnvironmentText.dev, .staging.with("promotion: {order: every, mode: manual}")]
        try await withStage(rooms, gate: "  soakFor: 1h") { stage in
            let first = try stage.push(score: 0.6)
            try await stage.settle()
            try await stage.wait(.seconds(3700), step: .seconds(300))
            let second = try stage.push(score: 0.7)
            try await stage.settle()
            let unit = Unit(environment: "staging", model: "tumor")
            guard case .promoted(let version, _) = try await stage.controller.promoteByHand(unit) else {
                Issue.record("not promoted")
                return
            }
            #expect(version.revision == first)
            try await stage.settle()
            #expect(try await stage.why("staging").blockers.map(\.kind) == [.soak])
            #expect(try await stage.why("staging").candidate?.revision == second)
        }
    }

    @Test func `every says that only a hold passes over what fails`() async throws {
        try await withStage([.dev.with("promotion: {order: every}")]) { stage in
            try stage.push(score: 0.6)
            try await stage.settle()
            try stage.push(score: 0.1)
            try stage.push(score: 0.8)
            try await stage.settle()
            let blocker = try #require(try await stage.why("dev").blockers.first)
            #expect(blocker.unblockedBy.hasPrefix("martlet hold tumor dev passes over"))
        }
    }

    @Test func `batch moves all ready models in one commit`() async throws {
        try await withStage([.dev.with("promotion: {order: batch}")], models: ["a", "b", "c"]) { stage in
            let one = try stage.push("a", score: 0.9)
            let other = try stage.push("b", score: 0.8)
            try stage.push("c", score: 0.2)
            try await stage.settle()
            #expect(try stage.pin("dev", "a") == one)
            #expect(try stage.pin("dev", "b") == other)
            #expect(try stage.pin("dev", "c") == nil)
            #expect(try stage.log()[0] == "Promote 2 models to dev")
            #expect(Trailer.model.values(in: try stage.message()) == ["a@\(one)", "b@\(other)"])
        }
    }

    @Test func `what goes back with a batch is told which model failed`() async throws {
        try await withStage([.dev.with("promotion: {order: batch}")], models: ["a", "b"]) { stage in
            for model in ["a", "b"] { try stage.push(model, score: 0.8) }
            try await stage.settle()
            try stage.pull()
            var files: [String: String] = [:]
            for model in ["a", "b"] {
                files["models/\(model)/score.txt"] = "0.9\n"
                files["models/\(model)/model.bin"] = "weights of 0.9\n"
            }
            let second = try stage.commit(files, message: "both")
            try stage.answer("dev", "b fail ill\n")
            try await stage.settle()
            let cause = await stage.status("dev", "a")?.rejected.first?.cause
            #expect(cause == "b \(second.short) failed in dev: ill")
        }
    }
}
