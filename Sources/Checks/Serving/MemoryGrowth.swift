import Data
import Domain

/// Whether the memory of servers grows while they run: a leak.
struct MemoryGrowth {
    /// The servers' runs that are long enough to tell.
    let runs: [Judged]
    /// How many rows the longest run has after the warm-up.
    let longest: Int

    struct Judged {
        let server: String?
        let hours: Double
        let first: Double
        let last: Double
        /// The slope as a share of the median, an hour.
        let growth: Double
        /// Of the trend, by Holm over all runs.
        let pValue: Double
    }

    /// Longer runs are thinned to so many medians: all pairs of them are looked at.
    static let most = 240
    /// Of more runs the longest are looked at.
    static let mostRuns = 50
    /// Slopes that chance brings more often are none.
    static let alpha = 0.01

    init(_ all: [UsageTable.Run], minRows: Int) {
        longest = all.map(\.values.count).max() ?? 0
        let told = all.filter { $0.values.count >= minRows }.sorted { $0.values.count > $1.values.count }
        let found = told.prefix(Self.mostRuns).map { $0.thinned(to: Self.most) }.map { run in
            let trend = Trend(run.values, at: run.hours), centre = run.values.median
            return (run: run, trend: trend, growth: centre > 0 ? trend.slope / centre : 0)
        }
        let chances = MultipleTests.holm(found.map(\.trend.pValue))
        runs = zip(found, chances).map { found, chance in
            let hours = (found.run.hours.last ?? 0) - (found.run.hours.first ?? 0)
            return Judged(
                server: found.run.server, hours: hours, first: found.run.values.first ?? 0,
                last: found.run.values.last ?? 0, growth: found.growth, pValue: chance)
        }
    }

    func findings(_ column: String, atMost limit: Double, in path: String) -> [Finding] {
        runs.filter { !Bound.isAtMost($0.growth, limit) }.map { run in
            let isSure = run.pValue < Self.alpha
            let who = run.server.map { " of \(Excerpt.line($0, limit: 40))" } ?? ""
            return Finding(
                isSure ? .fail : .warn,
                "\(path): \(column)\(who) grows by \(run.growth.percent) an hour over \(run.hours.brief) hours "
                    + "(\(run.first.brief) → \(run.last.brief), p = \(run.pValue.brief)), expected at most \(limit.percent): "
                    + (isSure ? "a leak" : "chance could explain it"), file: path, value: run.growth, threshold: limit)
        }
    }
}
