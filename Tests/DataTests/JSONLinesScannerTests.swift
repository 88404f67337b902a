import Testing

@testable import Data

private func lines(_ text: String) throws -> [[String]] {
    try Array(text.utf8).withUnsafeBytes { bytes in
        var scanner = try JSONLinesScanner(bytes)
        var rows: [[String]] = [[]]
        while let field = try scanner.next() {
            if field.kind != .none {
                rows[rows.count - 1].append(
                    "\(String(decoding: field.name, as: UTF8.self))=\(field.kind):\(field.text)")
            }
            if field.endsRow { rows.append([]) }
        }
        return rows.dropLast()
    }
}

struct JSONLinesScannerTests {
    @Test func `members are walked with their kinds`() throws {
        let text =
            "{\"a\": 1.5e3,\"b\" :\"x\", \"c\":null,\"d\":true,\"e\":[1,\"]\",{}],\"f\":{\"g\":\"}\"}}\r\n\n {} \n{\"a\":NaN,\"b\":-Infinity}"
        #expect(
            try lines(text) == [
                [
                    "a=number:1.5e3", "b=string:x", "c=null:null", "d=bool:true", "e=nested:[1,\"]\",{}]",
                    "f=nested:{\"g\":\"}\"}",
                ],
                [], ["a=number:NaN", "b=number:-Infinity"],
            ])
    }

    @Test func `escapes are resolved`() throws {
        #expect(try lines(#"{"a":"\"\\\/\b\f\n\r\t\u00e4\ud83d\ude00"}"#) == [["a=string:\"\\/\u{8}\u{C}\n\r\tä😀"]])
    }

    @Test(arguments: [
        ("[1]", 1, "expected a JSON object"), ("{\"a\":1", 7, "comma or a closing brace"), ("{\"a\"1}", 5, "colon"),
        ("{a:1}", 2, "name in double quotes"), ("{\"a\":}", 6, "expected a value"),
        ("{\"a\":nope}", 6, "`nope` is not a number"),
        ("{\"a\":1} x", 9, "end of the line"), ("{\"a\":\"x}", 9, "not closed"),
        ("{\"a\":\"\\q\"}", 7, "malformed escape"),
        ("{\"a\":\"\\ud800\"}", 7, "malformed escape"), ("{\"a\":\"\u{1}\"}", 7, "control character"),
        ("{\"a\":[1,2}", 11, "comma or a closing brace"),
        ("{\"a\":[1,\n2]}", 9, "cut off"), ("{\"a\":1e999}", 6, "larger"), ("{", 2, "name in double quotes"),
    ])
    func `an error names its column`(text: String, column: Int, words: String) throws {
        let error = #expect(throws: DataError.self) { try lines("{\"x\":1}\n" + text) }
        #expect(
            error?.line == 2 && error?.column == column && error?.message.contains(words) == true,
            "\(String(describing: error))")
    }

    @Test(arguments: ["01", "+1", ".5", "1.", "00.5", "-01", "-", "-.5", "1.e5", "+Infinity", "nan", "inf", "-NaN"])
    func `what other readers refuse is no number`(word: String) throws {
        let error = #expect(throws: DataError.self) { try lines("{\"a\":\(word)}") }
        #expect(error?.line == 1 && error?.column == 6, "\(String(describing: error))")
    }

    @Test(arguments: ["0", "-0", "0.5", "-0.0", "10", "1e5", "1E-05", "0e0", "1.50e+3", "NaN", "Infinity", "-Infinity"])
    func `numbers are read as JSON has them`(word: String) throws {
        #expect(try lines("{\"a\":\(word)}") == [["a=number:\(word)"]])
    }
}
