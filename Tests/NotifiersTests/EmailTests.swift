import Domain
import TestSupport
import Testing

@testable import Notifiers

struct EmailTests {
    private let stage: ProgramStage

    init() throws { stage = try ProgramStage() }

    private func email(_ behaviour: Behaviour, to: JSON = ["ada@example.com", "grace@example.com"]) throws -> Email {
        try Email(
            node: ManifestTree([
                "to": to, "from": "martlet@example.com", "command": stage.command(behaviour), "timeout": "1s",
            ]))
    }

    /// What Python's own reader of mail finds in the message.
    private func read(_ taken: String) async throws -> JSON {
        let message = taken.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().filter {
            !$0.hasPrefix("env ")
        }
        let script = """
            import email, email.policy, json, sys
            m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
            print(json.dumps({"headers": {k.lower(): str(v) for k, v in m.items()}, "text": m.get_content(),
                "time": m["date"].datetime.timestamp(), "defects": [str(d) for d in m.defects]}))
            """
        let result = await realTools().run(
            Command(["python3", "-c", script], input: Array(message.joined(separator: "\n").utf8)))
        return try JSON(parsing: result.output)
    }

    @Test func `keeps a notifier's promises`() async throws {
        var texts: [String: String] = [:]
        try await expectConformance(using: realTools(), hiding: []) {
            try email($0)
        } taken: {
            stage.taken().map { taken in
                let body = taken.split(separator: "\n\n", maxSplits: 1).last ?? ""
                texts[taken] = Base64.bytes(body.filter { !$0.isNewline && $0 != "\0" }).map {
                    String(decoding: $0, as: UTF8.self)
                }
                return texts[taken] ?? taken
            }
        }
    }

    @Test func `is a message that mail programs read, with one Message-ID for all repetitions`() async throws {
        for _ in 1...2 { try await email(.takes).notify(.hard, using: realTools()) }
        let taken = stage.taken()
        #expect(taken.count == 2 && taken[0] == taken[1])
        #expect(taken[0].hasPrefix("ada@example.com grace@example.com\n"))
        let json = try await read(taken[0])
        let headers = try #require(json["headers"])
        #expect(json["defects"] == [] && json["text"]?.string == Notice.hard.text + "\n")
        #expect(headers["message-id"]?.string == "<\(Notice.hard.id)@example.com>")
        #expect(headers["auto-submitted"] == "auto-generated" && headers["to"] == "ada@example.com, grace@example.com")
        #expect(json["time"]?.double == 1_795_000_000)
        let subject = try #require(headers["subject"]?.string)
        #expect(
            subject.hasPrefix(
                "[martlet] production/lending/credit-risk v3 failed: <!channel> @here & \"quotes\" \\ é 🐦"))
        let steers = taken[0].unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" }
        #expect(!steers)
    }

    @Test(arguments: ["-oQ/tmp", "a@b@c", "ada@example.com\nBcc: eve@example.com", "ada", "<ada@example.com>", ""])
    func `what is no plain address is refused`(address: String) {
        #expect(throws: FieldErrors.self) { try email(.takes, to: [.string(address)]) }
    }

    @Test func `the days of a week have their names`() {
        #expect(MailDate.text(Timestamp(seconds: 0)) == "Thu, 01 Jan 1970 00:00:00 +0000")
        #expect(MailDate.text(Timestamp(seconds: 1_795_904_189)) == "Sat, 28 Nov 2026 22:16:29 +0000")
        #expect(MailDate.text(Timestamp(seconds: -1)) == "Wed, 31 Dec 1969 23:59:59 +0000")
    }
}
