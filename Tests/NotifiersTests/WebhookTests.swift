import Domain
import Testing

@testable import Notifiers

struct WebhookTests {
    private let server: NoticeServer
    private let tools = realTools([
        "KEY": "whsec_" + Base64.text(Array("a key of thirty-two bytes, or so".utf8)), "RAW": "raw\n",
    ])

    init() throws { server = try NoticeServer() }

    private func webhook(_ url: String, _ more: [(String, JSON)] = []) throws -> Webhook {
        try Webhook(node: ManifestTree(.object([("url", .string(url)), ("timeout", "1s")] + more)))
    }

    @Test func `keeps a notifier's promises`() async throws {
        try await expectConformance(using: tools, hiding: [NoticeServer.token]) {
            try webhook(server.url($0))
        } taken: {
            try server.taken().map { taken in
                let json = try taken.json
                let lines = ["headline", "hint"].compactMap { json[$0]?.string }
                return (lines + (json["owners"]?.array ?? []).compactMap(\.string)).joined(separator: "\n")
            }
        }
    }

    @Test func `posts the notice as JSON, with the same id each time`() async throws {
        for _ in 1...2 { try await webhook(server.url(.takes)).notify(.hard, using: tools) }
        let taken = try server.taken()
        #expect(taken.count == 2 && taken[0].body == taken[1].body)
        #expect(taken[0].headers["content-type"] == "application/json")
        #expect(Set(taken.map { $0.headers["webhook-id"] }) == [Notice.hard.id])
        #expect(taken[0].headers["webhook-signature"] == nil)
        let json = try taken[0].json
        #expect(json["event"] == "failed" && json["model"] == "lending/credit-risk")
        #expect(json["environments"] == ["production"] && json["id"]?.string == Notice.hard.id)
    }

    /// Both sides are ours, so the value is computed by other code: `openssl dgst -sha256 -hmac`.
    @Test func `signs as Standard Webhooks has it`() async throws {
        try await webhook(server.url(.takes), [("secret", ["env": "KEY"])]).notify(.hard, using: tools)
        try await webhook(server.url(.takes), [("secret", ["env": "RAW"])]).notify(.hard, using: tools)
        for (taken, key) in zip(try server.taken(), ["a key of thirty-two bytes, or so", "raw"]) {
            let signed = "\(Notice.hard.id).1795000000.\(taken.body)"
            let result = await tools.run(
                Command(["openssl", "dgst", "-sha256", "-hmac", key, "-binary"], input: Array(signed.utf8)))
            #expect(result.succeeded && result.output.count == 32)
            #expect(taken.headers["webhook-signature"] == "v1," + Base64.text(result.output))
            #expect(taken.headers["webhook-timestamp"] == "1795000000")
        }
    }

    @Test func `a secret that is not there, or an address that is none, sends nothing`() async throws {
        for settings in [[("secret", ["env": "NONE"])], [("url", ["env": "NONE"])], [("url", ["env": "RAW"])]]
            as [[(String, JSON)]]
        {
            let url = settings.contains { $0.0 == "url" } ? [] : [("url", JSON.string(server.url(.takes)))]
            let hook = try Webhook(node: ManifestTree(.object(url + settings)))
            let failure = await #expect(throws: NotifierFailure.self) { try await hook.notify(.hard, using: tools) }
            #expect(
                failure?.description.contains("set it where") == true
                    || failure?.description.contains("is no http") == true)
            #expect(failure?.description.contains("raw") == false)
        }
        #expect(try server.taken().isEmpty)
    }

    @Test func `an answer without end is no reason to tell it again`() async throws {
        try await webhook(server.url("endless")).notify(.hard, using: tools)
        #expect(try server.taken().count == 1)
    }

    @Test func `follows nobody elsewhere, and knows a refusal from a bad day`() async throws {
        let moved = try webhook(server.url("moved"))
        await #expect(throws: NotifierFailure.self) { try await moved.notify(.hard, using: tools) }
        #expect(try server.taken().isEmpty)
        let refusing = try webhook(server.url(.echoes))
        let failure = await #expect(throws: NotifierFailure.self) { try await refusing.notify(.hard, using: tools) }
        #expect(failure?.remedy == .askHuman && failure?.description.contains("answered 400") == true)
    }

    @Test func `settings are looked at before anything is sent`() {
        for json in [.empty, ["url": "ftp://x"], ["url": ["env": "not a name"]], ["url": "http://x", "timeout": "0s"]]
            as [JSON]
        {
            #expect(throws: FieldErrors.self) { try Webhook(node: ManifestTree(json)) }
        }
    }
}
