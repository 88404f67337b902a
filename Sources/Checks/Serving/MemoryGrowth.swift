import Data
import Domain

/// Whether the memory of servers grows while they run: a leak.
struct MemoryGrowth {
    /// The servers' runs that are long enough to tell.
    let runs: [Judged]
    /// How many rows the fullest run has after the warm-up, and over how many hours.
    let fullest: (rows: Int, hours: Double)

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
    /// A shorter run says nothing of an hour, however many rows it has.
    static let leastHours = 0.75
    /// Of more runs the fullest are looked at.
    static let mostRuns = 50
    /// Slopes that chance brings more often are none.
    static let alpha = 0.01

    init(_ all: [UsageTable.Run], minRows: Int) {
        fullest = all.map { ($0.values.count, $0.span) }.max { ($0.0, $0.1) < ($1.0, $1.1) } ?? (0, 0)
        let told = all.filter { $0.values.count >= minRows && $0.span >= Self.leastHours }.sorted {
            $0.values.count > $1.values.count
        }
        let found = told.prefix(Self.mostRuns).map { $0.thinned(to: Self.most) }.map { run in
            let trend = Trend(run.values, at: run.hours), centre = run.values.median
            return (run: run, trend: trend, growth: centre > 0 ? trend.slope / centre : 0)
        }
        let chances = MultipleTests.holm(found.map(\.trend.pValue))
        runs = zip(found, chances).map { found, chance in
            Judged(
                server: found.run.server, hours: found.run.span, first: found.run.values.first ?? 0,
                last: found.run.values.last ?? 0, growth: found.growth, pValue: chance)
        }
    }

    func findings(_ what: String, atMost limit: Double, in file: String?) -> [Finding] {
        runs.filter { !Bound.isAtMost($0.growth, limit) }.map { run in
            let isSure = run.pValue < Self.alpha
            let who = run.server.map { " of \(Excerpt.line($0, limit: 40))" } ?? ""
            return Finding(
                isSure ? .fail : .warn,
                "\(what)\(who) grows by \(run.growth.percent) an hour over \(run.hours.brief) hours "
                    + "(\(run.first.brief) → \(run.last.brief), p = \(run.pValue.brief)), expected at most \(limit.percent): "
                    + (isSure ? "a leak" : "chance could explain it"), file: file, value: run.growth, threshold: limit)
        }
    }
}
