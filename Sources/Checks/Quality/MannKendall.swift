import Data

/// Mann and Kendall's test of a trend in a row of numbers, with the correction for ties and for continuity.
///
/// Kendall (1975), Rank Correlation Methods. The numbers must be finite.
struct MannKendall {
    /// How many pairs rise, less how many fall.
    let score: Int
    /// Of the score, where there is no trend.
    let variance: Double

    init(_ values: [Double]) {
        let distinct = Set(values).sorted()
        let places = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0 + 1) })
        // A Fenwick tree of how often each value came before: n log n, since a log may have many steps.
        var tree = [Int](repeating: 0, count: distinct.count + 1), counts = tree, score = 0
        for (earlier, value) in values.enumerated() {
            guard let place = places[value] else { continue }
            var less = 0, node = place - 1
            while node > 0 {
                less += tree[node]
                node &= node - 1
            }
            score += less - (earlier - less - counts[place])
            counts[place] += 1
            node = place
            while node < tree.count {
                tree[node] += 1
                node += node & -node
            }
        }
        self.score = score
        let spread = { (count: Int) in Double(count) * Double(count - 1) * Double(2 * count + 5) }
        variance = (spread(values.count) - counts.reduce(0) { $0 + spread($1) }) / 18
    }

    /// The chance of such a score or one further from none, where there is no trend.
    var pValue: Double { min(1, 2 * tail(abs(score))) }

    /// The chance of a fall as clear as this one or clearer, where there is no trend.
    var fallingPValue: Double { score < 0 ? tail(-score) : 1 }

    private func tail(_ score: Int) -> Double {
        score == 0 || variance <= 0 ? 1 : SpecialFunctions.normalTail(Double(score - 1) / variance.squareRoot())
    }
}
