/// Rows in descending order of their scores, for areas under curves when each row counts as often as a weight says.
struct WeightedRanking: Sendable {
    /// Twice the row's number, plus one where its label is 1.
    private let rows: [Int32]

    /// What ends with each row.
    private let ends: [End]

    private enum End: UInt8 {
        case nothing
        /// A score without a row of label 1.
        case misses
        /// A score with some.
        case hits
    }

    init(labels: [UInt8], scores: [Double]) {
        let order = AscendingOrder.of(scores)
        rows = order.reversed().map { $0 << 1 | Int32(labels[Int($0)]) }
        var hasHits = false
        ends = order.indices.reversed().map { index in
            hasHits = hasHits || labels[Int(order[index])] == 1
            guard index == 0 || scores[Int(order[index])] != scores[Int(order[index - 1])] else { return .nothing }
            defer { hasHits = false }
            return hasHits ? .hits : .misses
        }
    }

    /// Of sixteen replicates.
    struct Areas {
        fileprivate var low = Walk()
        fileprivate var high = Walk()

        /// As `ScoreRanking` has it; `nil` where a label has no weight.
        func auc(_ lane: Int) -> Double? {
            let (walk, lane) = half(lane)
            let pairs = walk.hits[lane] * (walk.all[lane] - walk.hits[lane])
            return pairs > 0 ? walk.doubledArea[lane] / (2 * pairs) : nil
        }

        func averagePrecision(_ lane: Int) -> Double? {
            let (walk, lane) = half(lane)
            return walk.hits[lane] > 0 ? walk.precision[lane] / walk.hits[lane] : nil
        }

        private func half(_ lane: Int) -> (Walk, Int) { lane < 8 ? (low, lane) : (high, lane - 8) }
    }

    func areas(_ weights: RowWeights) -> Areas {
        var areas = Areas()
        WeightBlock.forEach(weights, halfOf: rows) { block in
            step(&areas.low, block, half: 0)
            step(&areas.high, block, half: 1)
        }
        return areas
    }

    /// Whole numbers, which doubles hold exactly, but for the precision.
    fileprivate struct Walk {
        var hits = SIMD8<Double>.zero
        var all = SIMD8<Double>.zero
        var hitsBefore = SIMD8<Double>.zero
        var allBefore = SIMD8<Double>.zero
        var doubledArea = SIMD8<Double>.zero
        var precision = SIMD8<Double>.zero

        /// No replicate is without weight so far.
        var isPositive = false

        @inline(__always)
        mutating func end(withHits hasHits: Bool) {
            let new = hits - hitsBefore
            doubledArea += (all - allBefore - new) * (hitsBefore + hits)
            if hasHits { addPrecision(new) }
            hitsBefore = hits
            allBefore = all
        }

        @inline(__always)
        private mutating func addPrecision(_ new: SIMD8<Double>) {
            if !isPositive {
                isPositive = all.min() > 0
                precision += new * hits / all.replacing(with: 1, where: all .== 0)
            } else {
                precision += new * hits / all
            }
        }
    }

    private func step(_ walk: inout Walk, _ block: WeightBlock, half: Int) {
        var local = walk
        let start = block.range.lowerBound
        rows.withUnsafeBufferPointer { rows in
            ends.withUnsafeBufferPointer { ends in
                for row in 0..<block.range.count {
                    let weight = block.weights(row, half: half)
                    local.all += weight
                    local.hits += weight * Double(rows[start &+ row] & 1)
                    switch ends[start &+ row] {
                    case .nothing: continue
                    case .misses: local.end(withHits: false)
                    case .hits: local.end(withHits: true)
                    }
                }
            }
        }
        walk = local
    }
}
