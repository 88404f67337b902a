import Testing

@testable import Forges

struct PagingTests {
    private func next(_ headers: [String: String]) -> [String]? {
        Paging.next(after: headers, [("state", "open"), ("page", "1")])?.map { "\($0.0)=\($0.1)" }
    }

    @Test func `takes the number of the next page, and nothing else, from a link`() {
        let link = #"<https://evil.example/x?per_page=100&page=2&token=1>; rel="next", <https://x/?page=9>; rel="last""#
        #expect(next(["link": link]) == ["state=open", "page=2"])
        #expect(next(["link": #"<https://x/?page=9>; rel="last""#]) == nil)
        #expect(next(["link": #"<https://x/?page=2%26a>; rel="next""#]) == nil)
        #expect(next(["x-next-page": "3"]) == ["state=open", "page=3"])
        #expect(next(["x-next-page": ""]) == nil && next([:]) == nil)
    }

    @Test func `encodes what is not plain`() {
        #expect(Paging.segment("acme/ml models?#ä") == "acme%2Fml%20models%3F%23%C3%A4")
        #expect(Paging.text([("head", "a:b/c"), ("x", "1")]) == "?head=a%3Ab%2Fc&x=1")
    }
}
