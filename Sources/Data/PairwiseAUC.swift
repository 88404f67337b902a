/// Areas under the ROC curves of several classes: each against the rest, and each against each (Hand and Till 2001).
///
/// All come from one walk over the rows in the order of each class's score: how many rows of every other class lie below
/// the rows of this one, a tie counting one half. There is none unless every class occurs among the labels.
struct PairwiseAUC {
    let oneVersusRestMacro: Double
    let oneVersusRestWeighted: Double
    let oneVersusOneMacro: Double

    init?(_ rows: MulticlassRows, _ labelled: [Int], ranked: (Int) -> ArraySlice<Int32>) {
        let classes = labelled.indices
        guard let scores = rows.scores, classes.count > 1, labelled.allSatisfy({ $0 > 0 }) else { return nil }
        let total = labelled.reduce(0, +)
        var rest = CompensatedSum()
        var weighted = CompensatedSum()
        var pairs = CompensatedSum()
        for one in classes {
            let wins = Self.doubledWins(of: one, classes.count, scores[one], rows.labels, ranked(one))
            let others = Double(labelled[one]) * Double(total - labelled[one])
            let area = Double(wins.reduce(0, +)) / (2 * others)
            rest.add(area)
            weighted.add(area * Double(labelled[one]))
            for other in classes where other != one {
                pairs.add(Double(wins[other]) / (2 * Double(labelled[one]) * Double(labelled[other])))
            }
        }
        let count = Double(classes.count)
        oneVersusRestMacro = rest.value / count
        oneVersusRestWeighted = weighted.value / Double(total)
        oneVersusOneMacro = pairs.value / (count * (count - 1))
    }

    /// For each other class, twice the pairs in which the row of class `one` has the greater score, and once the ties.
    private static func doubledWins(
        of one: Int, _ count: Int, _ scores: [Double], _ labels: [Int32], _ ranked: ArraySlice<Int32>
    ) -> [Int] {
        var wins = Array(repeating: 0, count: count)
        var below = wins
        var begin = ranked.startIndex
        while begin < ranked.endIndex {
            let score = scores[Int(ranked[begin])]
            var end = begin
            var members = 0
            while end < ranked.endIndex, scores[Int(ranked[end])] == score {
                members += labels[Int(ranked[end])] == Int32(one) ? 1 : 0
                end += 1
            }
            if members > 0 {
                for other in 0..<count { wins[other] += 2 * members * below[other] }
            }
            for row in ranked[begin..<end] {
                let label = Int(labels[Int(row)])
                guard label != one else { continue }
                wins[label] += members
                below[label] += 1
            }
            begin = end
        }
        return wins
    }
}
