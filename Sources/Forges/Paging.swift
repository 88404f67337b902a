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

    /// The query of the next page; `nil` behind the last one. Of `Link` only `page` is taken, so that no answer can send the token to
    /// another host; a next page without a number is an error, because half a list is none.
    ///
    /// - Parameters:
    ///   - page: How many pages there were, this one among them.
    ///   - found: How many items they had. Gitea says of some lists only how many there are in all.
    static func next(
        after headers: [String: String], _ query: [(String, String)], page: Int, found: Int, isEmpty: Bool
    ) throws(ForgeFailure) -> [(String, String)]? {
        if let link = headers["link"] {
            guard let next = link.split(separator: ",").first(where: { $0.contains(#"rel="next""#) }) else {
                return nil
            }
            return try replacing(query, number(in: next))
        }
        if let page = headers["x-next-page"], !page.isEmpty { return try replacing(query, page) }
        guard !isEmpty, let total = headers["x-total-count"].flatMap({ Int($0) }), total > found else { return nil }
        return try replacing(query, String(page + 1))
    }

    private static func number(in link: Substring) -> String {
        guard let open = link.firstIndex(of: "<"), let close = link.firstIndex(of: ">"), open < close,
            let mark = link[open..<close].firstIndex(of: "?")
        else { return "" }
        let fields = link[link.index(after: mark)..<close].split(separator: "&").map {
            $0.split(separator: "=", maxSplits: 1)
        }
        return fields.first { $0.first == "page" && $0.count == 2 }.map { String($0[1]) } ?? ""
    }

    private static func replacing(
        _ query: [(String, String)], _ page: String
    ) throws(ForgeFailure) -> [(String, String)] {
        guard !page.isEmpty, page.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw ForgeFailure(.unreadable, "the answer names a next page without a number", .askHuman)
        }
        return query.filter { $0.0 != "page" } + [("page", page)]
    }
}
