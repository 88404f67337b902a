import Foundation
import Testing

@testable import Data

struct MomentsTests {
    private func random(_ count: Int, seed: UInt64, offset: Double = 0) -> [Double] {
        var generator = SplitMix(seed: seed)
        return (0..<count).map { _ in offset + Double.random(in: -1...1, using: &generator) }
    }

    @Test func `moments of shards merge to those of the whole`() throws {
        let values = random(20_000, seed: 3, offset: 100)
        let whole = Moments(values)
        for cut in [0, 1, 4095, 4096, 12_345, 20_000] {
            var merged = Moments(values[..<cut])
            merged.merge(Moments(values[cut...]))
            #expect(merged.count == whole.count && merged.minimum == whole.minimum && merged.maximum == whole.maximum)
            #expect(merged.negatives == whole.negatives && merged.zeros == whole.zeros)
            #expect(abs(try #require(merged.mean) - #require(whole.mean)) < 1e-12)
            let (one, other) = (
                try #require(merged.standardDeviation(ddof: 1)), try #require(whole.standardDeviation(ddof: 1))
            )
            #expect(abs(one - other) < 1e-12)
        }
    }

    @Test func `a small spread far from zero is not lost`() throws {
        let moments = Moments((0..<1000).map { 1e9 + Double($0 % 2) })
        #expect(moments.mean == 1e9 + 0.5)
        #expect(moments.standardDeviation(ddof: 0) == 0.5)
    }

    /// Whole numbers around an offset, whose moments are known exactly.
    @Test(arguments: [
        (100_000_000_000, 100), (1_700_000_000_000, 1000), (1_000_000_000_000_000, 4000), (-9_000_000_000_000_000, 10),
    ])
    func `far from zero the spread and the difference of means stay exact`(offset: Int, range: Int) throws {
        var generator = SplitMix(seed: 5)
        let numbers = { (count: Int) in (0..<count).map { _ in Int.random(in: 0..<range, using: &generator) } }
        let (many, few) = (numbers(20_000), numbers(300))
        func moments(_ values: [Int]) -> [Moments] {
            let doubles = values.map { Double(offset + $0) }
            var runs = Moments()
            for value in doubles.sorted() { runs.add(value, times: 1) }
            var parts = Moments(doubles[..<100])
            parts.merge(Moments(doubles[100...]))
            return [Moments(doubles), runs, parts]
        }
        func mean(_ values: [Int]) -> Double { Double(values.reduce(0, +)) / Double(values.count) }
        let total = many.reduce(0, +)
        let variance = many.reduce(0.0) { $0 + pow(Double(20_000 * $1 - total) / 20_000, 2) } / 20_000
        for (one, other) in zip(moments(many), moments(few)) {
            #expect(Reference.near(try #require(one.standardDeviation(ddof: 0)), variance.squareRoot()))
            #expect(Reference.near(try #require(other.meanDifference(from: one)), mean(few) - mean(many)))
            #expect(one.mean == Double(offset) + mean(many))
        }
    }

    @Test func `the sum does not lose small terms`() {
        var moments = Moments()
        for value in [1e100, 1, -1e100, 1] {
            withUnsafePointer(to: value) { moments.add(UnsafeBufferPointer(start: $0, count: 1)) }
        }
        #expect(moments.sum == 2)
    }

    @Test func `repeated values count as often as they occur`() throws {
        var moments = Moments()
        moments.add(0.1, times: 30)
        moments.add(-2, times: 10)
        let plain = Moments([Double](repeating: 0.1, count: 30) + [Double](repeating: -2, count: 10))
        #expect(moments.count == 40 && moments.negatives == 10)
        #expect(abs(try #require(moments.mean) - #require(plain.mean)) < 1e-15)
    }

    @Test func `nothing has no mean, and one value no sample deviation`() {
        #expect(Moments().mean == nil)
        #expect(Moments([7]).standardDeviation(ddof: 1) == nil)
        #expect(Moments([7]).standardDeviation(ddof: 0) == 0)
    }

    @Test(arguments: [[9e300, 5e300], [2e300, 3e300, 9e300], [7e300, 1e300], [-1.7e308, 1.7e308]])
    func `a spread whose squares are too large is none that is known`(values: [Double]) {
        for moments in [Moments(values), values.reduce(into: Moments()) { $0.add($1, times: 1) }] {
            #expect(moments.standardDeviation(ddof: 0).map(\.isFinite) == false)
        }
        #expect(Moments([9e300, 9e300]).standardDeviation(ddof: 0) == 0)
    }

    @Test func `numbers whose sum is too large still have a mean`() {
        #expect(Moments([1.5e308, 1.5e308]).mean == 1.5e308)
    }
}
