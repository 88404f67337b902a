/// The metrics of a regression on weighted rows.
struct RegressionResampler: Sendable {
    let names: [String]

    private let errors: [Double]

    /// Labels and predictions less the mean of each, so that their squares do not cancel.
    private let labels: [Double]
    private let predictions: [Double]

    /// What is summed besides weights: see ``metrics(_:)``.
    private let summed: [[Double]]

    /// How far off each prediction is, and the rows in the order of that; empty where no quantile of it is wanted.
    private let ascending: [Double]
    private let order: [Int32]

    /// What is not wanted may be left out.
    init(_ rows: RegressionRows, isWanted: (String) -> Bool) {
        func centred(_ values: [Double]) -> [Double] {
            let mean = CompensatedSum.of(values) / Double(max(1, values.count))
            return values.map { $0 - mean }
        }
        let errors = zip(rows.labels, rows.predictions).map { $1 - $0 }
        let absolute = errors.map(abs)
        labels = centred(rows.labels)
        predictions = centred(rows.predictions)
        self.errors = errors
        var summed = [
            errors.map { $0 * $0 }, labels, labels.map { $0 * $0 }, absolute, errors, predictions,
            predictions.map { $0 * $0 }, zip(labels, predictions).map { $0 * $1 },
            zip(rows.labels, rows.predictions).map { RegressionMetrics.symmetricError($0, $1) },
            zip(absolute, rows.labels).map { $0 / abs($1) },
        ]
        var names = [
            "rmse", "mse", "mae", "r2", "bias_mean_prediction_minus_label", "explained_variance", "pearson_r", "smape",
            "mape", "median_abs_error", "p95_abs_error",
        ]
        if let quantile = rows.quantile {
            summed.append(errors.map { RegressionMetrics.pinball(-$0, quantile) })
            names.append(RegressionMetrics.pinballLoss)
        }
        self.summed = summed
        self.names = names
        let isOrdered = isWanted("median_abs_error") || isWanted("p95_abs_error")
        order = isOrdered && absolute.allSatisfy(\.isFinite) ? AscendingOrder.of(absolute) : []
        ascending = order.map { absolute[Int($0)] }
    }

    func metrics(_ weights: RowWeights) -> [[Double?]] {
        var total = LaneSum(), sums = Array(repeating: LaneSum(), count: summed.count)
        WeightBlock.forEach(weights) { block in
            total.add(block)
            for (index, values) in summed.enumerated() { sums[index].add(values, block) }
        }
        let ranked = WeightedQuantiles(ascending, order, weights, [0.5, 0.95])
        return (0..<Resampler.lanes).map { lane in
            let rows = total[lane], of = sums.map { $0[lane] / rows }
            // Means: squared error, label, its square, absolute error, error, prediction, its square, their product, …
            let spread = of[2] - of[1] * of[1], predicted = of[6] - of[5] * of[5]
            let product = (spread * predicted).squareRoot()
            var values: [Double] = [
                of[0].squareRoot(), of[0], of[3], spread > 0 ? 1 - of[0] / spread : .nan, of[4],
                spread > 0 ? 1 - (of[0] - of[4] * of[4]) / spread : .nan, (of[7] - of[1] * of[5]) / product, of[8],
                of[9],
            ]
            values += ranked?.values[lane] ?? [.nan, .nan]
            return (values + of.dropFirst(10)).map { $0.isFinite ? $0 : nil }
        }
    }
}

/// Quantiles of numbers of which each counts as often as its weight says, linearly interpolated, in sixteen replicates.
struct WeightedQuantiles {
    /// For each replicate one of each share.
    let values: [[Double]]

    /// `nil` without numbers. `order` has the row of each of the `ascending` numbers; a replicate that drew none has NaN.
    init?(_ ascending: [Double], _ order: [Int32], _ weights: RowWeights, _ shares: [Double]) {
        guard !ascending.isEmpty else { return nil }
        var drawn = SIMD16<Int32>.zero
        for weight in weights { drawn &+= SIMD16(truncatingIfNeeded: weight) }
        // The places, two for each share, in ascending order: a replicate goes through them one by one.
        let places = (0..<16).map { lane in shares.map { $0 * Double(max(0, drawn[lane] - 1)) } }
        let targets = places.map { $0.flatMap { [Int32($0), Int32($0.rounded(.up))] } }
        var found = Array(repeating: Array(repeating: Double.nan, count: 2 * shares.count), count: 16)
        var next = Array(repeating: 0, count: 16)
        var seen = SIMD16<Int32>.zero, pending = SIMD16<Int32>.zero
        for lane in 0..<16 { pending[lane] = targets[lane].first ?? .max }
        for (value, row) in zip(ascending, order) {
            seen &+= SIMD16(truncatingIfNeeded: weights[Int(row)])
            let isReached = seen .> pending
            guard any(isReached) else { continue }
            for lane in 0..<16 where isReached[lane] {
                while next[lane] < targets[lane].count, seen[lane] > targets[lane][next[lane]] {
                    found[lane][next[lane]] = value
                    next[lane] += 1
                }
                pending[lane] = next[lane] < targets[lane].count ? targets[lane][next[lane]] : .max
            }
        }
        values = (0..<16).map { lane in
            shares.indices.map { share in
                let place = places[lane][share], low = found[lane][2 * share], high = found[lane][2 * share + 1]
                return low + (high - low) * (place - place.rounded(.down))
            }
        }
    }
}
