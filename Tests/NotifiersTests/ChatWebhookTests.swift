import Domain
import Testing

@testable import Notifiers

struct ChatWebhookTests {
    private let server: NoticeServer

    init() throws { server = try NoticeServer() }

    /// The address is where secrets are, as it should be.
    private func send(_ url: String, _ settings: [(String, JSON)] = []) throws -> (ChatWebhook, Tools) {
        let json = JSON.object([("url", ["env": "SLACK_URL"]), ("timeout", "1s")] + settings)
        return (try ChatWebhook(node: ManifestTree(json)), realTools(["SLACK_URL": url + "\n"]))
    }

    @Test func `keeps a notifier's promises`() async throws {
        try await expectConformance(using: realTools(), hiding: [NoticeServer.token]) { behaviour in
            try ChatWebhook(node: ManifestTree(["url": .string(server.url(behaviour)), "timeout": "1s"]))
        } taken: {
            try server.taken().map { try $0.json["text"]?.string ?? "" }
        }
    }

    @Test func `mentions nobody, whatever the repository says`() async throws {
        let (room, tools) = try send(server.url(.takes))
        try await room.notify(.hard, using: tools)
        let text = try #require(try server.taken().first?.json["text"]?.string)
        #expect(text.contains("&lt;!channel&gt;") && text.contains("&amp;"))
        #expect(!text.contains("<") && !text.contains("@here"))
    }

    @Test func `writes into the field that the service reads`() async throws {
        let (room, tools) = try send(server.url(.takes), [("field", "content")])
        try await room.notify(.hard, using: tools)
        let json = try #require(try server.taken().first?.json)
        #expect(json["content"]?.string?.contains("failed") == true && json["text"] == nil)
    }

    @Test func `a long notice is cut to what Discord takes, and no entity in two`() async throws {
        let (room, tools) = try send(server.url(.takes))
        let long = String(repeating: "<&", count: 200)
        let notice = Notice(
            .failed, from: "test", long, details: Array(repeating: long, count: 20), at: Timestamp(seconds: 1))
        try await room.notify(notice, using: tools)
        let text = try #require(try server.taken().first?.json["text"]?.string)
        #expect(text.utf16.count <= 2_000 && text.utf16.count > 1_800 && text.hasSuffix(";…"))
        let rest = text.replacing("&amp;", with: "").replacing("&lt;", with: "").replacing("&gt;", with: "")
        #expect(!rest.contains("&"))
    }

    @Test func `an address in the environment stays there`() async throws {
        for how in ["flaky", "slow", "echoes"] {
            let (room, tools) = try send(server.url(how))
            let failure = await #expect(throws: NotifierFailure.self) { try await room.notify(.hard, using: tools) }
            let words = failure?.description ?? ""
            #expect(words.hasPrefix("127.0.0.1") && !words.contains(NoticeServer.token), "\(words)")
        }
    }
}
