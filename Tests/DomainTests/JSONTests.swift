import Domain
import Foundation
import Testing

struct JSONTests {
    @Test func `values are read, whole numbers apart from fractions`() throws {
        let json = try JSON(
            parsing: #" {"a": [1, -2.5, 1e3, true, false, null], "b": {"c": ""}, "big": 12345678901234567890} "#)
        #expect(json["a"]?.array == [.int(1), .double(-2.5), .double(1000), .bool(true), .bool(false), .null])
        #expect(json["b"]?["c"]?.string == "")
        #expect(json["big"]?.double == Double("12345678901234567890"))
        #expect(json["none"] == nil)
    }

    @Test(arguments: [
        "", " ", "{", "[", "[1", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "'a'", "\"a", "\"\\x\"",
        "\"\\u12\"", "\"\u{1}\"",
        "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "tru", "nul", "01", "-", "+1", ".5", "1.", "1.e5", "1e",
        "1e+", "1-2", "0x1", "1e400",
        "NaN", "Infinity", "-Infinity", "1 2", "[1] x", "\"\\", "\"\\u", "\u{FEFF}", "//", "[1 2]",
    ])
    func `what is no JSON is refused with its place`(text: String) {
        let error = #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: text) }
        #expect(error.map { $0.offset <= text.utf8.count && !$0.message.isEmpty } == true)
    }

    @Test func `bytes that are no UTF-8 are refused in strings`() {
        #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: [0x22, 0xFF, 0x22]) }
    }

    @Test func `Python's bare words are numbers where asked for`() throws {
        let json = try JSON(parsing: Array("[NaN, Infinity, -Infinity, -1]".utf8), python: true)
        #expect(json.array?[0].double?.isNaN == true)
        #expect(json.array?[1...] == [.double(.infinity), .double(-.infinity), .int(-1)])
        #expect(json.text() == "[null,null,null,-1]")
    }

    @Test func `depth is limited`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(try JSON(parsing: nested(128)).array != nil)
        #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: nested(129)) }
        #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: String(repeating: "[", count: 1_000_000)) }
    }

    @Test func `escapes are read and written`() throws {
        let text = "\u{8}\u{C}\n\r\t\"\\/é漢🚀\u{0}\u{7F}\u{2028}"
        #expect(try JSON(parsing: #""\b\f\n\r\t\"\\\/\u00e9\u6F22\ud83d\uDE80\u0000\u007f\u2028""#).string == text)
        #expect(try JSON(parsing: JSON.string(text).text()).string == text)
        #expect(JSON.string("\u{1F}\u{7F}\u{80}\u{9F}\u{A0}é").text() == #""\u001f\u007f\u0080\u009f"# + "\u{A0}é\"")
    }

    @Test func `pretty text is indented, empty collections stay on their line`() {
        let json: JSON = ["a": [1, 2], "b": [:], "c": [], "d": ["e": nil]]
        #expect(
            json.text(pretty: true)
                == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": [],\n  \"d\": {\n    \"e\": null\n  }\n}"
        )
        #expect(json.text() == #"{"a":[1,2],"b":{},"c":[],"d":{"e":null}}"#)
    }

    @Test func `numbers survive writing and reading, bit by bit`() throws {
        var random = SystemRandomNumberGenerator()
        let edges = [
            0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1, 1e16, 1e15, 123_456.789, -1e-7, 1, 1e21,
        ]
        let others = (0..<5000).map { _ in Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &random)) }
        for value in edges + others where value.isFinite {
            let read = try JSON(parsing: JSON.double(value).text())
            #expect(read == .double(value) && read.double?.sign == value.sign, "\(value)")
        }
    }

    @Test func `Foundation reads what is written`() throws {
        let json: JSON = ["text": "a\"\\\n é🚀", "number": 0.1, "list": [1, true, nil], "deep": ["x": ["y": -5]]]
        let object = try JSONSerialization.jsonObject(with: Data(json.text(pretty: true).utf8)) as? NSDictionary
        let expected: NSDictionary = [
            "text": "a\"\\\n é🚀", "number": 0.1, "list": [1, true, NSNull()], "deep": ["x": ["y": -5]],
        ]
        #expect(object == expected)
    }

    @Test func `damaged text never crashes`() {
        var random = SystemRandomNumberGenerator()
        let original = Array(#"{"a": [1, -2.5e3, true, null, "x\u00e9\n"], "b": {"c": [[], {}]}}"#.utf8)
        for _ in 0..<5000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let json = try? JSON(
                parsing: Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))), python: true)
            if let json { #expect((try? JSON(parsing: json.text())) != nil) }
        }
    }
}
