/// The metrics of a multi-class classification on weighted rows.
struct MulticlassResampler: Sendable {
    static let names = [
        "accuracy", "balanced_accuracy", "f1_macro", "f1_weighted", "mcc", "cohen_kappa", "log_loss", "brier_sum",
    ]

    private let rows: MulticlassRows

    /// The class where label and prediction are the same, else one more than there are.
    private let agreed: [Int32]
    private let losses: [Double]?
    private let squares: [Double]?

    init(_ rows: MulticlassRows) {
        self.rows = rows
        let none = Int32(rows.classes.count)
        agreed = zip(rows.labels, rows.predictions).map { $0 == $1 ? $0 : none }
        let isUsable = rows.scores?.allSatisfy { $0.allSatisfy(\.isFinite) } ?? false
        let scores = isUsable ? MulticlassScoreRows(rows) : nil
        losses = scores?.losses
        squares = scores?.squares
    }

    func metrics(_ weights: RowWeights) -> [[Double?]] {
        let classes = rows.classes.count
        var (labelled, predicted, both) = (
            LaneTally(codes: classes), LaneTally(codes: classes), LaneTally(codes: classes + 1)
        )
        var (loss, square) = (LaneSum(), LaneSum())
        WeightBlock.forEach(weights) { block in
            labelled.add(rows.labels, block)
            predicted.add(rows.predictions, block)
            both.add(agreed, block)
            if let losses { loss.add(losses, block) }
            if let squares { square.add(squares, block) }
        }
        return (0..<Resampler.lanes).map { lane in
            func counts(_ tally: LaneTally) -> [Int] { (0..<classes).map { tally.count(of: $0, lane: lane) } }
            let counts = MulticlassCounts(
                classes: rows.classes, labelled: counts(labelled), predicted: counts(predicted), both: counts(both))
            let total = Double(counts.rows)
            return [
                counts.accuracy, counts.balancedAccuracy, counts.f1Macro, counts.f1Weighted,
                counts.matthewsCorrelation, counts.cohenKappa,
                total > 0 && losses != nil ? loss[lane] / total : nil,
                total > 0 && squares != nil ? square[lane] / total : nil,
            ]
        }
    }
}
