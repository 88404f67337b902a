import ControlLoop
import Domain
import TestSupport
import Testing

/// Passes where nothing runs in dev, or what runs there was found to run well.
struct ReadyCheck: Check {
    static let id = "test.ready"
    static let summary = "looks at when versions were found to run well"
    static let looksAt: Set<CheckInput> = [.verified]

    init(_ fields: Fields) throws(FieldErrors) {}

    func run(on subject: Subject) async throws -> Outcome {
        guard let status = subject.statuses["dev"], let pin = status.pin else {
            return Outcome(.pass, "nothing runs in dev")
        }
        guard let last = status.verified.first, last.pin == pin, let ready = last.ready else {
            return Outcome(.fail, "\(pin.label) is not known to run well")
        }
        return Outcome(.pass, "\(pin.label) is well since \(ready)")
    }
}

struct VerifiedRecordsTests {
    private func withReady(_ body: (Stage) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let stage = try Stage(in: folder, [.dev.verifying("for: 60s, interval: 1s, failureThreshold: 1")]) {
                $0.checks = CheckRegistry([ReadyCheck.self, ScoreCheck.self])
            }
            try stage.commit([
                "gates/g.yaml": stage.gate().replacing(#/checks: .*/#, with: "checks: [{check: test.ready}]")
            ])
            try await body(stage)
        }
    }

    @Test func `a check that looks at when versions ran well looks again when one does`() async throws {
        try await withReady { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let start = stage.clock.now
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") == first)
            #expect(try await stage.why("dev").blockers.map(\.name) == ["test.ready"])
            try await stage.wait(.seconds(70), step: .seconds(10))
            #expect(try stage.pin("dev") == second)
            let known = try #require(await stage.status("dev")?.verified.last)
            #expect(known.pin.revision == first && known.ready == start && known.at == start + .seconds(60))
        }
    }

    @Test func `since when a version was well is written down, and whether it came by a rollback`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            let bad = try stage.push(score: 0.9)
            try stage.answer("dev", "\(bad) fail answers nonsense\n")
            stage.clock.advance(.seconds(30))
            try await stage.settle()
            let verified = try #require(await stage.status("dev")?.verified)
            #expect(verified.map(\.isRollback) == [true])
            #expect(try verified.map(\.commit) == [stage.tip()])
            #expect(verified.map(\.ready) == [stage.clock.now])
            // A controller that starts anew knows it from Git.
            stage.restart()
            try await stage.settle()
            #expect(await stage.status("dev")?.verified == verified)
            #expect(await stage.status("dev")?.ready == stage.clock.now)
        }
    }
}
