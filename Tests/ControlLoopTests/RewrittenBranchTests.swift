import ControlLoop
import Domain
import TestSupport
import Testing

/// While nobody has accepted that the branch was rewritten nothing goes back, and everybody is told what would change that.
struct RewrittenBranchTests {
    private let unit = Unit(environment: "dev", model: "tumor")

    /// Two versions were verified, the last commit was rewritten, and the second version fails.
    private func withFailure(_ body: (Stage, _ first: ObjectID, _ second: ObjectID) async throws -> Void) async throws {
        try await withStage([.dev]) { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.commit(["README.md": "a note"])
            try await stage.settle()
            try stage.repository.git("commit", "--quiet", "--amend", "--message", "another note")
            try stage.repository.git("push", "--quiet", "--force", "origin", "HEAD:main")
            try await stage.settle()
            try stage.answer("dev", "\(second) fail ill\n")
            try await stage.wait(.seconds(40), step: .seconds(10))
            try await body(stage, first, second)
        }
    }

    @Test func `status and why say what a rollback waits for, and it follows`() async throws {
        try await withFailure { stage, first, second in
            #expect(try stage.pin("dev") == second)
            let status = try #require(await stage.status("dev"))
            #expect(status.state == .failed && status.reason.hasPrefix("ill; the branch was rewritten"))
            #expect(status.reason.contains("martlet reconcile --accept-rewrite"))
            let tending = try #require(try await stage.why("dev").tending)
            #expect(tending.kind == .person && !tending.reason.contains("goes back to"))
            #expect(tending.unblockedBy.hasPrefix("martlet reconcile --accept-rewrite"))
            let report = try await report(stage)
            #expect(report.isRewritten)
            #expect(report.lines.first?.state == "failed")
            #expect(report.lines.first?.reason.contains("--accept-rewrite") == true)
            stage.restart { $0.acceptsRewrite = true }
            try await stage.settle()
            #expect(try await !self.report(stage).isRewritten)
            #expect(try await stage.controller.rollBackByHand(unit, reason: "ada saw it")?.revision == first)
            try await stage.settle()
            #expect(stage.running("dev") == first)
        }
    }

    @Test func `a rollback by hand changes nothing, and what a person pins hides no failure`() async throws {
        try await withFailure { stage, first, _ in
            let tip = try stage.tip()
            let other = stage.another()
            #expect(try await other.rollBackByHand(unit, reason: "ada saw it") == nil)
            #expect(await other.isBranchRewritten)
            #expect(try stage.tip() == tip)
            try stage.repository.git("reset", "--quiet", "--hard", "origin/main")
            try stage.commit(["environments/dev/tumor.yaml": stage.deployment("tumor", pin: "  revision: \(first)")])
            try await stage.settle()
            let line = try #require(try await report(stage).lines.first)
            #expect(line.state == "pending" && line.pin?.revision == first)
            #expect(line.reason.contains("--accept-rewrite") && line.reason.contains(" is failed: ill"), "\(line)")
        }
    }

    private func report(_ stage: Stage) async throws -> StatusReport {
        try await StatusReport.read(stage.store, stage.surroundings.language, branch: "main")
    }
}
