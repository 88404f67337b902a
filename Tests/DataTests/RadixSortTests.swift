import Testing

@testable import Data

struct RadixSortTests {
    @Test(arguments: [0, 1, 2, 4095, 4096, 50_000])
    func `sorts as comparing does`(count: Int) {
        var generator = SplitMix(seed: UInt64(count))
        var values = (0..<count).map { _ in Double(bitPattern: generator.next()) }.filter { $0.isFinite }
        values += [
            0, -1, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .greatestFiniteMagnitude, -.infinity, .infinity,
        ]
        #expect(RadixSort.sorted(values) == values.sorted())
    }

    @Test func `sorts few different numbers`() {
        let values = (0..<10_000).map { Double($0 * 7 % 10) - 5 }
        #expect(RadixSort.sorted(values) == values.sorted())
    }
}
