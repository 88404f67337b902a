import Testing

@testable import Data

struct NumberCountsTests {
    /// Counts of chunks as a dictionary counts them, and how many numbers were taken.
    private func expectRight(_ chunks: [[Double]]) {
        var counts = NumberCounts()
        var expected: [Double: Int] = [:]
        for chunk in chunks {
            let taken = chunk.withUnsafeBufferPointer { counts.add($0) }
            for number in chunk[..<taken] { expected[number, default: 0] += 1 }
            guard taken < chunk.count else { continue }
            #expect(expected.count == NumberCounts.limit && expected[chunk[taken]] == nil)
            break
        }
        let runs = counts.sorted.runs
        #expect(runs.map(\.value) == expected.keys.sorted())
        #expect(runs.allSatisfy { expected[$0.value] == $0.count })
    }

    @Test func `counts decimals whose places and range grow, and then other numbers`() {
        expectRight([[1, 2, 2, -5], [], [0.5, 100, 2], [0.125, -70.5], [1000, 0.125], [1 / 3.0, 2, 1e300], [0.5]])
        expectRight([[5, 5], [4_000_000_000, 5], [1]])
        expectRight([[0], [2_000_000_000], [0.001]])
        expectRight([[-2_147_483_648, 2_147_483_647], [1]])
        expectRight([[2_147_483_000], [2_147_483_647, 0.5], [2_147_483_001.5]])
    }

    @Test func `takes numbers up to the one that is too much, decimals and others`() {
        let wholes = (0..<70_000).map { Double($0) }
        expectRight([wholes + [1, 2], [3]])
        expectRight([wholes.map { $0 / 3 } + [1, 2]])
        expectRight((0..<80).map { part in (0..<1000).map { Double((part * 1000 + $0) * 97) } })
    }
}
