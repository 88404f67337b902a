/// The metrics of a multi-class classification on weighted rows.
struct MulticlassResampler: Sendable {
    static let names = [
        "accuracy", "balanced_accuracy", "f1_macro", "f1_weighted", "mcc", "cohen_kappa", "log_loss", "brier_sum",
    ]

    private let rows: MulticlassRows
    private let losses: [Double]?
    private let squares: [Double]?

    init(_ rows: MulticlassRows) {
        self.rows = rows
        let isUsable = rows.scores?.allSatisfy { $0.allSatisfy(\.isFinite) } ?? false
        let scores = isUsable ? MulticlassScoreRows(rows) : nil
        losses = scores?.losses
        squares = scores?.squares
    }

    func metrics(_ weights: RowWeights) -> [[Double?]] {
        let counts = counts(weights)
        let loss = losses.map(weights.sum)
        let square = squares.map(weights.sum)
        return counts.enumerated().map { lane, counts in
            let total = Double(counts.rows)
            return [
                counts.accuracy, counts.balancedAccuracy, counts.f1Macro, counts.f1Weighted,
                counts.matthewsCorrelation, counts.cohenKappa, total > 0 ? loss.map { $0[lane] / total } : nil,
                total > 0 ? square.map { $0[lane] / total } : nil,
            ]
        }
    }

    private func counts(_ weights: RowWeights) -> [MulticlassCounts] {
        var labelled = Array(repeating: SIMD4<Int32>.zero, count: rows.classes.count)
        var predicted = labelled
        var both = labelled
        for row in rows.labels.indices {
            let label = Int(rows.labels[row])
            let prediction = Int(rows.predictions[row])
            labelled[label] &+= weights[row]
            predicted[prediction] &+= weights[row]
            if label == prediction { both[label] &+= weights[row] }
        }
        return (0..<Resampler.lanes).map { lane in
            MulticlassCounts(
                classes: rows.classes, labelled: labelled.map { Int($0[lane]) },
                predicted: predicted.map { Int($0[lane]) },
                both: both.map { Int($0[lane]) })
        }
    }
}
