import Domain
import Testing

struct NoticeTests {
    private func notice(_ source: String = "a", _ event: Notice.Event = .failed, _ headline: String = "h") -> Notice {
        Notice(
            event, from: source, environments: ["dev"], model: "m", headline, details: ["d"], at: Timestamp(seconds: 0))
    }

    @Test func `has the same id for the same happening, whatever its words`() {
        #expect(notice().id == notice("a", .failed, "other words").id)
        #expect(Set([notice().id, notice("b").id, notice("a", .verified).id]).count == 3)
        #expect(notice().id.utf8.count == 32 && notice().id.allSatisfy(\.isHexDigit))
    }

    @Test func `is short, and steers no terminal`() {
        let text = notice("a", .failed, "\u{1B}]0;x\u{7}\u{202E}\r\n" + String(repeating: "é", count: 5000)).text
        let steers = text.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" }
        #expect(!steers && !text.contains("\u{202E}") && text.count < 600)
        #expect(text.split(separator: "\n").count == 3)
    }
}
