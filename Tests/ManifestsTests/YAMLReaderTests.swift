import Domain
import Foundation
import Manifests
import Testing

struct YAMLReaderTests {
    private let start = "apiVersion: martlet.dev/v1\nkind: Gate\nmetadata: {name: a}\n"

    private func problems(_ text: String) -> [String] {
        read(text, at: "anywhere.yaml").diagnostics.map { "\($0.place.line):\($0.place.column) \($0.code)" }
    }

    @Test(arguments: [
        ("spec: &a {soakFor: 1m}", "4:7 anchor"), ("spec: {soakFor: &a 1m}", "4:17 anchor"),
        ("spec: {soakFor: !!str 1m}", "4:17 tag"), ("spec: !x {soakFor: 1m}", "4:7 tag"),
        ("spec: {soakFor: 1m, soakFor: 2m}", "4:21 duplicate-key"), ("kind: Gate", "4:1 duplicate-key"),
        ("spec: {<<: {soakFor: 1m}}", "4:8 merge-key"), ("spec: {? [a] : b}", "4:10 complex-key"),
        ("spec: {soakFor: \"a\\0b\"}", "4:17 forbidden-character"),
        ("spec:\n\tsoakFor: 1m", "5:1 tab"), ("spec:\n  soakFor: 1m\n gate: x", "6:2 indentation"),
        ("spec: {soakFor: 'x", "4:17 unclosed-quote"), ("spec: {a: [b, c}", "4:16 unclosed-list"),
        ("spec: a: b", "4:8 syntax"), ("spec: {soakFor: \"\\q\"}", "4:18 escape"), ("spec: @", "4:7 syntax"),
        ("spec\nx: y", "4:1 missing-colon"),
    ])
    func `what YAML allows and manifests do not is named`(text: String, expected: String) {
        let found = problems(start + text)
        #expect(found.contains(expected), "\(found)")
        #expect(read(start + text, at: "anywhere.yaml").documents == [])
    }

    @Test(arguments: ["\\x85", "\\e", "\\u202e", "\\N", "\\L", "\\x9b", "\\uFEFF"])
    func `escapes bring in nothing that the file may not hold`(escape: String) {
        #expect(problems(start + "spec: {soakFor: \"\(escape)\"}").contains("4:17 forbidden-character"))
        #expect(!problems(start + "spec: {soakFor: \"\\xe9\\u6f22\\n\\t\"}").contains("4:17 forbidden-character"))
    }

    @Test func `after twenty broken documents the rest is not read, and that is said`() {
        let found = problems(String(repeating: "---\n]\n", count: 100))
        #expect(found.count == 21)
        #expect(found.last == "41:1 too-many-errors")
    }

    @Test func `an alias is refused by name, without false complaints about what it stands for`() {
        #expect(problems(start + "spec: {soakFor: &a 1m, checks: *a}") == ["4:17 anchor", "4:32 alias"])
    }

    @Test func `a byte order mark is skipped, and the first column is 1`() {
        #expect(problems("\u{FEFF}" + start) == [])
        #expect(problems("\u{FEFF}apiVersion: x\nkind: Gate\nmetadata: {name: a}\n") == ["1:13 unknown-version"])
        #expect(problems(start + "# \u{FEFF}") == ["4:3 forbidden-character"])
    }

    @Test(arguments: [
        "\u{0}", "\u{1}", "\u{1B}", "\u{7F}", "\u{85}", "\u{9B}", "\u{2028}", "\u{2029}", "\u{202E}", "\u{2066}",
        "\u{FFFE}", "\u{FFFF}",
    ])
    func `characters that hide or split what people see are refused`(character: String) {
        #expect(problems(start + "# é x" + character) == ["4:6 forbidden-character"])
        #expect(problems(start + "# x" + character + "y") == ["4:4 forbidden-character"])
    }

    @Test func `other text is welcome`() {
        #expect(problems(start + "# äöü ß € 漢字 🚀 \u{A0} \u{FFFD} \u{200D} ‘’ “” – — …\t\n") == [])
    }

    @Test(arguments: [
        [0x80], [0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF0, 0x80, 0x80, 0x80],
        [0xE0, 0x80, 0x80], [0xFF], [0xC3, 0x28],
    ])
    func `bytes that are no UTF-8 are refused where they stand`(bytes: [UInt8]) {
        let file = YAMLManifests().read(Array((start + "# é").utf8) + bytes + [0x0A], path: "anywhere.yaml")
        #expect(file.diagnostics.map(\.code) == ["not-utf8"])
        #expect(file.diagnostics.map(\.place) == [Place(line: 4, column: 4)])
    }

