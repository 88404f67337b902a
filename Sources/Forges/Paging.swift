import Domain

/// Queries and their next pages.
enum Paging {
    /// `?name=value&…`, percent-encoded.
    static func text(_ query: [(String, String)]) -> String {
        query.isEmpty ? "" : "?" + query.map { "\($0)=\(segment($1))" }.joined(separator: "&")
    }

    /// One piece of a path or query, with everything encoded but what RFC 3986 calls unreserved.
    static func segment(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.append(byte)
            default: result += [UInt8(ascii: "%")] + Array(Hexadecimal.text([byte]).uppercased().utf8)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The query of the next page: of `Link` only `page` or `cursor` is taken, so that no answer can send the token to another host.
    static func next(after headers: [String: String], _ query: [(String, String)]) -> [(String, String)]? {
        if let link = headers["link"] {
            guard let next = link.split(separator: ",").first(where: { $0.contains(#"rel="next""#) }),
                let open = next.firstIndex(of: "<"), let close = next.firstIndex(of: ">"), open < close,
                let mark = next[open..<close].firstIndex(of: "?")
            else { return nil }
            let fields = next[next.index(after: mark)..<close].split(separator: "&").map {
                $0.split(separator: "=", maxSplits: 1)
            }
            guard let page = fields.first(where: { $0.first == "page" && $0.count == 2 }) else { return nil }
            return replacing(query, String(page[1]))
        }
        guard let page = headers["x-next-page"], !page.isEmpty else { return nil }
        return replacing(query, page)
    }

    private static func replacing(_ query: [(String, String)], _ page: String) -> [(String, String)]? {
        guard page.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return query.filter { $0.0 != "page" } + [("page", page)]
    }
}
