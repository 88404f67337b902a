/// The metrics of a regression on weighted rows.
struct RegressionResampler: Sendable {
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

    func metrics(_ weights: RowWeights) -> [[Double?]] {
        let totals = weights.reduce(SIMD4<Double>.zero) { $0 + SIMD4<Double>($1) }
        let square = weights.sum(squares)
        let shift = weights.sum(labels) / totals
        let spread = weights.sum(labelSquares) - totals * shift * shift
        let mean = (absolute: weights.sum(absolute) / totals, error: weights.sum(errors) / totals)
        return (0..<Resampler.lanes).map { lane in
            let mse = square[lane] / totals[lane]
            let r2 = spread[lane] > 0 ? 1 - square[lane] / spread[lane] : .nan
            return [mse.squareRoot(), mse, mean.absolute[lane], r2, mean.error[lane]].map { $0.isFinite ? $0 : nil }
        }
    }
}
