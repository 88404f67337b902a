import Foundation
import Testing

@testable import Data

private func parse(_ text: String, mark: Character = ".") -> Double? {
    Array(text.utf8).withUnsafeBufferPointer { DecimalNumber.parse($0, decimalMark: mark.asciiValue!) }
}

private func parse(_ text: String, behind before: String, mark: Character = ".") -> Double? {
    let bytes = Array((before + text).utf8)
    return bytes.withUnsafeBufferPointer { bytes in
        DecimalNumber.parse(
            UnsafeBufferPointer(rebasing: bytes[before.utf8.count...]), preceding: before.utf8.count,
            decimalMark: mark.asciiValue!)
    }
}

struct DecimalNumberTests {
    @Test(arguments: [
        "0", "-0", "1", "+1", "007", "1.", ".5", "1e5", "1E-5", "1.5e+3", "123456789012345678", "9007199254740993",
        "1e22", "1e23",
        "0.1", "0.30000000000000004", "2.2250738585072014e-308", "4.9e-324", "1e-400", "1.7976931348623157e308",
        "179769313486231570000000000000000000000", "0.000000000000000000000000000000000123",
        "1.00000000000000011102230246251565",
        "00000000000000000000000000000001.5", "3.14159265358979323846264338327950288", "9223372036854775807",
        "18446744073709551616",
        "1e54", "1e-54", "1e55", "1e-55", "9999999999999999999e54", "1e000000000000000000001",
    ])
    func `agrees with the C library`(text: String) throws {
        #expect(try #require(parse(text)).bitPattern == strtod(text, nil).bitPattern, "\(text)")
    }

    @Test func `random numbers agree with the C library to the last bit`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200_000 {
            let bits = Double(bitPattern: UInt64.random(in: 0 ... .max, using: &random))
            let near = Double.random(in: -1...1, using: &random)
            let ties =
                Double(UInt64.random(in: 0 ... .max, using: &random) >> UInt64.random(in: 0...40, using: &random)) + 0.5
            for value in [bits, near, ties] where value.isFinite {
                #expect(parse("\(value)")?.bitPattern == value.bitPattern, "\(value)")
            }
            let digits = UInt64.random(in: 0...9_999_999_999_999_999_999, using: &random)
            let text = "\(digits)e\(Int.random(in: -60...60, using: &random))"
            #expect(parse(text)?.bitPattern == strtod(text, nil).bitPattern, "\(text)")
        }
    }

    @Test(arguments: [
        "", " ", "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "1,5", "$72,000", "0x10", "1_000", "12a", "--1", "N/A",
        "nano", "infinit", "1 2", "1e400", "٣",
    ])
    func `is not a number`(text: String) {
        #expect(parse(text) == nil)
    }

    @Test func `a short number is the same whatever stands before it`() {
        var random = SplitMix(seed: 8)
        let alphabet = Array("0123456789.-+e ,:")
        let digits = Array("0123456789.")
        for _ in 0..<300_000 {
            let letters = random.next() % 4 == 0 ? alphabet : digits
            let text = String(
                (0..<(random.next() % 11)).map { _ in letters[Int(random.next() % UInt64(letters.count))] })
            let signed = random.next() % 2 == 0 ? text : "-" + text
            for before in ["", "1,", "99.9999999,", "2026-01-01,"] {
                #expect(parse(signed, behind: before)?.bitPattern == parse(signed)?.bitPattern, "\(before)\(signed)")
            }
        }
        #expect(parse("-12,5", behind: "1234567;", mark: ",") == -12.5)
    }

    @Test func `words for what is not finite, spaces, and the decimal comma`() {
        for text in ["nan", "NaN", "NAN", "-nan"] { #expect(parse(text)?.isNaN == true) }
        for text in ["inf", "Infinity", "+INF", " inf "] { #expect(parse(text) == .infinity) }
        #expect(parse("-inf") == -.infinity)
        #expect(parse("  2.5\t") == 2.5)
        #expect(parse("2,5e1", mark: ",") == 25)
        #expect(parse("123456789012345678901,5", mark: ",") == 123456789012345678901.5)
        #expect(parse("2.5", mark: ",") == nil)
    }

    @Test func `the complaint tells too large from not a number`() {
        func complaint(_ text: String) -> String {
            Array(text.utf8).withUnsafeBufferPointer { DecimalNumber.complaint(about: $0) }
        }
        #expect(complaint("1e400").contains("larger"))
        #expect(complaint("$72,000") == "is not a number")
    }
}
