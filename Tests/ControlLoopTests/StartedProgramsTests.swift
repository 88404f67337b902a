import ControlLoop
import Domain
import Git
import Synchronization
import TestSupport
import Testing

/// Which programs a loop starts that works on a mirror of a repository on this machine.
struct StartedProgramsTests {
    /// A controller on a mirror of the stage's origin, and what its git was asked for.
    private func withCounted(
        _ scheme: String, _ environments: [EnvironmentText],
        _ body: (Stage, Controller, _ started: Started) async throws -> Void
    ) async throws {
        try await withStage(environments) { stage in
            let started = Started()
            let mirror = try Mirror.open(
                scheme + stage.repository.origin, at: stage.folder + "/counted.git", environment: plainGitEnvironment
            ) { command in
                started.note(command)
                return await runForTests(command)
            }
            var surroundings = stage.surroundings
            (surroundings.store, surroundings.remote) = (mirror.store, mirror.remote)
            let tools = surroundings.tools
            surroundings.tools = Tools(
                run: { command in
                    started.note(command)
                    return await runForTests(command)
                }, send: tools.send, now: tools.now)
            try await body(stage, Controller(surroundings, branch: "main"), started)
        }
    }

    @Test(arguments: ["", "file://"])
    func `a pass with nothing to do starts none`(_ scheme: String) async throws {
        try await withCounted(scheme, [.dev, .staging]) { stage, controller, started in
            try stage.push(score: 0.9)
            #expect(try await controller.settle())
            #expect(started.count("fetch") > 0 && started.count("push") > 0)
            started.forget()
            for _ in 0..<3 { #expect(try await !controller.pass().changedSomething) }
            #expect(started.all == [])
            let next = try stage.push(score: 0.95)
            #expect(try await controller.settle())
            #expect(try started.count("fetch") > 0 && stage.pin("staging") == next)
        }
    }

    @Test(arguments: ["", "file://"])
    func `from the verdict to the rollback on the branch it is one push`(_ scheme: String) async throws {
        try await withCounted(scheme, [.dev]) { stage, controller, started in
            let first = try stage.push(score: 0.8)
            #expect(try await controller.settle())
            let second = try stage.push(score: 0.9)
            #expect(try await controller.settle())
            #expect(try stage.pin("dev") == second)
            try stage.answer("dev", "\(second) fail ill\n")
            stage.clock.advance(.seconds(60))
            started.forget()
            for _ in 0..<5 where try stage.pin("dev") != first { _ = try await controller.pass() }
            #expect(try stage.pin("dev") == first)
            #expect(started.count("push") == 1 && started.all.count == 1, "\(started.all)")
        }
    }

    private final class Started: Sendable {
        private let commands = Mutex<[[String]]>([])

        var all: [[String]] { commands.withLock { $0 } }

        func note(_ command: Command) { commands.withLock { $0.append(command.arguments) } }
        func forget() { commands.withLock { $0 = [] } }
        func count(_ word: String) -> Int { all.count { $0.contains(word) } }
    }
}
