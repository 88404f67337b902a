import Foundation
import Testing

@testable import Data

struct TextBlocksTests {
    private func blocks(_ bytes: [UInt8], of size: Int, limit: Int = 1 << 20) throws(DataError) -> TextBlocks {
        try TextBlocks(size: bytes.count, packedLimit: limit, blockBytes: size) { place, count in
            Array(bytes[place..<(place + count)])
        }
    }

    private func all(_ blocks: TextBlocks) throws -> [[UInt8]] {
        var blocks = blocks, found: [[UInt8]] = [], block: [UInt8] = []
        while try blocks.next(&block) { found.append(block) }
        return found
    }

    @Test func `blocks are whole rows, and together the text`() throws {
        let text = "a,b\n" + (0..<500).map { "\($0),\"x\ny\($0)\"\n" }.joined() + "last,row"
        let found = try all(blocks(Array(text.utf8), of: 100))
        #expect(found.count > 50 && Array(found.joined()) == Array(text.utf8))
        #expect(found.dropLast().allSatisfy { $0.last == 0x0A && $0.count { $0 == 0x22 } % 2 == 0 })
        #expect(try all(blocks([], of: 100)).isEmpty)
    }

    @Test func `a packed text is expanded, but for what stands for too much`() throws {
        let plain = try Reference.fixture("formats/comma-lf.csv")
        let packed = try Reference.fixture("formats/comma-lf.csv.gz")
        #expect(try Array(all(blocks(packed, of: 256)).joined()) == plain)
        #expect(try all(blocks(plain, of: 256, limit: 10)).count > 1)
        let error = #expect(throws: DataError.self) { try all(blocks(packed, of: 256, limit: 1000)) }
        #expect(error?.remedy.contains("profile and drift read it in steps") == true)
    }

    @Test func `an error has the line of the whole text`() throws {
        let text = Array(("a\r\n" + String(repeating: "\"1\n2\"\r\n", count: 100)).utf8)
        var blocks = try blocks(text, of: 70), block: [UInt8] = []
        for _ in 0..<3 { _ = try blocks.next(&block) }
        let before = text.count { $0 == 0x0A }
        while try blocks.next(&block) {}
        let error = try blocks.located(DataError("wrong", line: 2, column: 3, remedy: "mend it"))
        #expect(error.line ?? 0 <= before + 2 && error.line ?? 0 > before - 20 && error.column == 3)
        let other = try blocks.located(DataError("wrong", remedy: "mend it"))
        #expect(other.line == nil)
    }
}