    @Test func `UTF-16 and UTF-32 are refused by name`() throws {
        for encoding in [String.Encoding.utf16, .utf16BigEndian, .utf16LittleEndian, .utf32, .utf32LittleEndian] {
            let bytes = try #require(start.data(using: encoding))
            let file = YAMLManifests().read(Array(bytes), path: "anywhere.yaml")
            #expect(file.diagnostics.map(\.code) == ["not-utf8"])
        }
    }

    @Test func `Windows line ends are read`() {
        let file = read(start.replacingOccurrences(of: "\n", with: "\r\n") + "spek: 1\r\n", at: "anywhere.yaml")
        #expect(file.diagnostics.map(\.place) == [Place(line: 4, column: 1)])
    }

    // MARK: Bombs

    @Test func `a file over 1 MiB is refused, one below is read in time`() {
        let comment = String(repeating: "# 23456789012345\n", count: 1 << 16)
        #expect(problems(start + comment) == ["1:1 file-too-large"])
        #expect(problems(start + comment.prefix((1 << 20) - start.utf8.count - 10)) == [])
    }

    @Test(arguments: ["[", "{a: ", "- ", "? ", "{? ", "[{a: "])
    func `deep nesting is refused at once`(opening: String) {
        let clock = ContinuousClock()
        let text = start + "spec:\n  " + String(repeating: opening, count: 200_000 / opening.utf8.count)
        var found: [String] = []
        let time = clock.measure { found = problems(text) }
        #expect(found.last?.hasSuffix("too-deep") == true, "\(found)")
        #expect(time < .seconds(2))
    }

    @Test func `after a document that is too deep the next is read`() {
        let deep = start + "spec: " + String(repeating: "[", count: 1000) + "\n---\n"
        #expect(read(deep + start, at: "anywhere.yaml").documents.map(\.name) == ["a"])
    }

    @Test func `a billion laughs are refused at the first`() {
        var text = start + "spec:\n  a0: &a0 [ha, ha]\n"
        for level in 1...30 { text += "  a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        let file = read(text, at: "anywhere.yaml")
        #expect(file.documents == [])
        #expect(Set(file.diagnostics.map(\.code)) == ["anchor", "alias"])
    }

    @Test func `too many values are refused`() {
        let found = problems(start + "spec: [" + String(repeating: "1,", count: 60_000) + "]")
        #expect(found.count == 1 && found[0].hasSuffix("too-many-values"), "\(found)")
    }

    @Test func `many keys and many documents take no long time`() {
        let clock = ContinuousClock()
        let keys = (0..<20_000).map { "  key\($0): 1\n" }.joined()
        let texts = [
            start + "spec:\n" + keys,
            start + "spec: {checks: [{check: a,\n" + keys.replacing("\n", with: ",\n") + "}]}",
            String(repeating: "---\n]\n", count: 170_000), String(repeating: "---\n", count: 250_000),
            String(repeating: "---\na\n", count: 170_000), start + "x: " + String(repeating: "a", count: 1_000_000),
            start + "? " + String(repeating: "'", count: 1_000_000), String(repeating: "!a ", count: 300_000),
            String(repeating: "a: b\n", count: 200_000), String(repeating: "%TAG !a! tag:x\n", count: 70_000) + "---\n",
        ]
        for text in texts {
            let time = clock.measure { #expect(!problems(text).isEmpty || text.count < 900_000) }
            #expect(time < .seconds(10), "\(text.prefix(80))")
        }
    }

    @Test func `damaged documents never crash, and give a diagnostic or a manifest`() {
        var random = SystemRandomNumberGenerator()
        let pieces = [
            "\n", " ", "  ", "\t", ":", ": ", "- ", "[", "]", "{", "}", ",", "'", "\"", "|", ">", "|-\n", "#", "&a",
            "*a", "!",
            "---\n", "...\n", "%", "@", "`", "?", "? ", "\\", "é", "\u{FEFF}", "\u{0}", "\r", "\r\n", "~", "<<: ",
        ].map { Array($0.utf8) }
        let originals = [Samples.deployment, start + "spec: {checks: [a, {check: b, x: [1, 2]}], soakFor: 1m}\n"]
        for round in 0..<4000 {
            var bytes = Array(originals[round % 2].utf8)
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let at = Int.random(in: 0...bytes.count, using: &random)
                let end = min(bytes.count, at + Int.random(in: 0..<6, using: &random))
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.replaceSubrange(at..<end, with: pieces.randomElement(using: &random) ?? [])
                case 1: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: at)
                default: bytes.replaceSubrange(at..<end, with: [UInt8.random(in: 0...255, using: &random)])
                }
            }
            let file = YAMLManifests().read(bytes, path: "anywhere.yaml")
            #expect(!file.diagnostics.isEmpty || !file.documents.isEmpty, "\(bytes)")
            for diagnostic in file.diagnostics { #expect(diagnostic.place.line > 0 && diagnostic.place.column > 0) }
        }
    }
}
