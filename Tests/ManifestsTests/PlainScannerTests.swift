import Domain
import Foundation
import Testing

@testable import Manifests

/// The scanner for plain files gives the nodes that libyaml gives, or none.
struct PlainScannerTests {
    /// Returns whether the scanner read the file.
    @discardableResult
    private func compare(_ text: String) -> Bool {
        guard let source = try? SourceText(Array(text.utf8)), let fast = PlainScanner.nodes(of: source) else {
            return false
        }
        let tree = YAMLReader.throughLibyaml(source)
        #expect(tree.documents.count == 1 && tree.documents[0].problems == [], "\(text.debugDescription)")
        #expect(tree.documents.first?.root == 0)
        #expect(description(of: fast) == description(of: tree.nodes), "\(text.debugDescription)")
        return true
    }

    private func description(of nodes: YAMLNodes) -> [String] {
        nodes.nodes.indices.map { index in
            let node = nodes.nodes[index]
            let text = node.kind == .scalar ? nodes.text(Int32(index)) : ""
            return "\(node.kind) \(node.style) \(node.start)..\(node.end) \(node.line):\(node.column) "
                + "\(node.first) \(node.next) '\(text)'"
        }
    }

    @Test func `words are of letters, digits and a few signs`() {
        let first = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/.".utf8)
        for byte in UInt8.min...UInt8.max {
            #expect(PlainScanner.isStart(byte) == first.contains(byte))
            #expect(PlainScanner.isWord(byte) == (first.contains(byte) || "-+@=".utf8.contains(byte)))
        }
    }

    @Test func `the usual files are read`() {
        #expect(compare(Samples.deployment))
        #expect(compare("---\n# c\n\n  a:\n      b: 1\n      c: {}\n  d: []   # e\n  f: [a b, {g: 'h', i: \"j: k\"}]"))
    }

    @Test(arguments: [
        "", "# only\n", "a", "a:\n", "a: \n", "a:\nb: 1\n", "- a\n", "a: b: c\n", "a: b\n  c\n", "a: b\n  c: d\n",
        " a: b\nc: d\n",
        "a:\n  b: 1\n c: 2\n", "a: |\n  b\n", "a: b #c\nd: e#f\n", "a: 'b''c'\n", "a: \"b\\n\"\n", "a: 'b' c\n",
        "a: 'b'#c\n",
        "a: [b, c\n", "a: [b,, c]\n", "a: [b, ]\n", "a: {b}\n", "a: {b:c}\n", "a: {b: }\n", "a: {b: c} d\n",
        "a: [b: c]\n",
        "a: b\r\n", "a:\tb\n", "a: &b c\n", "a: *b\n", "a: !b c\n", "a: b\na: c\n", "{a: b}\n", "a: b\n---\nc: d\n",
        "a: b\n...\n",
        "--- a: b\n", "---\n---\na: b\n", "a: ~\n", "? a\n: b\n", "<<: {a: b}\n", "a: {b: {b: c}, b: d}\n", "%A\n",
        "é: a\n", "a: é\n", "a: 'é'\n", "a: {b: \"é\", c: d}\n", "a: b :c\n",
    ])
    func `what is less plain is left to libyaml`(text: String) {
        #expect(!compare(text))
    }

    @Test(arguments: [
        "a: b:c\n", "a: b - c\n", "a: b  c   # d\n", "a: b+c=d@e/f.g_h\n", "a: .5\n", "a: ...\n", "a: ''\n", "a: \"\"",
        "a: 'b: #c'\n",
        "a: [ ]\n", "a: { }\n", "a: { b: c }\n", "a: [b,c,[d , {e: f:g}]]  # x", "a:   # b\n\n  # c\n    d: e\n\n",
        "a-b/c.d: 1\n", "a: b   \n   \n",
        "a: 1\nb:\n  c:\n    d: 2\ne: 3\n", "# x\n---\n# y\na: b\n", "\u{FEFF}a: b # é\n# 漢字\nc: d",
        "# ü🚀\na: {b: c} # –\n", "a: '---'\n",
        "a: b\n    # deep\n# shallow\nc: d\n", "0: 1\n",
    ])
    func `plain forms are read as libyaml reads them`(text: String) {
        #expect(compare(text))
    }

    @Test func `random texts are read alike or not at all`() {
        var random = SystemRandomNumberGenerator()
        let pieces = [
            "a", "b1", "key", ":", ": ", ":\n", " ", "  ", "\n", "\n  ", "\n    ", "# c", " # d", "{", "}", "[", "]",
            ", ", ",", "'x y'",
            "\"z\"", "-", "- ", "---", "...", "/", ".", "@", "=", "'", "\"", "é", "# ü\n", "x: y", "k: v\n", "k:\n  ",
            "{a: b}",
            "[a, b]", "?", "|", "~", "+",
        ]
        var isRead = 0
        for round in 0..<20_000 {
            let count = Int.random(in: 1...(round % 3 == 0 ? 4 : 12), using: &random)
            let head = round % 2 == 0 ? "" : "m: 1\nn:\n  "
            let text = head + (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            if compare(text) { isRead += 1 }
        }
        #expect(isRead > 200, "\(isRead)")
    }

    @Test func `damaged deployments are read alike or not at all`() {
        var random = SystemRandomNumberGenerator()
        let original = Array(Samples.deployment.utf8)
        var isRead = 0
        for _ in 0..<5_000 {
            var bytes = original
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.remove(at: at)
                case 1: bytes.insert(bytes.randomElement(using: &random) ?? 0, at: at)
                case 2: bytes[at] = UInt8.random(in: 0x20..<0x7F, using: &random)
                default:
                    bytes.insert(contentsOf: [0x0A, 0x20, 0x20].prefix(Int.random(in: 1...3, using: &random)), at: at)
                }
            }
            if compare(String(decoding: bytes, as: UTF8.self)) { isRead += 1 }
        }
        #expect(isRead > 200, "\(isRead)")
    }
}
