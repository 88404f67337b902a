import Domain
import Testing

struct SuggestionTests {
    @Test(arguments: [
        ("soakFr", "soakFor"), ("sokaFor", "soakFor"), ("SOAKFOR", "soakFor"), ("check", "checks"),
        ("aprovals", "approvals"), ("scor", "score"),
    ])
    func `a slip of the fingers finds its word`(word: String, expected: String) {
        #expect(Suggestion.nearest(to: word, in: ["checks", "score", "approvals", "soakFor"]) == expected)
    }

    @Test(arguments: ["xyz", "", "gate", String(repeating: "soakFor", count: 20), "approvalsAndScores"])
    func `a word far from all finds none`(word: String) {
        #expect(Suggestion.nearest(to: word, in: ["checks", "score", "approvals", "soakFor"]) == nil)
    }

    @Test func `of two equally near the first in the alphabet is taken`() {
        #expect(Suggestion.nearest(to: "max", in: ["may", "max1", "man"]) == "man")
        #expect(Suggestion.nearest(to: "a", in: []) == nil)
    }
}
