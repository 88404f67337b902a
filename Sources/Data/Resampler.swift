/// Computes some metrics of one model on its rows, each counted as often as a weight says.
struct Resampler: Sendable {
    let names: [String]
    let rowCount: Int

    /// The metrics in the order of `names`; `nil` where one is undefined on these rows.
    let metrics: @Sendable (UnsafeBufferPointer<Int32>) -> [Double?]

    init(_ predictions: Predictions) {
        rowCount = predictions.rowCount
        switch predictions.values {
        case .binary(let rows):
            let resampler = BinaryResampler(rows)
            names = BinaryResampler.names
            metrics = { resampler.metrics($0) }
        case .multiclass(let rows):
            let resampler = MulticlassResampler(rows)
            names = MulticlassResampler.names
            metrics = { resampler.metrics($0) }
        case .regression(let rows):
            let resampler = RegressionResampler(rows)
            names = RegressionResampler.names
            metrics = { resampler.metrics($0) }
        }
    }
}

private struct BinaryResampler: Sendable {
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

    func metrics(_ weights: UnsafeBufferPointer<Int32>) -> [Double?] {
        var cells = (0, 0, 0, 0)
        for (row, outcome) in outcomes.enumerated() {
            let weight = Int(weights[row])
            switch outcome {
            case 0: cells.0 &+= weight
            case 1: cells.1 &+= weight
            case 2: cells.2 &+= weight
            default: cells.3 &+= weight
            }
        }
        var counts = BinaryCounts()
        (counts.trueNegatives, counts.falsePositives, counts.falseNegatives, counts.truePositives) = cells
        let areas = scores?.ranking.areas(weights)
        let total = Double(counts.rows)
        return [
            counts.accuracy, counts.balancedAccuracy, counts.precision, counts.recall, counts.f1, counts.f1Macro,
            counts.matthewsCorrelation, areas?.auc, areas?.averagePrecision,
            scores.map { weights.sum($0.losses) / total }, scores.map { weights.sum($0.squares) / total },
        ]
    }
}

private struct MulticlassResampler: Sendable {
    static let names = [
        "accuracy", "balanced_accuracy", "f1_macro", "f1_weighted", "mcc", "cohen_kappa", "log_loss", "brier_sum",
    ]

    private let rows: MulticlassRows
    private let losses: [Double]?
    private let squares: [Double]?

    init(_ rows: MulticlassRows) {
        self.rows = rows
        let scores = rows.scores.flatMap { $0.allSatisfy { $0.allSatisfy(\.isFinite) } ? $0 : nil }
        losses = scores.map { scores in rows.labels.indices.map { LogLoss.of(scores[Int(rows.labels[$0])][$0]) } }
        squares = scores.map { scores in
            rows.labels.indices.map { row in
                scores.indices.reduce(0.0) { sum, index in
                    let error = scores[index][row] - (index == Int(rows.labels[row]) ? 1 : 0)
                    return sum + error * error
                }
            }
        }
    }

    func metrics(_ weights: UnsafeBufferPointer<Int32>) -> [Double?] {
        let counts = MulticlassCounts(rows, weights: weights)
        let total = Double(counts.rows)
        return [
            counts.accuracy, counts.balancedAccuracy, counts.f1Macro, counts.f1Weighted, counts.matthewsCorrelation,
            counts.cohenKappa, losses.map { weights.sum($0) / total }, squares.map { weights.sum($0) / total },
        ]
    }
}

private struct RegressionResampler: Sendable {
    static let names = ["rmse", "mse", "mae", "r2", "bias_mean_prediction_minus_label"]

    private let errors: [Double]
    private let absolute: [Double]
    private let squares: [Double]

    /// Labels less their mean, so that their squares do not cancel.
    private let labels: [Double]
    private let labelSquares: [Double]

    init(_ rows: RegressionRows) {
        let mean = CompensatedSum.of(rows.labels) / Double(max(1, rows.labels.count))
        errors = zip(rows.labels, rows.predictions).map { $1 - $0 }
        absolute = errors.map(abs)
        squares = errors.map { $0 * $0 }
        labels = rows.labels.map { $0 - mean }
        labelSquares = labels.map { $0 * $0 }
    }

    func metrics(_ weights: UnsafeBufferPointer<Int32>) -> [Double?] {
        let total = Double(weights.reduce(0) { $0 + Int($1) })
        guard total > 0 else { return Self.names.map { _ in nil } }
        let square = weights.sum(squares)
        let shift = weights.sum(labels) / total
        let spread = weights.sum(labelSquares) - total * shift * shift
        let values = [
            (square / total).squareRoot(), square / total, weights.sum(absolute) / total,
            spread > 0 ? 1 - square / spread : .nan, weights.sum(errors) / total,
        ]
        return values.map { $0.isFinite ? $0 : nil }
    }
}

extension UnsafeBufferPointer<Int32> {
    /// The sum of `values`, each times its weight.
    fileprivate func sum(_ values: [Double]) -> Double {
        values.withUnsafeBufferPointer { values in
            var sums = SIMD4<Double>.zero
            var index = 0
            while index &+ 4 <= values.count {
                let weights = SIMD4(self[index], self[index &+ 1], self[index &+ 2], self[index &+ 3])
                let terms = SIMD4(values[index], values[index &+ 1], values[index &+ 2], values[index &+ 3])
                sums += SIMD4<Double>(weights) * terms
                index &+= 4
            }
            var rest = 0.0
            while index < values.count {
                rest += Double(self[index]) * values[index]
                index += 1
            }
            return sums.sum() + rest
        }
    }
}
