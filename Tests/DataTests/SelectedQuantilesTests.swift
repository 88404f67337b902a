import Testing

@testable import Data

struct SelectedQuantilesTests {
    private let shares = [0.5, 0.95, 0, 1]

    @Test(arguments: [1, 2, 3, 10_000, 10_001, 30_000])
    func `are those of the sorted values`(count: Int) {
        var random = SplitMix(seed: UInt64(count))
        for spread in [64 * Double.leastNonzeroMagnitude, 1e-3, 1, 1e300] {
            let values = (0..<count).map {
                $0 % 7 == 0 ? 0 : (Double.random(in: 0...1, using: &random) * 50).rounded() / 50 * spread
            }
            let sorted = values.sorted()
            let found = values.withUnsafeBufferPointer { SelectedQuantiles.of($0, shares) }
            #expect(found == shares.map { SortedValues.linearQuantile($0, of: count) { sorted[$0] } })
            #expect(found[2] == sorted.first && found[3] == sorted.last)
        }
    }

    @Test func `of nothing are not numbers`() {
        let found = [Double]().withUnsafeBufferPointer { SelectedQuantiles.of($0, shares) }
        #expect(found.count == 4 && found.allSatisfy { $0.isNaN })
    }
}
