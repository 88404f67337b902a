import Foundation
import Testing

@testable import Checks

@Suite struct TextPatternTests {
    @Test(arguments: [
        ("cell-[0-9]{4}", "cell-0003", true), ("cell-[0-9]{4}", "cell-00031", false), ("a*", "", true),
        ("a*b", "aaab", true), ("a|bc|", "bc", true), ("a|bc|", "", true), ("a|bc", "abc", false),
        ("(ab)+c?", "ababc", true), ("[^,]+", "a;b", true), ("[^,]+", "a,b", false), (#"\d{2,3}"#, "1234", false),
        (#"\d{2,3}"#, "123", true), (#"\w+@\w+\.[a-z]{2,}"#, "ada@example.com", true), (".", "é", true),
        (".", "\n", false),
        ("^abc$", "abc", true), ("[]a-]+", "a-]", true), (#"\."#, "x", false), ("x{0}", "", true),
        ("(?:ab|c)*", "abcab", true),
    ])
    func `whole texts match or do not`(pattern: String, text: String, expected: Bool) throws {
        #expect(try TextPattern(pattern).matches(text) == expected)
        var matcher = PatternMatcher(try TextPattern(pattern))
        for _ in 0..<2 { #expect(matches(text, &matcher) == expected) }
    }

    private func matches(_ text: String, _ matcher: inout PatternMatcher) -> Bool {
        Array(text.utf8).withUnsafeBufferPointer { matcher.matches($0) }
    }

    @Test func `a pattern of more places than are kept matches all the same`() throws {
        // Each of the last twelve characters counts: 4,096 places.
        var matcher = PatternMatcher(try TextPattern("[ab]*a[ab]{12}"))
        for number in 0..<3000 {
            let text = String((0..<20).map { number * 7919 >> ($0 % 13) & 1 == 0 ? Character("a") : "b" })
            #expect(matches(text, &matcher) == (Array(text)[7] == "a"), "\(text)")
        }
    }

    @Test(arguments: [
        "(", ")", "[a", "a{", "a{2,1}", "a{999}", "*", "a(?=b)", #"\"#, "[z-a]", #"\q"#, "(((a{500}){500}){500})",
    ])
    func `what is no pattern is refused`(pattern: String) {
        #expect(throws: TextPattern.Problem.self) { try TextPattern(pattern) }
    }

    @Test func `a pattern that makes other engines hang takes linear time`() throws {
        let pattern = try TextPattern("(a+)+$")
        let text = String(repeating: "a", count: 20_000) + "b"
        let start = ContinuousClock.now
        #expect(!pattern.matches(text))
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test func `random patterns agree with Foundation's`() throws {
        var random = SystemRandomNumberGenerator()
        let pieces = ["a", "b", "[ab]", "[^a]", "(a|b)", "(ab)", "."], marks = ["", "*", "+", "?", "{2}", "{1,2}"]
        for _ in 0..<300 {
            let pattern = (0..<Int.random(in: 1...4)).map { _ in
                pieces.randomElement(using: &random)! + marks.randomElement(using: &random)!
            }.joined()
            var matcher = PatternMatcher(try TextPattern(pattern))
            let other = try NSRegularExpression(pattern: "\\A(?:\(pattern))\\z")
            for _ in 0..<10 {
                let text = String((0..<Int.random(in: 0...6)).map { _ in "abcé".randomElement(using: &random)! })
                let expected = other.firstMatch(in: text, range: NSRange(location: 0, length: text.utf16.count)) != nil
                #expect(matches(text, &matcher) == expected, "\(pattern) on \(text)")
            }
        }
    }
}
