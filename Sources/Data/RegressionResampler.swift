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
        var sums = [LaneSum](repeating: LaneSum(), count: 6)
        WeightBlock.forEach(weights) { block in
            sums[0].add(block)
            for (index, values) in [squares, labels, labelSquares, absolute, errors].enumerated() {
                sums[index + 1].add(values, block)
            }
        }
        return (0..<Resampler.lanes).map { lane in
            let of = sums.map { $0[lane] }
            let (total, square) = (of[0], of[1])
            let shift = of[2] / total
            let spread = of[3] - total * shift * shift
            let mse = square / total
            let r2 = spread > 0 ? 1 - square / spread : .nan
            return [mse.squareRoot(), mse, of[4] / total, r2, of[5] / total].map { $0.isFinite ? $0 : nil }
        }
    }
}
