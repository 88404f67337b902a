import Testing

@testable import Data

struct TextLengthsTests {
    /// `count` texts of 300 scalars and more, two bytes each, in which only the last digits differ.
    private func table(_ count: Int) -> [UInt8] {
        let start = String(repeating: "ö", count: 300)
        return Array("t\n".utf8) + (0..<count).flatMap { Array("\(start)\($0 + 100_000)\n".utf8) } + Array("x\n".utf8)
    }

    @Test func `the length is that of the whole text, however it is kept`() throws {
        let lengths = try #require(try TableProfile(table(3))["t"]?.texts?.lengths)
        #expect(lengths.minimum == 1 && lengths.maximum == 306 && lengths.mean == Double(3 * 306 + 1) / 4)
    }

    @Test(arguments: [(1_000_000, true), (1_000_000, false), (1000, true)])
    func `of many texts, too`(exactRows: Int, keepsTexts: Bool) throws {
        let count = TextAccumulator.limit + 500
        var options = ProfileOptions(exactRows: exactRows)
        options.keepsTexts = keepsTexts
        let texts = try #require(try TableProfile(table(count), options: options)["t"]?.texts)
        #expect(texts.lengths.maximum == 306 && texts.lengths.mean == Double(count * 306 + 1) / Double(count + 1))
        #expect(texts.count == count + 1)
        #expect(abs(Double(texts.distinct) / Double(count + 1) - 1) < 0.04)
    }

    @Test func `merged parts have the lengths of the whole`() throws {
        let one = try TableProfile(table(3)), whole = try TableProfile(table(5))
        let merged = try one.merged(with: one)["t"]?.texts?.lengths
        #expect(merged?.mean == one["t"]?.texts?.lengths.mean && merged?.count == 8)
        #expect(whole["t"]?.texts?.lengths.maximum == 306)
    }

    @Test func `a text of a span has as many scalars however it is kept, and a long one is not read for them`() {
        let texts = ["", "ä b", String(repeating: "é", count: 128), String(repeating: "€", count: 400) + " "]
        var (bytes, spans, expected): ([UInt8], [TextSpan], TextLengths) = ([], [], TextLengths())
        for text in texts {
            let start = bytes.count
            bytes += text.utf8
            bytes.withUnsafeBytes { bytes in
                let own = UnsafeRawBufferPointer(rebasing: bytes[start...])
                spans.append(TextSpan(start: start, own))
                expected.add(own)
            }
        }
        #expect(spans.map(\.scalars) == [nil, nil, nil, 401])
        // What is said of a long text counts, not what stands there.
        bytes.replaceSubrange((bytes.count - 3)..., with: Array("   ".utf8))
        var (table, log, hashes, sketch) = (TextTable(), TextLog(), HashLog(), TextSketch(TextLog()))
        bytes.withUnsafeBytes { bytes in
            spans.withUnsafeBufferPointer { spans in
                table.add(spans, of: bytes)
                log.add(spans, of: bytes)
                hashes.add(spans, of: bytes)
                sketch.add(spans, of: bytes)
            }
        }
        for lengths in [table.lengths, log.lengths, hashes.lengths, sketch.lengths] { #expect(lengths == expected) }
    }
}
