import Testing

@testable import Data

struct CompactCountsTests {
    @Test func `gives counts of any size back in their order`() {
        let counts = [0, 1, 254, 255, 256, 7, .max, 0]
        #expect(Array(CompactCounts(counts)) == counts)
        #expect(CompactCounts(counts).count == 8 && CompactCounts(counts) == CompactCounts(counts))
        #expect(CompactCounts([255, 1]) != CompactCounts([256, 1]))
    }
}
