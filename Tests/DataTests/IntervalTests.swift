import Domain
import Testing

@testable import Data

struct IntervalTests {
    @Test func `Wilson's agrees with statsmodels and the golden value`() throws {
        for row in try Reference.rows("wilson") {
            let interval = try #require(Interval.wilson(successes: row[0], of: row[1], confidence: row[2]))
            #expect(Reference.near(interval.lower, row[3]) && Reference.near(interval.upper, row[4]), "\(row)")
        }
        let golden = Interval.wilson(successes: 3_708, of: 5_000)
        #expect(
            Reference.near(golden?.lower ?? 0, 0.729284037009686)
                && Reference.near(golden?.upper ?? 0, 0.7535450094104625))
        #expect(Interval.wilson(successes: 0, of: 0) == nil)
    }

    @Test func `Clopper and Pearson's agrees with statsmodels`() throws {
        for row in try Reference.rows("clopper_pearson") {
            let interval = try #require(Interval.clopperPearson(successes: Int(row[0]), of: Int(row[1])))
            #expect(
                Reference.near(interval.lower, row[3].isNaN ? 0 : row[3])
                    && Reference.near(interval.upper, row[4].isNaN ? 1 : row[4]), "\(row)")
        }
    }

    @Test func `Newcombe's difference agrees with statsmodels`() throws {
        for row in try Reference.rows("newcombe") {
            let interval = try #require(
                Interval.newcombe(first: (Int(row[0]), Int(row[1])), second: (Int(row[2]), Int(row[3]))))
            #expect(Reference.near(interval.lower, row[4]) && Reference.near(interval.upper, row[5]), "\(row)")
        }
    }

    @Test func `a mean's agrees with SciPy`() throws {
        let items = try #require(try Reference.json("statistics.json")["mean"]?.array)
        let interval = try #require(Interval.mean(of: items[0].array?.compactMap(\.double) ?? []))
        #expect(
            Reference.near(interval.lower, items[1].double ?? 0) && Reference.near(interval.upper, items[2].double ?? 0)
        )
        #expect(Interval.mean(of: [1]) == nil)
    }
}
