import Domain
import Engines
import Foundation
import TestSupport
import Testing

@testable import Notifiers

/// How the other side of a notifier behaves.
enum Behaviour: String, CaseIterable {
    case takes
    /// It says no once, for reasons of its own, and then yes.
    case flaky
    /// Longer than the notifier's timeout.
    case slow
    /// It takes the notice, and says very much.
    case talkative
    /// It says no, and what it was given.
    case echoes
    /// Nobody is there.
    case dead
}

/// What a controller hands to notifiers: real requests, real programs, one secret.
func realTools(_ secrets: [String: String] = [:]) -> Tools {
    let curl = Curl(environment: ["PATH": "/usr/bin:/bin"])
    return Tools(
        run: { command in
            var command = command
            command.environment["PATH"] = "/usr/bin:/bin"
            return await LocalProcess.run(command)
        }, send: { try await curl.send($0) }, secret: { secrets[$0] }, now: { Timestamp(seconds: 1_795_000_000) })
}

extension Notice {
    /// With everything in it that is hard to pass on.
    static let hard = Notice(
        .failed, from: "test", environments: ["production"], model: "lending/credit-risk",
        "production/lending/credit-risk v3 failed: <!channel> @here & \"quotes\" \\ é 🐦 \u{1B}[31m \u{202E}",
        details: ["first\nline\r\n.\r\nRCPT TO:<eve@example.com>", "second\u{0}"], owners: ["lending-ml"],
        commit: .zero, at: Timestamp(seconds: 1_795_000_000))
}

/// The promises of every notifier, whose `timeout` is a second.
///
/// - Parameters:
///   - make: A notifier whose other side behaves like this.
///   - taken: All that was taken until now.
func expectConformance(
    using tools: Tools, hiding secrets: [String], _ make: (Behaviour) throws -> any Notifier,
    taken: () throws -> [String]
) async throws {
    func failure(_ behaviour: Behaviour) async throws -> NotifierFailure? {
        let notifier = try make(behaviour)
        return await #expect(throws: NotifierFailure.self) { try await notifier.notify(.hard, using: tools) }
    }
    func expectSilence(_ failure: NotifierFailure?, _ behaviour: Behaviour) {
        let words = failure?.description ?? ""
        #expect(!words.isEmpty && words.utf8.count < 500, "\(behaviour): \(words)")
        #expect(!secrets.contains { words.contains($0) }, "\(behaviour): \(words)")
        let steers = words.unicodeScalars.contains { $0.properties.generalCategory == .control }
        #expect(!steers, "\(behaviour): \(words)")
    }

    try await make(.takes).notify(.hard, using: tools)
    #expect(try taken().count == 1, "returning means that it was taken")
    let text = try #require(try taken().first)
    #expect(text.contains("credit-risk v3 failed") && text.contains("lending-ml"))
    #expect(text.contains("martlet why lending/credit-risk production"), "it says where to look")
    let steers = text.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" }
    #expect(!steers, "\(text.debugDescription)")

    let flaky = try await failure(.flaky)
    expectSilence(flaky, .flaky)
    #expect(flaky?.remedy == .retry)
    try await make(.flaky).notify(.hard, using: tools)
    #expect(try taken().count == 2, "what was not taken can be told again")

    let clock = ContinuousClock(), start = clock.now
    let slow = try await failure(.slow)
    expectSilence(slow, .slow)
    #expect(slow?.remedy == .retry && clock.now - start < .seconds(5))

    try await make(.talkative).notify(.hard, using: tools)
    #expect(try taken().count == 3)

    expectSilence(try await failure(.echoes), .echoes)
    let dead = try await failure(.dead)
    expectSilence(dead, .dead)
    #expect(dead?.remedy == .retry)
    #expect(try taken().count == 3)
}
