import Testing

@testable import Forges

struct RequestTextTests {
    @Test func `what a request is about fits, whatever signs it is made of`() {
        let line = String(repeating: "\u{1F600}", count: 300)
        let body = RequestText.body(Array(repeating: line, count: 50).joined(separator: "\n"))
        #expect(body.utf8.count <= 65_536 && body.hasPrefix("<code>"))
        #expect(body.hasSuffix("Merging, closing and pushing work as always."))
        #expect(RequestText.body("one\ntwo").split(separator: "\n").count == 3)
    }
}
