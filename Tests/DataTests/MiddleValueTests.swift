import Testing

@testable import Data

struct MiddleValueTests {
    @Test(arguments: [1, 2, 3, 10_000, 10_001, 30_000])
    func `is the middle of the sorted values`(count: Int) {
        var random = SplitMix(seed: UInt64(count))
        for spread in [64 * Double.leastNonzeroMagnitude, 1e-3, 1, 1e300] {
            let values = (0..<count).map {
                $0 % 7 == 0 ? 0 : (Double.random(in: 0...1, using: &random) * 50).rounded() / 50 * spread
            }
            let sorted = values.sorted()
            let median = values.withUnsafeBufferPointer(MiddleValue.median)
            #expect(median == (sorted[(count - 1) / 2] + sorted[count / 2]) / 2)
        }
    }

    @Test func `of nothing is not a number`() {
        #expect([Double]().withUnsafeBufferPointer(MiddleValue.median).isNaN)
    }
}
