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

    /// Whole numbers, which doubles hold exactly.
    struct Areas {
        var hits = SIMD4<Double>.zero
        var misses = SIMD4<Double>.zero
        var doubledArea = SIMD4<Double>.zero
        var precision = SIMD4<Double>.zero

        /// As `ScoreRanking` has it; `nil` where a label has no weight.
        func auc(_ lane: Int) -> Double? {
            let pairs = hits[lane] * misses[lane]
            return pairs > 0 ? doubledArea[lane] / (2 * pairs) : nil
        }

        func averagePrecision(_ lane: Int) -> Double? { hits[lane] > 0 ? precision[lane] / hits[lane] : nil }
    }

    func areas(_ weights: RowWeights) -> Areas {
        var areas = Areas()
        var before = areas
        let none = SIMD4<Double>(repeating: 0)
        rows.withUnsafeBufferPointer { rows in
            endsTie.withUnsafeBufferPointer { endsTie in
                for index in 0..<rows.count {
                    let weight = SIMD4<Double>(weights[Int(rows[index] >> 1)])
                    let isHit = rows[index] & 1 == 1
                    areas.hits += isHit ? weight : none
                    areas.misses += isHit ? none : weight
                    guard endsTie[index] else { continue }
                    let new = areas.hits - before.hits
                    areas.doubledArea += (areas.misses - before.misses) * (before.hits + areas.hits)
                    let all = areas.hits + areas.misses
                    areas.precision += new * areas.hits / all.replacing(with: 1, where: all .== 0)
                    before.hits = areas.hits
                    before.misses = areas.misses
                }
            }
        }
        return areas
    }
}
