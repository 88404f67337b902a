import Testing

@testable import Forges

struct PagingTests {
    private func next(_ headers: [String: String], found: Int = 5, isEmpty: Bool = false) throws -> [String]? {
        try Paging.next(
            after: headers, [("state", "open"), ("page", "1")], page: 1, found: found, isEmpty: isEmpty)?.map {
                "\($0.0)=\($0.1)"
            }
    }

    @Test func `takes the number of the next page, and nothing else, from a link`() throws {
        let link = #"<https://evil.example/x?per_page=100&page=2&token=1>; rel="next", <https://x/?page=9>; rel="last""#
        #expect(try next(["link": link]) == ["state=open", "page=2"])
        #expect(try next(["link": #"<https://x/?page=9>; rel="last""#]) == nil)
        #expect(try next(["x-next-page": "3"]) == ["state=open", "page=3"])
        #expect(try next(["x-next-page": ""]) == nil && next([:]) == nil)
    }

    @Test(arguments: [
        #"<https://x/?page=2%26a>; rel="next""#, #"<https://x/?after=abc>; rel="next""#, #"x; rel="next""#,
    ])
    func `a next page that cannot be asked for is an error, not the end`(link: String) throws {
        #expect(throws: ForgeFailure.self) { try next(["link": link]) }
    }

    @Test func `where only the number of all is told, there is more while fewer came`() throws {
        #expect(try next(["x-total-count": "6"]) == ["state=open", "page=2"])
        #expect(try next(["x-total-count": "5"]) == nil)
        #expect(try next(["x-total-count": "9"], isEmpty: true) == nil, "deleted meanwhile")
        #expect(try next(["x-total-count": "9", "link": #"<https://x/?page=1>; rel="prev""#]) == nil)
    }

    @Test func `encodes what is not plain`() {
        #expect(Paging.segment("acme/ml models?#ä") == "acme%2Fml%20models%3F%23%C3%A4")
        #expect(Paging.text([("head", "a:b/c"), ("x", "1")]) == "?head=a%3Ab%2Fc&x=1")
    }
}
