import Domain
import TestSupport
import Testing

@testable import Notifiers

struct CommandNotifierTests {
    private let stage: ProgramStage
    private let tools = realTools(["PAGER_TOKEN": "s3cret-t0ken", "OTHER": "not yours"])

    init() throws { stage = try ProgramStage() }

    private func notifier(_ behaviour: Behaviour) throws -> CommandNotifier {
        try CommandNotifier(
            node: ManifestTree([
                "command": stage.command(behaviour), "timeout": "1s", "secrets": ["PAGER_TOKEN"],
                "environment": ["A": "b"],
            ]))
    }

    @Test func `keeps a notifier's promises`() async throws {
        try await expectConformance(using: tools, hiding: ["s3cret-t0ken"]) {
            try notifier($0)
        } taken: {
            stage.taken()
        }
    }

    @Test func `the program gets the notice as JSON, its secrets, and nothing else`() async throws {
        try await notifier(.takes).notify(.hard, using: tools)
        let lines = try #require(stage.taken().first).split(separator: "\n").map(String.init)
        #expect(
            lines.filter { $0.hasPrefix("env ") } == [
                "env A=b", "env PAGER_TOKEN=s3cret-t0ken", "env PATH=/usr/bin:/bin",
            ])
        let json = try JSON(parsing: Array(try #require(lines.last).utf8))
        #expect(json == Notice.hard.json)
    }

    @Test func `a secret that is not there is named, and nothing runs`() async throws {
        let notifier = try notifier(.takes)
        let failure = await #expect(throws: NotifierFailure.self) {
            try await notifier.notify(.hard, using: realTools())
        }
        #expect(failure?.description.contains("no secret 'PAGER_TOKEN'") == true)
        #expect(stage.taken().isEmpty)
    }
}
