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
}
