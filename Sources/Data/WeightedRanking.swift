/// Rows in descending order of their scores, for areas under curves when each row counts as often as a weight says.
struct WeightedRanking: Sendable {
    /// Twice the row's number, plus one where its label is 1.
    private let rows: [Int32]

    /// Whether the score of the next row is another.
    private let endsTie: [Bool]

    init(labels: [UInt8], scores: [Double]) {
        let order = AscendingOrder.of(scores)
        rows = order.reversed().map { $0 << 1 | Int32(labels[Int($0)]) }
        endsTie = order.indices.reversed().map { $0 == 0 || scores[Int(order[$0])] != scores[Int(order[$0 - 1])] }
    }

    /// As `ScoreRanking` has them; `nil` where a label that they need has no weight.
    func areas(_ weights: UnsafeBufferPointer<Int32>) -> (auc: Double?, averagePrecision: Double?) {
        var hits = 0
        var misses = 0
        var before = (hits: 0, misses: 0)
        var doubledArea = 0.0
        var precision = 0.0
        rows.withUnsafeBufferPointer { rows in
            endsTie.withUnsafeBufferPointer { endsTie in
                for index in 0..<rows.count {
                    let weight = Int(weights[Int(rows[index] >> 1)])
                    let label = Int(rows[index] & 1)
                    hits &+= weight &* label
                    misses &+= weight &* (1 &- label)
                    guard endsTie[index] else { continue }
                    let new = hits &- before.hits
                    if misses > before.misses {
                        doubledArea += Double((misses &- before.misses) &* (before.hits &+ hits))
                    }
                    if new > 0 { precision += Double(new) * (Double(hits) / Double(hits &+ misses)) }
                    before = (hits, misses)
                }
            }
        }
        let pairs = Double(hits) * Double(misses)
        return (pairs > 0 ? doubledArea / (2 * pairs) : nil, hits > 0 ? precision / Double(hits) : nil)
    }
}
