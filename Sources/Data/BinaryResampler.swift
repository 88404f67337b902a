/// The metrics of a binary classification on weighted rows.
struct BinaryResampler: Sendable {
    static let names = [
        "accuracy", "balanced_accuracy", "precision", "recall", "f1_binary", "f1_macro", "mcc", "auc",
        "pr_auc_average_precision", "log_loss", "brier",
    ]

    /// Bit 1: the label, bit 0: the prediction.
    private let outcomes: [UInt8]
    private let scores: Scores?

    private struct Scores: Sendable {
        let losses: [Double]
        let squares: [Double]
        let ranking: WeightedRanking
    }

    init(_ rows: BinaryRows) {
        outcomes = zip(rows.labels, rows.predictions).map { $0 << 1 | $1 }
        guard let values = rows.scores, values.allSatisfy(\.isFinite) else {
            scores = nil
            return
        }
        scores = Scores(
            losses: zip(rows.labels, values).map { LogLoss.of($0 == 1 ? $1 : 1 - $1) },
            squares: zip(rows.labels, values).map { ($1 - Double($0)) * ($1 - Double($0)) },
            ranking: WeightedRanking(labels: rows.labels, scores: values))
    }

    func metrics(_ weights: RowWeights) -> [[Double?]] {
        let counts = counts(weights)
        let sums = scores.map {
            (areas: $0.ranking.areas(weights), loss: weights.sum($0.losses), square: weights.sum($0.squares))
        }
        return (0..<Resampler.lanes).map { lane in
            let counts = counts[lane]
            let rows = Double(counts.rows)
            return [
                counts.accuracy, counts.balancedAccuracy, counts.precision, counts.recall, counts.f1, counts.f1Macro,
                counts.matthewsCorrelation, sums?.areas.auc(lane), sums?.areas.averagePrecision(lane),
                rows > 0 ? sums.map { $0.loss[lane] / rows } : nil,
                rows > 0 ? sums.map { $0.square[lane] / rows } : nil,
            ]
        }
    }

    private func counts(_ weights: RowWeights) -> [BinaryCounts] {
        var cells = (SIMD4<Int32>.zero, SIMD4<Int32>.zero, SIMD4<Int32>.zero, SIMD4<Int32>.zero)
        withUnsafeMutablePointer(to: &cells) { cells in
            cells.withMemoryRebound(to: SIMD4<Int32>.self, capacity: 4) { cells in
                outcomes.withUnsafeBufferPointer { outcomes in
                    for row in 0..<outcomes.count { cells[Int(outcomes[row])] &+= weights[row] }
                }
            }
        }
        return (0..<Resampler.lanes).map { lane in
            var counts = BinaryCounts()
            counts.trueNegatives = Int(cells.0[lane])
            counts.falsePositives = Int(cells.1[lane])
            counts.falseNegatives = Int(cells.2[lane])
            counts.truePositives = Int(cells.3[lane])
            return counts
        }
    }
}
