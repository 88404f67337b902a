import ControlLoop
import Domain
import TestSupport
import Testing

/// Clocks are set back: by people, and by machines that wake up with a wrong one.
struct ClockTests {
    @Test func `after the clock was set back targets and probes are looked at as before`() async throws {
        try await withStage([.dev]) { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            stage.clock.advance(.seconds(-7200))
            try await stage.settle()
            #expect(stage.told.contains { $0.contains("the clock was set back by 2h") })
            try stage.remove("targets/dev/tumor.running")
            try await stage.wait(.seconds(31), step: .seconds(31))
            #expect(stage.running("dev") == second)
            try stage.answer("dev", "\(second) fail ill\n")
            try await stage.wait(.seconds(31), step: .seconds(31))
            #expect(try stage.pin("dev") == first)
        }
    }

    @Test func `after the clock was set back a version is verified in its time`() async throws {
        try await withStage([.dev.verifying("for: 1m, interval: 10s")]) { stage in
            try stage.push(score: 0.8)
            try await stage.wait(.seconds(10), step: .seconds(10))
            #expect(await stage.state("dev") == .verifying)
            stage.clock.advance(.seconds(-7200))
            try await stage.wait(.seconds(70), step: .seconds(10))
            #expect(await stage.state("dev") == .verified)
        }
    }

    @Test func `after the clock was set back a target that failed is tried again`() async throws {
        try await withStage([.dev]) { stage in
            try stage.write("disk full", to: "targets/dev/refuses")
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            stage.clock.advance(.seconds(-7200))
            try stage.remove("targets/dev/refuses")
            try await stage.settle()
            #expect(stage.running("dev") == version)
        }
    }

    @Test func `a clock that is corrected by a little changes nothing`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            stage.clock.advance(.seconds(-2))
            try await stage.settle()
            #expect(!stage.told.contains { $0.contains("set back") })
        }
    }
}
