import ControlLoop
import Domain
import TestSupport
import Testing

/// What one that goes around once makes of a look that fails.
struct SuspicionTests {
    private let unit = Unit(environment: "dev", model: "tumor")
    private let patient = EnvironmentText.dev.verifying("for: 0s, interval: 1s, failureThreshold: 3")

    @Test func `it looks on until what it found ill has failed, and goes back`() async throws {
        try await withStage([patient]) { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.answer("dev", "\(second) fail ill\n")
            stage.restart()
            try await stage.settle()
            #expect(await stage.state("dev") == .verified)
            try await stage.controller.lookOn(for: .seconds(300)) { [clock = stage.clock] in clock.advance($0) }
            #expect(try stage.pin("dev") == first)
            #expect(await stage.controller.suspicions.isEmpty)
        }
    }

    @Test func `what is well again is no more looked at than else`() async throws {
        try await withStage([patient]) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            try stage.answer("dev", "* fail hiccup\n")
            stage.restart()
            try await stage.settle()
            #expect(await stage.controller.suspicions[unit]?.message == "hiccup")
            try stage.answer("dev", "* pass\n")
            let start = stage.clock.now
            try await stage.controller.lookOn(for: .seconds(300)) { [clock = stage.clock] in clock.advance($0) }
            #expect(await stage.controller.suspicions.isEmpty)
            #expect(stage.clock.now - start < .seconds(31))
        }
    }

    @Test func `where the next look is far, it says that the last one failed`() async throws {
        try await withStage([.dev]) { stage in
            try stage.set(MonitorTests().room("rollback", in: stage, "interval: 9m, failureThreshold: 3"))
            try stage.push(score: 0.8)
            try await stage.settle()
            try stage.answer("watch", "* fail slow\n")
            stage.restart()
            try await stage.settle()
            try await stage.controller.lookOn(for: .seconds(300)) { [clock = stage.clock] in clock.advance($0) }
            #expect(await stage.controller.suspicions[unit]?.message == "monitor errors: slow")
            let plan = try #require(try await stage.controller.currentPlans.first { $0.unit == unit })
            #expect(plan.tending?.kind == .verify)
            #expect(plan.tending?.reason.hasSuffix("; the last look found it ill: monitor errors: slow") == true)
        }
    }
}
