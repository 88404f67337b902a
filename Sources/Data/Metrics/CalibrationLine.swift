import Glibc

/// The logistic regression of labels on the log-odds of their scores (Cox 1958).
///
/// Calibrated scores have intercept 0 and slope 1. A slope below 1 says that scores are too extreme, an intercept above 0 at
/// slope 1 that they are too low. Scores are clipped as for the logarithmic loss.
struct CalibrationLine: Hashable, Sendable {
    let intercept: Double
    let slope: Double
    let interceptError: Double
    let slopeError: Double

    /// Of scores that ascend, with bit 1 of `outcomes` as label; `nil` where no finite line fits best: the scores are all the
    /// same, or they separate the labels.
    init?(ascending scores: ArraySlice<Double>, outcomes: ArraySlice<UInt8>) {
        let points = Points(scores, outcomes)
        guard points.labelsOverlap, let fit = points.fit() else { return nil }
        let (mean, scale) = (points.mean, points.scale)
        slope = fit.slope / scale
        intercept = fit.intercept - slope * mean
        let shift = mean / scale
        let variance = fit.covariance
        slopeError = variance.slopes.squareRoot() / scale
        interceptError = max(0, variance.intercepts + shift * (shift * variance.slopes - 2 * variance.both))
            .squareRoot()
    }

    /// By name of the metric.
    func interval(of metric: String, confidence: Double) -> Interval? {
        guard let z = Interval.twoSided(confidence) else { return nil }
        return switch metric {
        case Self.names[0]: Interval(lower: intercept - z * interceptError, upper: intercept + z * interceptError)
        case Self.names[1]: Interval(lower: slope - z * slopeError, upper: slope + z * slopeError)
        default: nil
        }
    }

    static let names = ["calibration_intercept", "calibration_slope"]
}

/// Different log-odds with the rows and the positive rows that have them.
private struct Points {
    private var odds: [Double] = []
    private var rows: [Double] = []
    private var positives: [Double] = []
    let mean: Double
    let scale: Double

    init(_ scores: ArraySlice<Double>, _ outcomes: ArraySlice<UInt8>) {
        for (score, outcome) in zip(scores, outcomes) {
            let clipped = min(max(score, LogLoss.clip), 1 - LogLoss.clip)
            let value = log(clipped) - log1p(-clipped)
            if odds.last != value {
                odds.append(value)
                rows.append(0)
                positives.append(0)
            }
            rows[rows.count - 1] += 1
            positives[positives.count - 1] += outcome >> 1 == 1 ? 1 : 0
        }
        let count = CompensatedSum.of(rows)
        let mean = CompensatedSum.of(zip(odds, rows).lazy.map { $0 * $1 }) / count
        self.mean = mean
        scale =
            (CompensatedSum.of(zip(odds, rows).lazy.map { ($0 - mean) * ($0 - mean) * $1 }) / count).squareRoot()
    }

    /// Whether some row of each label lies beyond some row of the other: only then is the best line finite.
    var labelsOverlap: Bool {
        let places = odds.indices
        guard let firstHit = places.first(where: { positives[$0] > 0 }),
            let lastHit = places.last(where: { positives[$0] > 0 }),
            let firstMiss = places.first(where: { positives[$0] < rows[$0] }),
            let lastMiss = places.last(where: { positives[$0] < rows[$0] })
        else { return false }
        return firstHit < lastMiss && firstMiss < lastHit
    }

    struct Fit {
        var intercept: Double
        var slope = 0.0
        var covariance = (intercepts: 0.0, slopes: 0.0, both: 0.0)
    }

    /// On log-odds of mean 0 and deviation 1.
    func fit() -> Fit? {
        // The line of a few of many points is so near that two or three passes over all of them are left.
        let few = odds.count > 20_000 ? thinned(by: 64) : nil
        if let few, few.labelsOverlap, let start = few.fit() { return fit(from: start) }
        let (all, hits) = (CompensatedSum.of(rows), CompensatedSum.of(positives))
        return fit(from: Fit(intercept: log(hits / (all - hits))))
    }

    private func thinned(by step: Int) -> Points {
        var few = self
        let places = stride(from: 0, to: odds.count, by: step)
        (few.odds, few.rows, few.positives) = (
            places.map { odds[$0] }, places.map { rows[$0] }, places.map { positives[$0] }
        )
        return few
    }

    /// By Newton's method, with steps that are halved until the likelihood grows.
    private func fit(from start: Fit) -> Fit? {
        var fit = start
        var now = derivatives(fit)
        for _ in 0..<100 {
            let determinant = now.weight * now.square - now.cross * now.cross
            guard determinant > 0, determinant.isFinite else { return nil }
            fit.covariance = (now.square / determinant, now.weight / determinant, -now.cross / determinant)
            var step = (
                (now.square * now.gradient.0 - now.cross * now.gradient.1) / determinant,
                (now.weight * now.gradient.1 - now.cross * now.gradient.0) / determinant
            )
            let size = max(abs(step.0) / (1 + abs(fit.intercept)), abs(step.1) / (1 + abs(fit.slope)))
            // Newton's method doubles the digits: after this step they are all right.
            if size < 1e-9 {
                fit.intercept += step.0
                fit.slope += step.1
                return fit
            }
            var next = fit
            repeat {
                next.intercept = fit.intercept + step.0
                next.slope = fit.slope + step.1
                step = (step.0 / 2, step.1 / 2)
                let there = derivatives(next)
                if there.likelihood >= now.likelihood - 1e-12 * abs(now.likelihood) || abs(step.1) < 1e-15 {
                    (fit, now) = (next, there)
                    break
                }
            } while true
        }
        return nil
    }

    /// The logarithm of the likelihood, its gradient, and its negative second derivatives.
    private struct Derivatives {
        var likelihood = 0.0
        var gradient = (0.0, 0.0)
        var weight = 0.0
        var cross = 0.0
        var square = 0.0
    }

    private func derivatives(_ line: Fit) -> Derivatives {
        var sums = (CompensatedSum(), CompensatedSum(), CompensatedSum())
        var total = Derivatives()
        for place in odds.indices {
            let x = (odds[place] - mean) / scale
            let eta = line.intercept + line.slope * x
            let tail = exp(-abs(eta))
            let (high, low) = (1 / (1 + tail), tail / (1 + tail))
            let (hit, miss) = eta >= 0 ? (high, low) : (low, high)
            let misses = rows[place] - positives[place]
            // Of both labels apart, so that nothing cancels where a probability is near to 1.
            let excess = positives[place] * miss - misses * hit
            sums.0.add(excess)
            sums.1.add(excess * x)
            sums.2.add(-(positives[place] * max(0, -eta) + misses * max(0, eta)) - rows[place] * log1p(tail))
            let weight = rows[place] * high * low
            total.weight += weight
            total.cross += weight * x
            total.square += weight * x * x
        }
        total.gradient = (sums.0.value, sums.1.value)
        total.likelihood = sums.2.value
        return total
    }
}
