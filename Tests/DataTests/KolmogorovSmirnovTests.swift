import Domain
import Testing

@testable import Data

struct KolmogorovSmirnovTests {
    @Test func `the law of the one-sample distance agrees with SciPy`() throws {
        let rows = try #require(try Reference.json("drift.json")["kolmogorov"]?.array)
        for row in rows {
            let row = row.array?.map { $0.double ?? .nan } ?? []
            let tail = KolmogorovDistribution.tail(row[1], samples: Int(row[0]))
            #expect(abs(tail - row[2]) <= max(1e-12, 1e-6 * row[2]), "\(row): \(tail)")
        }
    }

    @Test func `thousands of values agree with SciPy`() throws {
        let rows = try #require(try Reference.json("drift.json")["large_ks"]?.array)
        for row in rows {
            let row = row.array?.map { $0.double ?? .nan } ?? []
            let (n, m, shift) = (Int(row[0]), Int(row[1]), Int(row[2]))
            let one = SortedValues(of: (0..<n).map { Double($0 * 7919 % n * 10_000 / n) })
            let other = SortedValues(of: (0..<m).map { Double($0 * 104_729 % m * 10_000 / m + shift) })
            let test = try #require(KolmogorovSmirnov(one, other))
            #expect(abs(test.statistic - row[3]) <= 1e-12, "\(row)")
            #expect(abs((test.pValue ?? -1) - row[4]) <= max(1e-12, 1e-6 * row[4]), "\(row): \(test)")
            #expect(abs((test.asymptoticPValue ?? -1) - row[5]) <= max(1e-12, 1e-6 * row[5]), "\(row): \(test)")
        }
    }

    @Test func `an empty sample has no test`() {
        #expect(KolmogorovSmirnov(SortedValues(of: []), SortedValues(of: [1])) == nil)
    }

    /// Two samples of one law, each seen through a small sketch: what the sketches are off is many times what chance does.
    @Test(arguments: 1...6) func `what sketches are off is not taken for a change`(seed: UInt64) throws {
        var generator = SplitMix(seed: seed)
        let samples = (0..<2).map { _ in (0..<200_000).map { _ in Double.random(in: 0..<1, using: &generator) } }
        let sketches = samples.map { values in
            var sketch = KLLSketch(size: 256, seed: generator.next())
            values.withUnsafeBufferPointer { sketch.add($0) }
            return sketch
        }
        let sorted = sketches.map { SortedValues(ascending: $0.weighted.map { ($0.value, $0.weight) }) }
        let error = sketches.reduce(0) { $0 + $1.functionError }
        let truth = try #require(KolmogorovSmirnov(SortedValues(of: samples[0]), SortedValues(of: samples[1])))
        let bare = try #require(KolmogorovSmirnov(sorted[0], sorted[1]))
        let test = try #require(KolmogorovSmirnov(sorted[0], sorted[1], statisticError: error))
        #expect((bare.pValue ?? 1) < 0.01 && bare.leastPValue == bare.pValue && bare.statisticError == 0)
        #expect(abs(test.statistic - truth.statistic) <= error && test.statistic == bare.statistic)
        #expect((test.pValue ?? 0) >= (truth.pValue ?? 1) && test.asymptoticPValue == test.pValue)
        #expect(test.leastPValue == bare.pValue && test.statisticError == error)
    }

    @Test func `a change that is larger than what sketches are off is seen`() throws {
        let one = SortedValues(of: (0..<100_000).map { Double($0) })
        let other = SortedValues(of: (0..<100_000).map { Double($0 + 3_000) })
        let test = try #require(KolmogorovSmirnov(one, other, statisticError: 0.01))
        let less = try #require(KolmogorovSmirnov(one, SortedValues(of: (0..<100_000).map { Double($0 + 2_000) })))
        #expect(abs(test.statistic - 0.03) < 1e-12 && Reference.near(test.pValue ?? 1, less.pValue ?? 0, 1e-6))
        #expect((test.pValue ?? 1) < 1e-6)
    }
}
