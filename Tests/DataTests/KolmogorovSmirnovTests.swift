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
}
