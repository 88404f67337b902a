import Testing

@testable import Data

struct PackedValuesTests {
    @Test(
        arguments: [[], [1], [0.5, 0.5, 0.5, 0.5, 2], [1 / 3.0, 0.5], (0..<100).map { Double($0) / 4 }] as [[Double]])
    func `values come out as they went in`(numbers: [Double]) {
        let values = SortedValues(of: numbers)
        for isWanted in [true, false] {
            let unpacked = PackedValues(values, isWanted: isWanted).values
            #expect(unpacked.values == values.values && unpacked.cumulative == values.cumulative)
            #expect(unpacked.count == values.count && unpacked.distinct == values.distinct)
        }
    }
}
