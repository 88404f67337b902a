/// The metrics of a binary classification on weighted rows.
struct BinaryResampler: Sendable {
    static let names = [
        "accuracy", "balanced_accuracy", "precision", "recall", "f1_binary", "f1_macro", "mcc", "auc",
        "pr_auc_average_precision", "log_loss", "brier", "specificity", "fpr", "fnr", "selection_rate", "f2_binary",
        "f1_weighted", "cohen_kappa",
    ]

    /// Bit 1: the label, bit 0: the prediction.
    private let outcomes: [UInt8]
    private let losses: [Double]?
    private let squares: [Double]?
    private let ranking: WeightedRanking?

    /// What is not wanted may be left out.
    init(_ rows: BinaryRows, isWanted: (String) -> Bool) {
        outcomes = zip(rows.labels, rows.predictions).map { $0 << 1 | $1 }
        let scores = rows.scores.flatMap { $0.allSatisfy(\.isFinite) ? zip(rows.labels, $0) : nil }
        losses = isWanted("log_loss") ? scores?.map { LogLoss.of($0 == 1 ? $1 : 1 - $1) } : nil
        squares = isWanted("brier") ? scores?.map { ($1 - Double($0)) * ($1 - Double($0)) } : nil
        let isRanked = isWanted("auc") || isWanted("pr_auc_average_precision")
        ranking = isRanked && scores != nil ? rows.scores.map { WeightedRanking(labels: rows.labels, scores: $0) } : nil
    }

    func metrics(_ weights: RowWeights) -> [[Double?]] {
        var (cells, loss, square) = (LaneTally(codes: 4), LaneSum(), LaneSum())
        WeightBlock.forEach(weights) { block in
            cells.add(outcomes, block)
            if let losses { loss.add(losses, block) }
            if let squares { square.add(squares, block) }
        }
        let areas = ranking?.areas(weights)
        return (0..<Resampler.lanes).map { lane in
            let counts = counts(cells, lane)
            let rows = Double(counts.rows)
            return [
                counts.accuracy, counts.balancedAccuracy, counts.precision, counts.recall, counts.f1, counts.f1Macro,
                counts.matthewsCorrelation, areas?.auc(lane), areas?.averagePrecision(lane),
                rows > 0 && losses != nil ? loss[lane] / rows : nil,
                rows > 0 && squares != nil ? square[lane] / rows : nil,
                counts.specificity, counts.falsePositiveRate, counts.falseNegativeRate, counts.selectionRate,
                counts.f2, counts.f1Weighted, counts.cohenKappa,
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
