import Testing

@testable import Data

struct AscendingOrderTests {
    @Test func `sorts as a stable sort does, NaN last, zeros alike`() {
        var random = SplitMix(seed: 2)
        let special: [Double] = [
            0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 1e308, -1e308, 0.1,
        ]
        for count in [0, 1, 2, 100, 5_000] {
            let values = (0..<count).map { _ in
                Bool.random(using: &random)
                    ? special[Int.random(in: 0..<special.count, using: &random)]
                    : Double.random(in: -5...5, using: &random)
            }
            let order = AscendingOrder.of(values).map { Int($0) }
            #expect(order == values.indices.sorted { (values[$0], $0) < (values[$1], $1) })
            let minor = values.map { _ in UInt8.random(in: 0...3, using: &random) }
            let ordered = AscendingOrder.of(values, thenBy: minor).map { Int($0) }
            #expect(ordered == values.indices.sorted { (values[$0], minor[$0], $0) < (values[$1], minor[$1], $1) })
        }
        #expect(AscendingOrder.of([.nan, 1, -.nan, .infinity]).prefix(2) == [1, 3])
    }
}
