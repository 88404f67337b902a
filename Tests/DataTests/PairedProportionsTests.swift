import Domain
import Foundation
import Testing

@testable import Data

struct PairedProportionsTests {
    private func pair(_ first: Int, _ second: Int, of rows: Int) -> PairedProportions {
        PairedProportions(McNemar(onlyFirstCorrect: first, onlySecondCorrect: second), rows: rows)
    }

    /// `make_interval_reference.py` maximises the likelihood at each difference.
    @Test func `bounds are Tango's, but no surer than the binomial test`() throws {
        let cases = try #require(try Reference.json("intervals.json")["pairs"]?.array)
        #expect(cases.count > 5)
        for each in cases {
            func number(_ name: String) throws -> Double { try #require(each[name]?.double) }
            let (one, two) = (Int(try number("first")), Int(try number("second"))), alpha = try number("alpha")
            let pair = pair(one, two, of: Int(try number("rows")))
            let lower = pair.bounds(alpha: alpha).lower, exact = try number("exact")
            let expected = exact <= alpha ? try number("lower") : min(0, try number("lower"))
            #expect(abs(lower - expected) < 1e-7, "\(one) \(two): \(lower), expected \(expected)")
            #expect(abs(pair.chance(ofAtMost: 0) - exact) < 1e-9, "\(one) \(two)")
            // The other way round the bounds change places.
            #expect(abs(self.pair(two, one, of: pair.rows).bounds(alpha: alpha).upper + lower) < 1e-12)
        }
    }

    /// At 95 %, 1 - 0.05^(1/n) of the rows may have become wrong where none of n shows it.
    @Test(arguments: [(10, 0.2588656), (30, 0.0950339), (100, 0.0295130), (10_000, 0.0002995)])
    func `where no row differs few rows leave much open`(rows: Int, share: Double) {
        let bounds = pair(0, 0, of: rows).bounds(alpha: 0.05)
        #expect(abs(bounds.lower + share) < 1e-6 && abs(bounds.upper - share) < 1e-6, "\(bounds)")
        #expect(abs(pair(0, 0, of: rows).chance(ofAtMost: -share) - 0.05) < 1e-4)
        #expect(pair(0, 0, of: rows).chance(ofAtMost: 0) == 1)
    }

    /// One-sided 0.0625 and 0.03125.
    @Test func `four rows that only the second gets right show nothing, five do`() {
        #expect(pair(0, 4, of: 60).bounds(alpha: 0.05).lower == 0)
        #expect(pair(0, 5, of: 60).bounds(alpha: 0.05).lower > 0)
        #expect(Reference.near(pair(0, 4, of: 60).chance(ofAtMost: 0), 0.0625))
        #expect(Reference.near(pair(0, 5, of: 60).chance(ofAtMost: 0), 0.03125))
    }

    /// At each level so many rows as are said to be needed show it, and fewer leave it open: never the contrary.
    @Test(arguments: [0.05, 0.025, 0.01, 0.005])
    func `where no row differs the rows that are needed are enough`(alpha: Double) throws {
        let needed = try #require(
            NonInferiority(of: pair(0, 0, of: 50), margin: 0.01, alpha: alpha).rowsNeeded)
        #expect(needed == Int((log(alpha) / log1p(-0.01)).rounded(.up)))
        for rows in (needed - 90)...(needed + 90) {
            let verdict = NonInferiority(of: pair(0, 0, of: rows), margin: 0.01, alpha: alpha).verdict
            #expect(verdict == (rows < needed ? .inconclusive : .shown), "\(rows) of \(needed)")
        }
    }

    @Test func `no rows show nothing`() {
        let none = pair(0, 0, of: 0)
        #expect(none.bounds(alpha: 0.05) == Interval(lower: -1, upper: 1) && none.chance(ofAtMost: -0.5) == 1)
    }
}
