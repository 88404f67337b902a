import Data
import Domain

/// What older models lose on the data of today, by how much older they are.
struct StalenessCurve {
    struct Point {
        let version: ModelVersion
        let days: Double
        /// Its metric, on the rows that it has in common with today's model.
        let value: Double
        /// How much worse than today's on the same rows, as a share of that; negative where the old one is better.
        let loss: Double
        /// Of the loss, at 95 %, from a paired bootstrap.
        let interval: Interval
        let rows: Int

        var json: JSON {
            [
                "revision": .string(version.revision.description), "age_days": .double(days), "value": .double(value),
                "loss": .double(loss), "loss_low": .double(interval.lower), "loss_high": .double(interval.upper),
                "rows": .int(rows),
            ]
        }
    }

    /// The youngest first.
    let points: [Point]

    /// What a day costs, as a share: of the least-squares line through the origin, for a model of age 0 loses nothing.
    let lossPerDay: Double

    init(_ points: [Point]) {
        self.points = points.sorted { $0.days < $1.days }
        let squares = points.reduce(0) { $0 + $1.days * $1.days }
        lossPerDay = squares > 0 ? points.reduce(0) { $0 + $1.days * $1.loss } / squares : 0
    }

    /// The age at which the line reaches a loss; `nil` where models do not get worse.
    func days(untilLosing loss: Double) -> Double? { lossPerDay > 0 ? loss / lossPerDay : nil }

    /// The age at which what was lost since the training is worth as much as another one: `cost` = `value` · lossPerDay · days² / 2.
    ///
    /// No other cadence makes trainings and losses together cheaper (as the order quantity of Harris 1913).
    func days(untilCost cost: Double, worth value: Double) -> Double? {
        lossPerDay > 0 ? (2 * cost / (value * lossPerDay)).squareRoot() : nil
    }
}

extension StalenessCurve.Point {
    /// Of an older model, whose predictions on today's rows are `before`. Throws where these do not tell.
    init(
        _ version: ModelVersion, days: Double, of name: String, from before: Predictions, to now: Predictions
    ) throws {
        let rows = max(1, min(before.rowCount, now.rowCount))
        let bootstrap = Bootstrap(ofRows: rows)
        let comparison = try Comparison(of: before, and: now, bootstrap: bootstrap, named: [name])
        let change = comparison.differences.first { $0.name == name }
        guard let change, let old = change.first, let new = change.second, new != 0 else {
            throw MissingEvidence("\(name) is not defined on its rows, or is 0 of this version there")
        }
        guard let ends = change.spread?.interval else {
            throw MissingEvidence("resamples of its rows give no interval of \(name)")
        }
        let gains = [ends.lower, ends.upper].map { MetricDirection.gain($0, of: name) / abs(new) }
        self.init(
            version: version, days: days, value: old, loss: MetricDirection.gain(new - old, of: name) / abs(new),
            interval: Interval(lower: min(gains[0], gains[1]), upper: max(gains[0], gains[1])), rows: comparison.rows)
    }

    /// `a 30-day-old model loses 2.3 % auc [1.6, 3]`.
    func text(_ name: String) -> String {
        "a \(days.brief)-day-old model loses \(loss.percent) \(name) "
            + "[\((interval.lower * 100).brief), \((interval.upper * 100).brief)]"
    }
}
