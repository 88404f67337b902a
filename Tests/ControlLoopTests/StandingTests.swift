import Domain
import Git
import TestSupport
import Testing

@testable import ControlLoop

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

    @Test func `a report names what it could not read, and shows the rest`() async throws {
        try await withStage([.dev]) { stage in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            let settings =
                "apiVersion: martlet.dev/v1\nkind: Repository\nmetadata: {name: m}\nspec: {references: refs/own}\n"
            try stage.commit(["martlet.yaml": settings])
            try await stage.settle()
            let memory = Memory()
            func report(_ model: String? = nil) async throws -> StatusReport {
                try await StatusReport.read(
                    stage.store, stage.surroundings.language, branch: "main", model: model, memory: memory)
            }
            #expect(try await report().problems.isEmpty)
            let files = ["martlet.yaml", "gates/g.yaml", "environments/dev/other.yaml"]
            try stage.commit(Dictionary(uniqueKeysWithValues: files.map { ($0, "apiVersion: [\n") }))
            for _ in 0..<2 {
                let broken = try await report()
                #expect(Set(broken.problems.map(\.file)) == Set(files))
                #expect(broken.problems.allSatisfy { $0.place.line > 0 && $0.severity == .error })
                let line = try #require(broken.lines.first { $0.unit.model == "tumor" })
                #expect(
                    line.pin?.revision == version && line.state == "verified", "the settings' last valid state counts")
            }
            #expect(try await !report("tumor").problems.contains { $0.file.hasPrefix("environments") })
            try stage.commit([:], removing: [files[2]])
            try stage.commit(["martlet.yaml": settings, "gates/g.yaml": stage.gate()])
            #expect(try await report().problems.isEmpty)
        }
    }

    /// Remembers as the command line's cache does.
    private final class Memory: PinMemory {
        private var pins: [ObjectID: RememberedPin] = [:]

        func pin(of key: ObjectID) -> RememberedPin? { pins[key] }

        func remember(_ pins: [(key: ObjectID, pin: Pin?)]) {
            self.pins = Dictionary(pins.map { ($0.key, RememberedPin(pin: $0.pin)) }) { $1 }
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
