/// Computes some metrics of one model on its rows, each counted as often as a weight says, sixteen replicates at a time.
struct Resampler: Sendable {
    static let lanes = 16

    let names: [String]

    /// For each of the sixteen replicates the metrics in the order of `names`; `nil` where one is undefined on these rows.
    ///
    /// Weights are of what is drawn: rows, clusters of them, or the queries of a ranking.
    let metrics: @Sendable (RowWeights) -> [[Double?]]

    init(_ predictions: Predictions) {
        let rows = Resampler(predictions.values)
        guard let clusters = predictions.clusters else {
            self = rows
            return
        }
        names = rows.names
        metrics = { weights in
            let spread = clusters.codes.map { weights[Int($0)] }
            return spread.withUnsafeBufferPointer { rows.metrics($0) }
        }
    }

    private init(_ values: Predictions.Values) {
        switch values {
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
        case .ranking(let rows):
            let measures = QueryMeasures(rows)
            names = measures.names
            metrics = { measures.means($0) }
        }
    }
}
