/// The metrics of a multi-class classification on weighted rows.
struct MulticlassResampler: Sendable {
    let names: [String]

    private let rows: MulticlassRows

    /// The class where label and prediction are the same, else one more than there are.
    private let agreed: [Int32]
    private let losses: [Double]?
    private let squares: [Double]?

    /// For each number of classes after which it is looked, 1 for each row whose label is among them.
    private let hits: [[Double]]

    init(_ rows: MulticlassRows) {
        self.rows = rows
        let none = Int32(rows.classes.count)
        agreed = zip(rows.labels, rows.predictions).map { $0 == $1 ? $0 : none }
        let isUsable = rows.scores?.allSatisfy { $0.allSatisfy(\.isFinite) } ?? false
        let scores = isUsable ? MulticlassScoreRows(rows) : nil
        losses = scores?.losses
        squares = scores?.squares
        let counts = TopClasses.counts(of: rows.classes.count)
        let top = isUsable && !counts.isEmpty ? TopClasses(rows) : nil
        hits = top.map { top in counts.map { top.hitsByRow(within: $0) } } ?? []
        names =
            [
                "accuracy", "balanced_accuracy", "f1_macro", "f1_weighted", "mcc", "cohen_kappa", "log_loss",
                "brier_sum", "precision_macro", "recall_macro", "precision_weighted", "recall_weighted",
            ] + counts.map(TopClasses.name)
    }

    func metrics(_ weights: RowWeights) -> [[Double?]] {
        let classes = rows.classes.count
        var (labelled, predicted, both) = (
            LaneTally(codes: classes), LaneTally(codes: classes), LaneTally(codes: classes + 1)
        )
        var (loss, square) = (LaneSum(), LaneSum())
        var top = Array(repeating: LaneSum(), count: hits.count)
        WeightBlock.forEach(weights) { block in
            labelled.add(rows.labels, block)
            predicted.add(rows.predictions, block)
            both.add(agreed, block)
            if let losses { loss.add(losses, block) }
            if let squares { square.add(squares, block) }
            for (index, hits) in hits.enumerated() { top[index].add(hits, block) }
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
                counts.precisionMacro, counts.recallMacro, counts.precisionWeighted, counts.recallWeighted,
            ] + (hits.isEmpty ? Array(repeating: nil, count: names.count - 12) : top.map { $0[lane] / total })
        }
    }
}
