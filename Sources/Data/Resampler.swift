/// How often each row counts in four replicates at once.
typealias RowWeights = UnsafeBufferPointer<SIMD4<Int32>>

/// Computes some metrics of one model on its rows, each counted as often as a weight says, four replicates at a time.
struct Resampler: Sendable {
    static let lanes = 4

    let names: [String]

    /// What is drawn: rows, or the queries of a ranking, whose rows belong together.
    let rowCount: Int

    /// For each of the four replicates the metrics in the order of `names`; `nil` where one is undefined on these rows.
    let metrics: @Sendable (RowWeights) -> [[Double?]]

    init(_ predictions: Predictions) {
        rowCount = predictions.drawn
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

extension RowWeights {
    /// The sums of `values`, each times its weight.
    func sum(_ values: [Double]) -> SIMD4<Double> {
        values.withUnsafeBufferPointer { values in
            var sums = SIMD4<Double>.zero
            for row in 0..<values.count { sums += SIMD4<Double>(self[row]) * values[row] }
            return sums
        }
    }
}
