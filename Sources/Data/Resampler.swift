/// Computes some metrics of one model on its rows, each counted as often as a weight says, sixteen replicates at a time.
struct Resampler: Sendable {
    static let lanes = 16

    let names: [String]

    /// For each of the sixteen replicates the metrics in the order of `names`; `nil` where one is undefined on these rows.
    ///
    /// Weights are of what is drawn: rows, or the queries of a ranking, whose rows belong together.
    let metrics: @Sendable (RowWeights) -> [[Double?]]

    init(_ predictions: Predictions) {
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
        case .ranking(let rows):
            let measures = QueryMeasures(rows)
            names = measures.names
            metrics = { measures.means($0) }
        }
    }
}
