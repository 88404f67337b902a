import Domain
import Glibc

/// How good the order of one query's rows is.
///
/// Rows of equal score have no order: every measure is its mean over all orders of such rows, in closed form (McSherry and
/// Najork 2008), as scikit-learn's DCG is. A row is relevant where its relevance is above 0.
struct RankedQuery {
    /// The sums over the first rows, as far as a cutoff.
    private struct Sums {
        /// Of gains, each as a share of the greatest.
        var gain = CompensatedSum()
        var precision = CompensatedSum()
        var found = 0.0
        var chanceOfNone = 1.0
    }

    private let relevant: Int

    /// The gain of the most relevant row.
    private let unit: Double
    private let reciprocalRank: Double

    /// At each cutoff, then of all rows.
    private let sums: [Sums]
    private let ideal: [Double]
    private let ranking: Model.Ranking

    /// Of rows from the greatest score down; `nil` where none is relevant.
    init?(relevances: [Double], scores: [Double], _ ranking: Model.Ranking) {
        let top = relevances.max() ?? 0
        guard top > 0 else { return nil }
        self.ranking = ranking
        relevant = relevances.count { $0 > 0 }
        unit = ranking.gain.value(top)
        let gains = relevances.map { ranking.gain.share($0, of: top) }
        var walk = Walk(cutoffs: ranking.cutoffs)
        var begin = 0
        while begin < gains.count {
            var end = begin + 1
            while end < gains.count, scores[end] == scores[begin] { end += 1 }
            walk.step(
                rows: end - begin, relevant: relevances[begin..<end].count { $0 > 0 },
                gain: CompensatedSum.of(gains[begin..<end]))
            begin = end
        }
        (sums, reciprocalRank) = (walk.snapshots + [walk.sums], walk.reciprocalRank.value)
        ideal = Self.ideal(gains.sorted(by: >), ranking.cutoffs)
    }

    private static func ideal(_ gains: [Double], _ cutoffs: [Int]) -> [Double] {
        var sum = CompensatedSum()
        var sums = [0.0]
        for (place, gain) in gains.enumerated() {
            sum.add(gain * discount(place + 1))
            sums.append(sum.value)
        }
        return (cutoffs + [gains.count]).map { sums[min($0, gains.count)] }
    }

    /// What a place is worth, from 1.
    private static func discount(_ place: Int) -> Double { 1 / log2(Double(place) + 1) }

    static func names(_ ranking: Model.Ranking) -> [String] {
        ["mrr", "map", "ndcg", "dcg"]
            + ranking.cutoffs.flatMap { cutoff in
                ["ndcg", "dcg", "map", "recall", "hit_rate"].map { "\($0)_at_\(cutoff)" }
            }
    }

    /// In the order of `names`.
    var values: [Double] {
        let whole = sums.count - 1
        return [reciprocalRank, precision(whole), gain(whole) / ideal[whole], gain(whole) * unit]
            + (0..<whole).flatMap { at in
                [
                    gain(at) / ideal[at], gain(at) * unit, precision(at), sums[at].found / Double(relevant),
                    1 - sums[at].chanceOfNone,
                ]
            }
    }

    private func gain(_ at: Int) -> Double { sums[at].gain.value }

    private func precision(_ at: Int) -> Double {
        let most = at < ranking.cutoffs.count ? min(relevant, ranking.cutoffs[at]) : relevant
        return sums[at].precision.value / Double(most)
    }

    /// From the first place down, one tie at a time.
    private struct Walk {
        let cutoffs: [Int]
        var sums = Sums()
        var reciprocalRank = CompensatedSum()
        private var place = 0
        private var reached: [Sums] = []

        init(cutoffs: [Int]) { self.cutoffs = cutoffs }

        /// At each cutoff; beyond the last row nothing changes.
        var snapshots: [Sums] { reached + Array(repeating: sums, count: cutoffs.count - reached.count) }

        mutating func step(rows: Int, relevant: Int, gain: Double) {
            let before = sums.found
            let (size, hits) = (Double(rows), Double(relevant))
            for row in 0..<rows {
                place += 1
                let left = size - Double(row)
                sums.gain.add(gain / size * RankedQuery.discount(place))
                if relevant > 0 {
                    // Given that this row is relevant, so are the tie's others before it as often as chance has it.
                    let others = rows > 1 ? Double(row) * (hits - 1) / (size - 1) : 0
                    sums.precision.add(hits / size * (before + 1 + others) / Double(place))
                    sums.found = before + hits * Double(row + 1) / size
                    let isFirst = sums.chanceOfNone * (hits / left)
                    reciprocalRank.add(isFirst / Double(place))
                    sums.chanceOfNone = left > hits ? sums.chanceOfNone - isFirst : 0
                }
                if reached.count < cutoffs.count, cutoffs[reached.count] == place { reached.append(sums) }
            }
        }
    }
}

extension Model.Ranking.Gain {
    fileprivate func value(_ relevance: Double) -> Double {
        switch self {
        case .linear: relevance
        case .exponential: relevance < 0.5 ? expm1(relevance * 0.6931471805599453) : exp2(relevance) - 1
        }
    }

    /// The gain over that of the most relevant row, also where both are too large or too small for a 64-bit float.
    fileprivate func share(_ relevance: Double, of top: Double) -> Double {
        if self == .exponential, top > 1_000 { return exp2(relevance - top) - exp2(-top) }
        // Below, the gain is proportional to the relevance, and may vanish.
        if self == .exponential, top < 1e-16 { return relevance / top }
        return value(relevance) / value(top)
    }
}
