import Testing

@testable import Data

/// Tables that are read in steps of 64 bytes give what the same tables give when each row has a quote, and so is read field by field.
struct PlainRowsTests {
    private func table(_ rows: Int, end: String = "\n", quoted: Bool, seed: UInt64) -> [UInt8] {
        var random = SplitMix(seed: seed)
        var text = "a,b,c\(end)"
        for row in 0..<rows {
            let long = String(repeating: "x", count: Int(random.next() % 90))
            let name = ["", "é", "日本", "plain", long][Int(random.next() % 5)]
            text += "\(row),\(quoted ? "\"\(name)\"" : name),\(random.next() % 7)\(row % 9 == 0 ? "" : ".5")\(end)"
        }
        return Array(text.utf8)
    }

    @Test(arguments: [0, 1, 7, 600, 2000])
    func `rows with and without quotes are the same`(rows: Int) throws {
        let plain = try TableProfile(table(rows, quoted: false, seed: UInt64(rows))).json
        #expect(try plain == TableProfile(table(rows, quoted: true, seed: UInt64(rows))).json)
        #expect(try plain == TableProfile(table(rows, end: "\r\n", quoted: false, seed: UInt64(rows))).json)
    }

    @Test func `rows of both kinds take turns`() throws {
        let lines = (0..<900).map { row in row % 7 == 3 ? "\"q\"\"\(row)\",\(row)" : "p\(row),\(row)" }
        let profile = try TableProfile(Array(("k,v\n" + lines.joined(separator: "\n")).utf8))
        #expect(profile.rows == 900 && profile["k"]?.distinct == 900 && profile["v"]?.numbers?.moments.sum == 404_550)
        #expect(profile["k"]?.texts?.counts.count(of: "q\"3") == 1)
    }

    @Test(
        arguments: [
            ("\n1,2\n\n\n3,4\n", 2, nil), ("\n1,2\n1,2,3\n", 0, "more than the 2"),
            ("\n1,2\n1\n3,4\n", 0, "has 1 of the 2"),
            ("\n1,\u{0}\n", 0, "NUL"), ("\n1,a\"b\n", 0, "quote inside"), ("\n1,2\n1,", 2, nil),
        ] as [(String, Int, String?)])
    func `blank lines and errors are where they are`(text: String, rows: Int, words: String?) throws {
        let lead = String(repeating: "9,8\n", count: 100)
        let bytes = Array(
            ("x,y\n" + lead + text.dropFirst() + String(repeating: "7,6\n", count: words == nil ? 0 : 100)).utf8)
        guard let words else {
            #expect(try TableProfile(bytes).rows == 100 + rows)
            return
        }
        let error = #expect(throws: DataError.self) { try TableProfile(bytes) }
        #expect(
            error?.message.contains(words) == true && (102...103).contains(error?.line ?? 0),
            "\(String(describing: error))")
    }

    @Test func `bytes that are no UTF-8 are found with their place`() {
        let bytes =
            Array("x,y\n".utf8) + Array(String(repeating: "é,8\n", count: 50).utf8) + [0x61, 0xFF, 0x2C, 0x31, 0x0A]
        let error = #expect(throws: DataError.self) {
            try TableProfile(bytes + Array(String(repeating: "1,2\n", count: 50).utf8))
        }
        #expect(error?.message.contains("not UTF-8") == true && error?.line == 52 && error?.column == 2)
    }
}

extension TextCounts {
    fileprivate func count(of text: String) -> Int { Array(text.utf8).withUnsafeBytes { count(of: $0) } }
}
