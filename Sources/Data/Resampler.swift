/// Computes some metrics of one model on its rows, each counted as often as a weight says, sixteen replicates at a time.
struct Resampler: Sendable {
    static let lanes = 16

    let names: [String]

    /// For each of the sixteen replicates the metrics in the order of `names`; `nil` where one is undefined on these rows.
    ///
    /// Weights are of what is drawn: rows, clusters of them, or the queries of a ranking.
    let metrics: @Sendable (RowWeights) -> [[Double?]]

    /// - Parameter wanted: The metrics that are needed; `nil` for all that can be computed on weighted rows.
    init(_ predictions: Predictions, named wanted: Set<String>? = nil) {
        let rows = Resampler(predictions.values, wanted)
        names = rows.names
        guard let clusters = predictions.clusters else {
            metrics = rows.metrics
            return
        }
        metrics = { weights in
            let spread = clusters.codes.map { weights[Int($0)] }
            return spread.withUnsafeBufferPointer { rows.metrics($0) }
        }
    }

    private init(_ values: Predictions.Values, _ wanted: Set<String>?) {
        let all: [String]
        let compute: @Sendable (RowWeights) -> [[Double?]]
        let isWanted = { (name: String) in wanted?.contains(name) ?? true }
        switch values {
        case .binary(let rows):
            let resampler = BinaryResampler(rows, isWanted: isWanted)
            all = BinaryResampler.names
            compute = { resampler.metrics($0) }
        case .multiclass(let rows):
            let resampler = MulticlassResampler(rows)
            all = resampler.names
            compute = { resampler.metrics($0) }
        case .regression(let rows):
            let resampler = RegressionResampler(rows, isWanted: isWanted)
            all = resampler.names
            compute = { resampler.metrics($0) }
        case .ranking(let rows):
            let measures = QueryMeasures(rows)
            all = measures.names
            compute = { measures.means($0) }
        }
        let kept = all.indices.filter { isWanted(all[$0]) }
        names = kept.map { all[$0] }
        guard kept.count < all.count else {
            metrics = compute
            return
        }
        metrics = { weights in
            compute(weights).map { values in kept.map { values[$0] } }
        }
    }
}
