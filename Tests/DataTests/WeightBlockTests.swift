import Testing

@testable import Data

struct WeightBlockTests {
    /// Sums and tallies of random rows as plain loops find them.
    @Test(arguments: [0, 1, 127, 128, 129, 1000])
    func `sums in blocks are sums in the order of the rows`(rows: Int) {
        var random = SplitMix(seed: UInt64(rows))
        let weights = (0..<rows).map { _ in SIMD16<UInt8>.random(in: 0...12, using: &random) }
        let values = (0..<rows).map { _ in Double.random(in: -1...1, using: &random) }
        let codes = (0..<rows).map { _ in UInt8.random(in: 0...4, using: &random) }
        var (all, sum, tally) = (LaneSum(), LaneSum(), LaneTally(codes: 5))
        weights.withUnsafeBufferPointer { weights in
            WeightBlock.forEach(weights) { block in
                all.add(block)
                sum.add(values, block)
                tally.add(codes, block)
            }
        }
        for lane in 0..<16 {
            #expect(all[lane] == weights.reduce(0) { $0 + Double($1[lane]) })
            #expect(sum[lane] == zip(weights, values).reduce(0) { $0 + Double($1.0[lane]) * $1.1 })
            for code in 0..<5 {
                let rows = codes.indices.filter { codes[$0] == code }
                #expect(tally.count(of: code, lane: lane) == rows.reduce(0) { $0 + Int(weights[$1][lane]) })
            }
        }
    }

    @Test func `rows come in the order that is asked for`() {
        let weights = (0..<300).map { SIMD16<UInt8>(repeating: UInt8($0 % 251)) }
        let order = (0..<300).map { Int32($0 * 7 % 300) }
        var seen: [Double] = []
        weights.withUnsafeBufferPointer { weights in
            WeightBlock.forEach(weights, halfOf: order.map { $0 * 2 + $0 % 2 }) { block in
                for row in 0..<block.range.count { seen.append(block.weights(row, half: 1)[3]) }
            }
        }
        #expect(seen == order.map { Double($0 % 251) })
    }
}
