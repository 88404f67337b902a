import Testing

@testable import Forges

struct OneCommentTests {
    private let marker = OneComment.marker(for: "promote/production/m")

    private func comment(_ id: Int, _ author: String, _ body: String) -> OneComment.Comment {
        OneComment.Comment(id: id, author: author, body: body)
    }

    @Test func `adds, replaces in place, or leaves it`() {
        let text = marker + "\nnew"
        func step(_ comments: [OneComment.Comment]) -> OneComment.Step {
            OneComment.step(to: text, marked: marker, among: comments, by: "Bot")
        }
        #expect(step([]) == .add)
        #expect(step([comment(1, "mallory", text), comment(2, "bot", "no marker")]) == .add)
        #expect(step([comment(5, "bot", marker + "\nold"), comment(4, "BOT", marker + "\nolder")]) == .replace(4))
        #expect(step([comment(4, "bot", marker + "\r\nnew")]) == .nothing)
    }

    @Test func `a branch's name cannot end the marker`() {
        let marker = OneComment.marker(for: "promote/a--><b>/m")
        #expect(marker.ranges(of: "-->").count == 1 && !marker.contains("<b>"))
        #expect(marker != OneComment.marker(for: "promote/a/m"))
    }
}
