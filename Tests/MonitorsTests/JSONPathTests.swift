import Domain
import Testing

@testable import Monitors

struct JSONPathTests {
    @Test func `leads through objects and arrays`() throws {
        let json = try JSON(parsing: #"{"a": [{"state": "AVAILABLE"}, 2], "b": {"0": true}}"#)
        func at(_ path: String) throws -> JSON? { try #require(JSONPath(scalar: path, quoted: true)).value(in: json) }
        #expect(try at("a.0.state") == "AVAILABLE")
        #expect(try at("a.1") == 2)
        #expect(try at("b.0") == true)
        for path in ["a.2", "a.-1", "a.x", "c", "a.0.state.x"] { #expect(try at(path) == nil) }
    }

    @Test(arguments: ["", ".", "a.", ".a", "a..b"])
    func `an empty step is no path`(text: String) {
        #expect(JSONPath(scalar: text, quoted: true) == nil)
    }
}
