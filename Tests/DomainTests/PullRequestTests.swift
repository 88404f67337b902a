import Domain
import Testing

struct PullRequestTests {
    @Test func `an approval counts for the head alone, once a person, and not by the author`() throws {
        let head = try #require(ObjectID(String(repeating: "b", count: 40)))
        let old = try #require(ObjectID(String(repeating: "a", count: 40)))
        var request = PullRequest(number: 1, url: "", branch: "b", base: "main", head: head, author: "anna")
        request.reviews = [
            .init("anna", .approves, of: head), .init("bert", .approves, of: old), .init("cleo", .approves, of: head),
            .init("cleo", .comments, of: old), .init("dora", .approves, of: head), .init("dora", .withdrawn, of: head),
            .init("emil", .objects, of: old), .init("emil", .comments, of: head), .init("finn", .objects, of: old),
            .init("finn", .approves, of: head), .init("gina", .approves, of: nil),
        ]
        #expect(request.approvals(of: request.head).map(\.person) == ["cleo", "finn"])
        #expect(request.objections.map(\.person) == ["emil"])
    }
}
