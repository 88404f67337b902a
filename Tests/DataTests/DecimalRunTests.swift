import Testing

@testable import Data

struct DecimalRunTests {
    private func packed(_ numbers: [Double], atLeast places: Int = 0) -> DecimalRun? {
        numbers.withUnsafeBufferPointer { DecimalRun($0, atLeast: places) }
    }

    @Test(
        arguments: [
            ([1, -2, 30, 0], 0), ([0.5, 12.25, -3], 2), ([0.1, 0.2, 0.3, 1.000001], 6), ([2e9, -2e9], 0),
            ([0.000000001], 9), ([], 0),
        ] as [([Double], Int)])
    func `packs with as few places as are needed, and gives the same bits back`(numbers: [Double], places: Int) throws {
        let run = try #require(packed(numbers))
        #expect(run.places == places)
        #expect(run.numbers.map(\.bitPattern) == numbers.map(\.bitPattern))
        #expect(packed(numbers, atLeast: 1)?.places == (numbers.contains(2e9) ? nil : max(1, places)))
    }

    @Test(arguments: [
        1 / 3.0, 0.1 + 0.2, 1e300, 3e9, -2_147_483_649, .leastNonzeroMagnitude, 0.0000000001, -0.0, 1e18,
        4_503_599_627_370_497,
    ])
    func `what does not come back bit for bit is not packed`(number: Double) { #expect(packed([1, number]) == nil) }

    @Test func `runs of different places are joined at the most, unless they do not fit then`() throws {
        let whole = try #require(packed([7, -8]))
        let fine = try #require(packed([0.125]))
        var both = [whole, fine]
        #expect(DecimalRun.joined(&both)?.numbers == [7, -8, 0.125])
        var large = [try #require(packed([2_000_000_000])), fine]
        #expect(DecimalRun.joined(&large) == nil && large.map(\.numbers) == [[2_000_000_000], [0.125]])
    }

    @Test func `sorts as comparing does`() throws {
        var random = SplitMix(seed: 4)
        for range in [1, 3, 4_000, 5_000_000] {
            let numbers = (0..<20_000).map { _ in Double(Int(random.next() % UInt64(range)) - range / 2) / 1000 }
            #expect(try #require(packed(numbers)).sorted() == numbers.sorted())
        }
        let wide = (0..<9_000).map { _ in Int32(truncatingIfNeeded: random.next()) } + [.min, .max]
        #expect(RadixSort.sorted(wide) == wide.sorted())
    }
}
