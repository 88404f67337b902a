import Testing

@testable import Data

struct PlainDecimalTests {
    private func plain(_ text: String, mark: Character = ".") -> String {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            PlainDecimal.with(bytes, decimalMark: mark.asciiValue ?? 0) { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test(arguments: [
        ("1", ["1", "1.0", "01", "+1", "1e0", "1.", "0.1e1", "10e-1", " 1 ", "1E+00"]),
        ("0", ["0", "-0", "0.0", "00", "0e5", ".0"]), ("0.1", ["0.1", ".1", "0.10", "1e-1", "00.1"]),
        ("-12.5", ["-12.5", "-12.50", "-1.25e1", "-012.5"]), ("1000", ["1000", "1e3", "1000.0", "1.000e3"]),
        ("9007199254740993", ["9007199254740993", "9007199254740993.0", "09007199254740993"]),
        ("9007199254740992", ["9007199254740992"]),
    ])
    func `a number has one spelling`(one: String, spellings: [String]) {
        for text in spellings { #expect(plain(text) == one, "\(text)") }
    }

    @Test(arguments: ["", "-", "a", "1a", "NaN", "inf", "1e", "1.2.3", "--1", "1 2", "e5", "."])
    func `what is no number stays as it is`(text: String) { #expect(plain(text) == text) }

    @Test func `numbers beyond every double keep their exponent, and the mark may be a comma`() {
        #expect(plain("1e500") == plain("10e499") && plain("1e500") != plain("1e501"))
        #expect(plain("1e-500") == plain("0.1e-499") && plain("1e99999999999999999999") == "1e99999999999999999999")
        #expect(plain("1,50", mark: ",") == "1,5" && plain("1.50", mark: ",") == "1.50")
    }
}
