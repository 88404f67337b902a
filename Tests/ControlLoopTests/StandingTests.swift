import ControlLoop
import Domain
import TestSupport
import Testing

/// What `why` and `status` say of what runs.
struct StandingTests {
    @Test func `what stalls is only to run`() async throws {
        try await withStage([.dev]) { stage in
            #expect(try await words(stage).hasPrefix("dev runs nothing of tumor"))
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            #expect(try await words(stage).hasPrefix("dev runs \(first.short) of tumor: verified since "))
            let second = try stage.push(score: 0.9)
            try stage.write("disk full", to: "targets/dev/refuses")
            try await stage.settle()
            let text = try await words(stage)
            #expect(text.hasPrefix("dev is to run \(second.short) of tumor: stalled since "))
            #expect(text.hasSuffix("(disk full)"))
        }
    }

    @Test func `after the branch was rewritten it is said what still runs`() async throws {
        try await withStage([.dev]) { stage in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            try stage.pull()
            try stage.repository.git("push", "--quiet", "--force", "origin", "HEAD~1:main")
            try await stage.settle()
            #expect(
                try await words(stage).hasPrefix(
                    "dev is to run nothing of tumor, which the controller has not acted on; "
                        + "its last word: \(version.short), verified since "))
            let report = try await StatusReport.read(
                stage.store, stage.surroundings.language, branch: "main", environment: "dev")
            let line = try #require(report.lines.first)
            #expect(line.state == "pending")
            #expect(line.reason.hasSuffix("\(version.short) is verified"))
        }
    }

    private func words(_ stage: Stage) async throws -> String {
        var options = Controller.Options()
        options.isDryRun = true
        var silent = stage.surroundings
        silent.tell = { _ in }
        let reader = Controller(silent, branch: "main", options: options)
        let (plan, status) = try #require(await reader.explain(Unit(environment: "dev", model: "tumor")))
        return plan.standing(status)
    }
}
