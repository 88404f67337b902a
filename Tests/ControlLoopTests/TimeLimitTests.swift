import Domain
import Synchronization
import TestSupport
import Testing

@testable import ControlLoop

/// Checks that do not come to their end.
struct TimeLimitTests {
    @Test(arguments: [false, true])
    func `what takes too long is stopped with a word of what to do, and is asked again later`(stubborn: Bool)
        async throws
    {
        try await withStage([.dev]) { stage in
            try stage.commit(["gates/g.yaml": stage.limitedGate("200ms", stubborn: stubborn)])
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") == nil)
            let words =
                "test.waiting had not ended after 200ms and was stopped; make what it reads smaller, or give it "
            let told = stage.told.filter { $0.hasPrefix("warning: ") && $0.contains(words) }
            #expect(
                told.count == 1 && told[0].hasSuffix("longer beside its settings: timeLimit: 400ms"), "\(stage.told)")
            #expect(try stage.evidence() == ["test.score"])
            // Not at once, but after a pause; and one that goes on all the same is not begun a second time.
            try await stage.settle()
            stage.clock.advance(.seconds(61))
            try await stage.settle()
            #expect(stage.told.contains { $0.contains("has still not come to its end") } == stubborn, "\(stage.told)")
            try stage.write("", to: "ready")
            try await stage.lines(1, in: "ready.log", orNone: !stubborn)
            // What was found too late is no evidence.
            #expect(try stage.evidence() == ["test.score"])
            stage.clock.advance(.seconds(61))
            try await stage.settle()
            #expect(try stage.pin("dev") == version)
            #expect(try stage.evidence() == ["test.score", "test.waiting"])
        }
    }

    @Test func `who is given longer is asked again at once`() async throws {
        try await withStage([.dev]) { stage in
            try stage.commit(["gates/g.yaml": stage.limitedGate("100ms", stubborn: false)])
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.write("", to: "ready")
            try stage.commit(["gates/g.yaml": stage.limitedGate("90ms", stubborn: false)])
            try await stage.settle()
            #expect(try stage.pin("dev") == nil)
            try stage.commit(["gates/g.yaml": stage.limitedGate("1m", stubborn: false)])
            try await stage.settle()
            #expect(try stage.pin("dev") == version)
        }
    }

    @Test func `checks that hold their threads hold up nothing else`() async throws {
        let models = ["a", "b", "c"]
        try await withStage([.dev], models: models) { stage in
            try stage.commit(["gates/g.yaml": stage.limitedGate("300ms", stubborn: true, only: "0.9")])
            for model in models.dropLast() { try stage.push(model, score: 0.9) }
            await stage.controller.workBeside {}
            _ = try await stage.controller.pass()
            let version = try stage.push("c", score: 0.8)
            try await stage.goOn { try stage.pin("dev", "c") == version }
            #expect(try stage.pin("dev", "a") == nil)
            try stage.write("", to: "ready")
            await stage.controller.stopBeside()
        }
    }

    @Test func `the limit is no part of what evidence depends on`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.9)
            try await stage.settle()
            let runs = stage.runs
            let gate = stage.gate().replacing("{check: test.score", with: "{check: test.score, timeLimit: 1h")
            try stage.commit(["gates/g.yaml": gate])
            stage.restart()
            try await stage.settle()
            #expect(stage.runs == runs)
        }
    }

    @Test func `a run that is over makes room for the next of its name`() async throws {
        let runs = TimedRuns()
        for _ in 1...200 {
            let ending = await runs.run("x", within: .seconds(20)) { Outcome(.pass, "well") }
            guard case .value(let outcome) = ending else {
                Issue.record("\(ending)")
                return
            }
            #expect(outcome.summary == "well")
        }
    }

    @Test func `who waits no more waits no longer`() async throws {
        let isThere = Mutex(false)
        let waiting = Task {
            await TimedRuns().run("x", within: .seconds(3600)) {
                while !Task.isCancelled {}
                isThere.withLock { $0 = true }
                return Outcome(.pass, "too late")
            }
        }
        try await Task.sleep(for: .milliseconds(50))
        waiting.cancel()
        if case .value(let outcome) = await waiting.value { Issue.record("\(outcome)") }
        while !isThere.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
    }
}

extension Stage {
    fileprivate func limitedGate(_ limit: String, stubborn: Bool, only: String = "") -> String {
        let settings = "file: \"\(folder)/ready\", stubborn: \(stubborn), only: \"\(only)\", timeLimit: \(limit)"
        return gate().replacing("checks: [", with: "checks: [{check: test.waiting, \(settings)}, ")
    }

    /// The checks of which there is evidence.
    fileprivate func evidence() throws -> [String] {
        try git("ls-tree", "-r", "--name-only", "refs/martlet/evidence", in: repository.origin).split(separator: "\n")
            .compactMap { $0.split(separator: "/").last?.split(separator: ".").prefix(2).joined(separator: ".") }
            .sorted()
    }

    /// Waits until a file has so many lines; `orNone` waits for nothing.
    fileprivate func lines(_ count: Int, in path: String, orNone: Bool) async throws {
        while !orNone, lines(path).count < count { try await Task.sleep(for: .milliseconds(10)) }
    }
}
