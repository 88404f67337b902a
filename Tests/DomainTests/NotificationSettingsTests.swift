import Domain
import Testing

struct NotificationSettingsTests {
    private func settings(_ json: JSON) throws -> NotificationSettings {
        try NotificationSettings(node: ManifestTree(json))
    }

    private func notice(
        _ event: Notice.Event = .failed, in environments: [String] = ["production"], of model: String? = "lending/risk"
    ) -> Notice {
        Notice(
            event, from: "x", environments: environments, model: model, "h", commit: .zero, at: Timestamp(seconds: 0))
    }

    @Test func `keeps what is the notifier's own for the notifier`() throws {
        let one = try settings([
            "kind": "webhook", "url": "http://x", "on": ["failed", "rolled-back"], "environments": ["production"],
        ])
        #expect(one.plugin.kind == "webhook" && one.name == "webhook" && one.on == [.failed, .rolledBack])
        #expect(one.plugin.settings.json == ["url": "http://x"])
    }

    @Test func `an event that does not exist is told with the one that was meant`() throws {
        let error = #expect(throws: FieldErrors.self) { try settings(["kind": "webhook", "on": ["rolledback"]]) }
        #expect(error?.problems.first?.hint == "did you mean 'rolled-back'?")
        #expect(throws: FieldErrors.self) { try settings(["on": ["failed"]]) }
        #expect(throws: FieldErrors.self) { try settings(["kind": "webhook", "name": "a/b"]) }
    }

    @Test func `two of one name are refused, since one record cannot hold both`() throws {
        let two: JSON = ["notifications": [["kind": "webhook"], ["kind": "webhook"]]]
        let error = #expect(throws: FieldErrors.self) { try RepositorySettings(node: ManifestTree(two)) }
        #expect(error?.problems.first?.message.contains("two are called 'webhook'") == true)
        let named: JSON = ["notifications": [["kind": "webhook"], ["kind": "webhook", "name": "other"]]]
        #expect(try RepositorySettings(node: ManifestTree(named)).notifications.map(\.name) == ["webhook", "other"])
    }

    @Test func `takes what it asks for, and everything where it asks for nothing`() throws {
        #expect(try settings(["kind": "webhook"]).accepts(notice(.verified, in: [], of: nil)))
        let some = try settings([
            "kind": "webhook", "on": ["failed"], "environments": ["production"], "models": ["lending/*", "tumor"],
        ])
        #expect(some.accepts(notice()))
        #expect(some.accepts(notice(of: "tumor")) && some.accepts(notice(in: ["staging", "production"])))
        #expect(!some.accepts(notice(.promoted)) && !some.accepts(notice(in: ["staging"])))
        #expect(!some.accepts(notice(of: "lending")) && !some.accepts(notice(of: "lendings/x")))
        #expect(some.accepts(notice(in: [], of: nil)), "what concerns the whole repository concerns everybody")
    }

    @Test func `fills the link in`() throws {
        let one = try settings(["kind": "webhook", "link": "https://x/{commit}?m={model}&e={environment}"])
        #expect(one.addressed(notice()).link == "https://x/\(ObjectID.zero)?m=lending/risk&e=production")
        #expect(one.addressed(notice()).text.hasSuffix("e=production"))
    }
}
