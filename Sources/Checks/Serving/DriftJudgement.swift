import Data
import Domain

/// Whether a column has drifted: the effect is large enough to matter, and more than chance.
///
/// Effects are the Jensen-Shannon distance (nats) for categories and Wasserstein's over the reference's deviation for numbers.
/// Where chance alone would reach the threshold the answer is inconclusive, unless the effect goes beyond both together.
struct DriftJudgement {
    let column: String
    let effect: Double
    let pValue: Double
    /// What the effect stays below in 95 % of cases without any drift.
    let noise: Double
    let rowsNeeded: Int
    let isCategory: Bool
    let counts: (reference: Int, current: Int)

    init?(_ drift: ColumnDrift, threshold: Double) {
        let (n, m) = (Double(drift.referenceCount), Double(drift.currentCount))
        guard n > 0, m > 0 else { return nil }
        column = drift.name
        counts = (drift.referenceCount, drift.currentCount)
        let share = 1 / n + 1 / m
        isCategory = drift.kind == .categorical
        var perRow: Double
        if isCategory {
            guard let distance = JensenShannon.distance(drift.shares) else { return nil }
            effect = distance
            pValue = drift.chiSquare?.pValue ?? 1
            let degrees = Double(max(1, drift.shares.count - 1))
            perRow = SpecialFunctions.chiSquareQuantile(tail: 0.05, dof: degrees) / 8
        } else {
            guard let distance = drift.wassersteinOverReferenceDeviation else { return nil }
            effect = distance
            pValue = drift.kolmogorovSmirnov?.pValue ?? drift.kolmogorovSmirnov?.asymptoticPValue ?? 1
            perRow = 2.2 * 2.2
        }
        noise = (perRow * share).squareRoot()
        // With n rows on each side the noise falls to the threshold at 2 * perRow / threshold².
        rowsNeeded = Int(min(1e9, (2 * perRow / (threshold * threshold)).rounded(.up)))
    }

    /// `adjusted` is the p-value after the correction for all columns.
    func finding(adjusted: Double, threshold: Double, alpha: Double, in path: String) -> Finding? {
        let isReal = adjusted < alpha
        if isReal, effect >= threshold, noise < threshold || effect >= threshold + noise {
            return say(.fail, adjusted, threshold, path)
        }
        if noise >= threshold {
            return Finding(
                .inconclusive,
                "\(path): \(column): \(counts.current.grouped) rows are too few to see a drift of \(threshold.brief); "
                    + "about \(rowsNeeded.grouped) on each side would do", file: path, value: effect,
                threshold: threshold)
        }
        return isReal && effect >= threshold / 2 ? say(.warn, adjusted, threshold, path) : nil
    }

    private func say(_ verdict: Verdict, _ adjusted: Double, _ threshold: Double, _ path: String) -> Finding {
        let what = isCategory ? "Jensen-Shannon distance" : "Wasserstein distance over the training deviation"
        let sign = verdict == .fail ? "≥" : "≥ half of"
        return Finding(
            verdict,
            "\(path): \(column): \(what) \(effect.brief) \(sign) \(threshold.brief), p = \(adjusted.brief) "
                + "(n = \(counts.reference.grouped) / \(counts.current.grouped))", file: path, value: effect,
            threshold: threshold)
    }

    var json: JSON { ["effect": .double(effect), "p_value": .double(pValue), "noise": .double(noise)] }
}
