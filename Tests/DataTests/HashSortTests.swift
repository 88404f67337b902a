import Testing

@testable import Data

struct HashSortTests {
    private struct Item: Hashed, Equatable {
        let hash: UInt64
        let number: Int
    }

    @Test(arguments: [0, 1, 2, 3000, 30_000])
    func `sorts by hash, and keeps the order of equal ones`(count: Int) {
        var random = SplitMix(seed: UInt64(count))
        let items = (0..<count).map { Item(hash: random.next() >> UInt64($0 % 3 * 20), number: $0) }
        var chunks = [Array(items[..<(count / 3)]), [], Array(items[(count / 3)...])]
        #expect(HashSort.sorted(&chunks, count: count) == items.sorted { ($0.hash, $0.number) < ($1.hash, $1.number) })
    }
}
