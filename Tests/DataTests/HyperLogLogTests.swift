import Testing

@testable import Data

struct HyperLogLogTests {
    private func sketch(_ range: Range<Int>) -> HyperLogLog {
        var sketch = HyperLogLog()
        for value in range { sketch.add(hash: StableHash.of(Double(value))) }
        return sketch
    }

    @Test(arguments: [0, 1, 10, 1000, 40_000, 100_000, 500_000])
    func `the estimate is within four standard errors`(count: Int) {
        let estimate = sketch(0..<count).estimate
        #expect(abs(Double(estimate - count)) <= 4 * HyperLogLog.standardError * Double(count) + 0.5)
    }

    @Test func `repetitions do not count`() {
        var one = sketch(0..<5000)
        one.merge(sketch(0..<5000))
        #expect(one == sketch(0..<5000))
    }

    @Test func `sketches of shards merge to that of the whole, bit for bit`() {
        var merged = sketch(0..<3000)
        merged.merge(sketch(3000..<9000))
        #expect(merged == sketch(0..<9000))
    }

    @Test(arguments: [4, 9, 12, 14]) func `a folded sketch is that of as many registers, and merges with any other`(
        precision: Int
    ) throws {
        let count = 1 << precision
        let folded = sketch(0..<50_000).folded(to: precision)
        #expect(folded.digits.utf8.count == count)
        let estimate = folded.estimate
        #expect(abs(Double(estimate - 50_000)) <= 4 * folded.standardError * 50_000)
        // Folding before a merge, after it, or in two steps is the same.
        var one = sketch(0..<30_000).folded(to: precision), other = sketch(0..<30_000)
        one.merge(sketch(20_000..<50_000))
        other.merge(sketch(20_000..<50_000).folded(to: precision))
        #expect(
            one == folded && other == folded
                && sketch(0..<50_000).folded(to: max(13, precision)).folded(to: precision) == folded)
        #expect(try #require(HyperLogLog(digits: folded.digits)) == folded)
    }

    @Test func `digits that no sketch has are refused`() {
        let digits = sketch(0..<50_000).folded(to: 4).digits
        #expect(HyperLogLog(digits: digits) != nil)
        for wrong in [
            "", "0", digits + digits + digits, String(digits.dropLast()) + "~", String(digits.dropLast()) + "_",
        ] {
            #expect(HyperLogLog(digits: wrong) == nil, "\(wrong)")
        }
        #expect(HyperLogLog(digits: String(repeating: "0", count: 1 << 15)) == nil)
    }
}
