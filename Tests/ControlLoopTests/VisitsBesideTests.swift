import Domain
import TestSupport
import Testing

@testable import ControlLoop

/// Targets and probes that are visited beside each other, and in a loop beside the passes.
struct VisitsBesideTests {
    @Test func `a target that hangs holds up neither other models nor their rollback`() async throws {
        try await withStage([.dev], models: ["a", "b"]) { stage in
            let good = try stage.push("b", score: 0.8)
            try await stage.settle()
            try stage.write("", to: "targets/dev/a.hangs")
            let hanging = try stage.push("a", score: 0.9)
            let ill = try stage.push("b", score: 0.9)
            await stage.controller.workBeside {}
            try await stage.goOn { stage.running("dev", "b") == ill }
            #expect(stage.running("dev", "a") == nil)
            #expect(await stage.state("dev", "a") == .pending)
            try stage.answer("dev", "\(ill) fail ill\n")
            try await stage.goOn {
                stage.clock.advance(.seconds(10))
                return stage.running("dev", "b") == good
            }
            #expect(try stage.pin("dev", "b") == good)
            #expect(stage.running("dev", "a") == nil)
            try stage.remove("targets/dev/a.hangs")
            try await stage.goOn { stage.running("dev", "a") == hanging }
            try await stage.goOn { await stage.state("dev", "a") == .verified }
            #expect(stage.lines("targets/dev/applied.log").filter { $0.hasPrefix("a ") }.count == 1)
            await stage.controller.stopBeside()
        }
    }

    @Test func `what came too late says nothing of the version that took its place`() async throws {
        try await withStage([.dev.verifying("for: 10m, interval: 10s, failureThreshold: 1")]) { stage in
            try stage.write("", to: "targets/dev/tumor.hangs")
            let first = try stage.push(score: 0.8)
            await stage.controller.workBeside {}
            try await stage.goOn { stage.lines("targets/dev/applied.log").count == 1 }
            let second = try stage.push(score: 0.9)
            try await stage.goOn { try stage.pin("dev") == second }
            #expect(await stage.state("dev") == .pending)
            try stage.remove("targets/dev/tumor.hangs")
            try await stage.goOn { stage.running("dev") == second }
            try await stage.goOn { await stage.state("dev") == .verifying }
            #expect(
                stage.lines("targets/dev/applied.log") == [first, second].map { "tumor \($0)" })
            #expect(await stage.status("dev")?.verified.isEmpty == true)
            await stage.controller.stopBeside()
        }
    }

    @Test func `a loop that is stopped lets what it brings just now come to its end`() async throws {
        try await withStage([.dev]) { stage in
            try stage.write("", to: "targets/dev/tumor.hangs")
            let version = try stage.push(score: 0.8)
            await stage.controller.workBeside {}
            try await stage.goOn { stage.lines("targets/dev/applied.log").count == 1 }
            let stopping = Task { [controller = stage.controller] in await controller.stopBeside() }
            try await Task.sleep(for: .milliseconds(200))
            try stage.remove("targets/dev/tumor.hangs")
            await stopping.value
            #expect(stage.running("dev") == version)
        }
    }

    @Test func `without a loop a pass waits for all, and they do not wait for each other`() async throws {
        let models = (0..<12).map { "model-\($0)" }
        try await withStage([.dev], models: models) { stage in
            for model in models {
                try stage.push(model, score: 0.8)
                try stage.write("", to: "targets/dev/\(model).hangs")
            }
            let settling = Task { [controller = stage.controller] in try await controller.settle() }
            let deadline = ContinuousClock.now + .seconds(20)
            while stage.lines("targets/dev/applied.log").count < models.count, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(stage.lines("targets/dev/applied.log").count == models.count)
            for model in models { try stage.remove("targets/dev/\(model).hangs") }
            #expect(try await settling.value)
            for model in models { #expect(await stage.state("dev", model) == .verified) }
        }
    }
}
