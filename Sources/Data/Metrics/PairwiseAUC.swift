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
        var walk = Walk(one: one, wins: Array(repeating: 0, count: count), below: Array(repeating: 0, count: count))
        scores.withUnsafeBufferPointer { scores in
            labels.withUnsafeBufferPointer { labels in
                ranked.withUnsafeBufferPointer { walk.run(scores, labels, $0) }
            }
        }
        return walk.wins
    }

    /// The rows in ascending order of one class's score.
    private struct Walk {
        let one: Int
        var wins: [Int]

        /// Rows of each class with a lower score.
        var below: [Int]

        mutating func run(
            _ scores: UnsafeBufferPointer<Double>, _ labels: UnsafeBufferPointer<Int32>,
            _ ranked: UnsafeBufferPointer<Int32>
        ) {
            var begin = 0
            while begin < ranked.count {
                let score = scores[Int(ranked[begin])]
                var end = begin &+ 1
                while end < ranked.count, scores[Int(ranked[end])] == score { end &+= 1 }
                if end == begin &+ 1 {
                    step(Int(labels[Int(ranked[begin])]))
                } else {
                    step(ties: ranked[begin..<end].map { Int(labels[Int($0)]) })
                }
                begin = end
            }
        }

        @inline(__always)
        private mutating func step(_ label: Int) {
            guard label == one else {
                below[label] &+= 1
                return
            }
            for other in wins.indices { wins[other] &+= 2 &* below[other] }
        }

        private mutating func step(ties labels: [Int]) {
            let members = labels.count { $0 == one }
            for other in wins.indices where members > 0 { wins[other] += 2 * members * below[other] }
            for label in labels where label != one {
                wins[label] += members
                below[label] += 1
            }
        }
    }
}
