import Domain
import TestSupport
import Testing

@testable import ControlLoop

/// Artifacts that take long to read, beside the passes of a loop.
struct ArtifactsBesideTests {
    @Test func `a large artifact holds up neither other models nor what runs`() async throws {
        try await withStage([.dev], models: ["a", "b"]) { stage in
            try stage.write("", to: "artifacts/a.large")
            let large = try stage.push("a", score: 0.9)
            await stage.controller.workBeside {}
            let start = ContinuousClock.now
            for _ in 0..<2 { _ = try await stage.controller.pass() }
            #expect(ContinuousClock.now - start < .seconds(10))
            let small = try stage.push("b", score: 0.8)
            try await stage.goOn { try stage.pin("dev", "b") == small && stage.running("dev", "b") == small }
            #expect(try stage.pin("dev", "a") == nil)
            #expect(await stage.controller.plans[Unit(environment: "dev", model: "a")]?.state == .evaluating)
            try stage.remove("artifacts/a.large")
            try await stage.goOn { try stage.pin("dev", "a") == large && stage.running("dev", "a") == large }
            await stage.controller.stopBeside()
        }
    }

    @Test func `an artifact that cannot be had is looked for once a minute, however often the loop goes around`()
        async throws
    {
        try await withStage([.dev]) { stage in
            let text = Stage.model("tumor").replacing("path: model.bin", with: "path: none.bin")
            try stage.push(score: 0.9)
            try stage.commit(["models/tumor/model.yaml": text])
            await stage.controller.workBeside {}
            func told() -> Int { stage.told.count { $0.contains("cannot promote into dev") } }
            try await stage.goOn { told() > 0 }
            for _ in 0..<10 { _ = try await stage.controller.pass() }
            #expect(told() == 1)
            stage.clock.advance(.seconds(61))
            try await stage.goOn { told() > 1 }
            for _ in 0..<10 { _ = try await stage.controller.pass() }
            #expect(told() == 2)
            await stage.controller.stopBeside()
        }
    }

    @Test func `one that does not come to its end is left, and tried again later`() async throws {
        try await withStage([.dev], models: ["a", "b", "c"]) { stage in
            stage.restart { $0.artifactLimit = .milliseconds(200) }
            // Two are read at a time.
            for name in ["a", "b"] { try stage.write("", to: "artifacts/\(name).large") }
            let versions = try ["a", "b", "c"].map { try stage.push($0, score: 0.9) }
            await stage.controller.workBeside {}
            try await stage.goOn { try stage.pin("dev", "c") == versions[2] }
            func told(_ name: String) -> Bool {
                stage.told.contains {
                    $0.contains("the artifact of \(name) ") && $0.contains("not been read after 200ms")
                }
            }
            try await stage.goOn { told("a") && told("b") }
            let plan = await stage.controller.plans[Unit(environment: "dev", model: "a")]
            #expect(plan?.blockers.contains { $0.kind == .artifact && $0.nextLook != nil } == true)
            for name in ["a", "b"] { try stage.remove("artifacts/\(name).large") }
            stage.clock.advance(.seconds(61))
            try await stage.goOn { try stage.pin("dev", "a") == versions[0] && stage.pin("dev", "b") == versions[1] }
            await stage.controller.stopBeside()
        }
    }

    @Test func `what moves together waits for the artifacts of all`() async throws {
        try await withStage([.dev.with("promotion: {order: batch}")], models: ["a", "b"]) { stage in
            try stage.write("", to: "artifacts/a.large")
            let one = try stage.push("a", score: 0.9)
            let other = try stage.push("b", score: 0.8)
            await stage.controller.workBeside {}
            for _ in 0..<3 { _ = try await stage.controller.pass() }
            #expect(try stage.pin("dev", "b") == nil)
            try stage.remove("artifacts/a.large")
            try await stage.goOn { try stage.pin("dev", "a") == one }
            #expect(try stage.pin("dev", "b") == other)
            #expect(try stage.log().filter { $0.hasPrefix("Promote") } == ["Promote 2 models to dev"])
            await stage.controller.stopBeside()
        }
    }

    @Test func `the end of the reading wakes the loop, which promotes the newest by then`() async throws {
        let rung = Counter()
        try await withStage([.dev]) { stage in
            try stage.write("", to: "artifacts/tumor.large")
            let first = try stage.push(score: 0.8)
            await stage.controller.workBeside { rung.increase() }
            _ = try await stage.controller.pass()
            let before = rung.value
            let newer = try stage.push(score: 0.9)
            try stage.remove("artifacts/tumor.large")
            let deadline = ContinuousClock.now + .seconds(20)
            while rung.value == before, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(10)) }
            #expect(rung.value > before)
            try await stage.goOn { try stage.pin("dev") == newer }
            #expect(try !stage.log().contains { $0.hasPrefix("Promote") && $0.contains(first.short) })
            await stage.controller.stopBeside()
        }
    }

    @Test func `a request whose artifact is still being read waits for that, and for nothing else`() async throws {
        var open = EnvironmentText.dev
        open.gate = false
        try await withStage([open, Stage.requested], gate: "  soakFor: 1h") { stage in
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.request().state == .open)
            stage.restart()
            try stage.write("", to: "artifacts/tumor.large")
            await stage.controller.workBeside {}
            stage.clock.advance(.seconds(7200))
            try await stage.goOn {
                try stage.request().blockers.contains { $0.reason == "its artifact is still being read" }
            }
            #expect(try stage.request().state == .open)
            try stage.remove("artifacts/tumor.large")
            try await stage.goOn { try stage.pin("production") == version }
            await stage.controller.stopBeside()
        }
    }
}
