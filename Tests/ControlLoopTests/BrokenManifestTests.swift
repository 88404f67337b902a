import ControlLoop
import Domain
import TestSupport
import Testing

/// A manifest that cannot be read keeps versions out, and leaves what runs watched.
struct BrokenManifestTests {
    static let files = ["environments/dev/environment.yaml", "environments/dev/tumor.yaml"]
    private let unit = Unit(environment: "dev", model: "tumor")

    /// Two versions were verified, and then somebody made a typo.
    private func withTypo(in file: String, _ body: (Stage, _ first: ObjectID, _ second: ObjectID) async throws -> Void)
        async throws
    {
        try await withStage([.dev]) { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.commit([file: stage.file(file) + "  typo: 1\n"])
            try await stage.settle()
            try await body(stage, first, second)
        }
    }

    @Test(arguments: files, [true, false])
    func `what fails goes back by the last valid state`(_ file: String, _ isRestarted: Bool) async throws {
        try await withTypo(in: file) { stage, first, second in
            if isRestarted { stage.restart() }
            try stage.answer("dev", "\(second) fail ill\n")
            try await stage.wait(.seconds(40), step: .seconds(10))
            #expect(stage.running("dev") == first)
            #expect(await stage.state("dev") == .verified)
            #expect(await stage.status("dev")?.rejected.map(\.revision) == [second])
            #expect(try stage.file(Self.files[1]).contains("tumor  # who\n"))
            #expect(try stage.pin("dev") == first)
            let message = try stage.message()
            #expect(Trailer.action.value(in: message) == "rollback")
            if file == Self.files[1] {
                #expect(message.contains("\(file) could not be read, so its last valid text counts."))
            }
        }
    }

    @Test(arguments: files)
    func `the target is repaired, and nothing enters`(_ file: String) async throws {
        try await withTypo(in: file) { stage, _, second in
            try stage.remove("targets/dev/tumor.running")
            try stage.push(score: 0.95)
            try await stage.wait(.seconds(40), step: .seconds(10))
            #expect(stage.running("dev") == second)
            #expect(try await stage.why("dev").blockers.contains { $0.kind == .manifest && $0.name == file })
            let report = try await StatusReport.read(stage.store, stage.surroundings.language, branch: "main")
            let line = try #require(report.lines.first)
            #expect(line.state == "verified" && line.pin?.revision == second)
            #expect(
                line.reason == "well again; \(file) cannot be read: what was valid last counts, and nothing enters"
                    || line.reason == "healthy; \(file) cannot be read: what was valid last counts, and nothing enters",
                "\(line)")
        }
    }

    @Test(arguments: files)
    func `a rollback by hand reaches the target`(_ file: String) async throws {
        try await withTypo(in: file) { stage, first, _ in
            #expect(try await stage.another().rollBackByHand(unit, reason: "ada saw it")?.revision == first)
            try await stage.settle()
            #expect(stage.running("dev") == first)
            #expect(try stage.pin("dev") == first)
        }
    }
}
