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
        var (cells, loss, square) = (LaneTally(codes: 4), LaneSum(), LaneSum())
        WeightBlock.forEach(weights) { block in
            cells.add(outcomes, block)
            guard let scores else { return }
            loss.add(scores.losses, block)
            square.add(scores.squares, block)
        }
        let areas = scores?.ranking.areas(weights)
        return (0..<Resampler.lanes).map { lane in
            let counts = counts(cells, lane)
            let rows = Double(counts.rows)
            return [
                counts.accuracy, counts.balancedAccuracy, counts.precision, counts.recall, counts.f1, counts.f1Macro,
                counts.matthewsCorrelation, areas?.auc(lane), areas?.averagePrecision(lane),
                rows > 0 && scores != nil ? loss[lane] / rows : nil,
                rows > 0 && scores != nil ? square[lane] / rows : nil,
            ]
        }
    }

    private func counts(_ cells: LaneTally, _ lane: Int) -> BinaryCounts {
        var counts = BinaryCounts()
        counts.trueNegatives = cells.count(of: 0, lane: lane)
        counts.falsePositives = cells.count(of: 1, lane: lane)
        counts.falseNegatives = cells.count(of: 2, lane: lane)
        counts.truePositives = cells.count(of: 3, lane: lane)
        return counts
    }
}
