import Testing

@testable import Checks

@Suite struct NamePatternTests {
    @Test(arguments: [
        ("layer.*.mask", "layer.3.mask", true), ("layer.*.mask", "layer.mask", false), ("*", "anything", true),
        ("mask", "mask", true), ("mask", "masks", false), ("*mask", "a.mask", true), ("a*b*c", "a--b--c", true),
        ("a*a", "a", false), ("", "", true), ("**", "x", true),
    ])
    func `a star stands for anything`(pattern: String, name: String, expected: Bool) {
        #expect(NamePattern(pattern).matches(name) == expected)
    }
}
