/// Computes some metrics of one model on its rows, each counted as often as a weight says, sixteen replicates at a time.
struct Resampler: Sendable {
    static let lanes = 16

    let names: [String]

    /// For each of the sixteen replicates the metrics in the order of `names`; `nil` where one is undefined on these rows.
    ///
    /// Weights are of what is drawn: rows, clusters of them, or the queries of a ranking.
    let metrics: @Sendable (RowWeights) -> [[Double?]]

    /// - Parameter wanted: The metrics that are needed; `nil` for all that have a formula for weighted rows. Those of ``RepeatedRows``
    ///   take longer, and have to be named.
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
        let repeated = wanted.flatMap { RepeatedRows(values, $0) }
        names = kept.map { all[$0] } + (repeated?.names ?? [])
        guard kept.count < all.count || repeated != nil else {
            metrics = compute
            return
        }
        metrics = { weights in
            let known = kept.isEmpty ? Array(repeating: [], count: Self.lanes) : compute(weights)
            let chosen = known.map { values in kept.map { values[$0] } }
            guard let repeated else { return chosen }
            return zip(chosen, repeated.metrics(weights)).map { $0 + $1 }
        }
    }
}
