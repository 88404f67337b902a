/// Measures predicted numbers against true ones; rows are in ascending order of their labels.
struct RegressionMetrics {
    private let labels: UnsafeBufferPointer<Double>
    private let predictions: UnsafeBufferPointer<Double>

    /// Of the predictions, from 1.
    private let ranks: UnsafeBufferPointer<Double>
    private let quantile: Double?

    init(
        labels: UnsafeBufferPointer<Double>, predictions: UnsafeBufferPointer<Double>,
        ranks: UnsafeBufferPointer<Double>, quantile: Double?
    ) {
        self.labels = labels
        self.predictions = predictions
        self.ranks = ranks
        self.quantile = quantile
    }

    private static let names = [
        "rmse", "mse", "mae", "median_abs_error", "p95_abs_error", "max_error", "r2", "explained_variance",
        "bias_mean_prediction_minus_label", "mape", "smape", "pearson_r", "spearman_rho",
    ]

    /// Of predictions that are meant as a quantile only.
    static let pinballLoss = "pinball_loss"

    private var count: Double { Double(labels.count) }

    @inline(__always)
    private func mean(_ term: (Int) -> Double) -> Double { BlockSum.of(0..<labels.count, term) / count }

    @inline(__always)
    private func error(_ row: Int) -> Double { predictions[row] - labels[row] }

    var metrics: Metrics {
        var metrics = Metrics()
        metrics.add("n", count: labels.count)
        let unusable = labels.indices.count { !error($0).isFinite }
        guard labels.count > 0, unusable == 0 else {
            let reason =
                labels.isEmpty
                ? "there are no rows"
                : "\(unusable) of \(labels.count) rows have a label or prediction that is not finite"
            for name in Self.names + (quantile == nil ? [] : [Self.pinballLoss]) {
                metrics.add(name, nil, undefined: reason)
            }
            return metrics
        }
        addErrors(to: &metrics)
        addFit(to: &metrics)
        let constant = "the labels or the predictions are all the same"
        metrics.add("pearson_r", pearson, undefined: constant)
        metrics.add("spearman_rho", spearman, undefined: constant)
        if let quantile {
            metrics.add(Self.pinballLoss, mean { Self.pinball(-error($0), quantile) }, undefined: "")
        }
        return metrics
    }

    /// What a label that lies `above` the prediction costs: as much more above than below as the quantile asks for.
    @inline(__always)
    static func pinball(_ above: Double, _ quantile: Double) -> Double {
        max(quantile * above, (quantile - 1) * above)
    }

    private func addErrors(to metrics: inout Metrics) {
        let absolute = labels.indices.map { abs(error($0)) }
        let most = absolute.max() ?? 0
        // A power of two: where nothing would overflow or vanish it is 1, elsewhere it costs no digit.
        let scale = Self.scale(most)
        let square = mean { error($0) * scale * (error($0) * scale) }
        metrics.add("rmse", square.squareRoot() / scale, undefined: "")
        let unscaled = square / scale / scale
        metrics.add(
            "mse", unscaled > 0x1p-1000 || most == 0 ? unscaled : nil,
            undefined: "the squares of the errors are too small for a 64-bit float")
        metrics.add("mae", mean { absolute[$0] }, undefined: "")
        let quantiles = absolute.withUnsafeBufferPointer { SelectedQuantiles.of($0, [0.5, 0.95]) }
        metrics.add("median_abs_error", quantiles[0], undefined: "")
        metrics.add("p95_abs_error", quantiles[1], undefined: "")
        metrics.add("max_error", most, undefined: "")
    }

    private func addFit(to metrics: inout Metrics) {
        let bias = mean(error)
        let center = mean { labels[$0] }
        let reach = max(labels.first.map { abs($0 - center) } ?? 0, labels.last.map { abs($0 - center) } ?? 0)
        let scale = Self.scale(max(reach, metrics["max_error"] ?? 0))
        @inline(__always)
        func squares(_ value: (Int) -> Double) -> Double {
            BlockSum.of(0..<labels.count) { row in
                let scaled = value(row) * scale
                return scaled * scaled
            }
        }
        let total = squares { labels[$0] - center }
        let varies = labels.first != labels.last && total > 0
        // No share of a spread of nothing is explained, nor none: not the 1 or 0 that others give there.
        let constant = "the labels are all the same"
        metrics.add("r2", varies ? 1 - squares(error) / total : nil, undefined: constant)
        metrics.add("explained_variance", varies ? 1 - squares { error($0) - bias } / total : nil, undefined: constant)
        metrics.add("bias_mean_prediction_minus_label", bias, undefined: "")
        let zeros = labels.count { $0 == 0 }
        metrics.add("mape", zeros == 0 ? mean { abs(error($0) / labels[$0]) } : nil, undefined: "\(zeros) labels are 0")
        metrics.add("smape", mean { Self.symmetricError(labels[$0], predictions[$0]) }, undefined: "")
    }

    /// 2|e| / (|y| + |ŷ|), 0 where both are 0.
    @inline(__always)
    static func symmetricError(_ label: Double, _ prediction: Double) -> Double {
        // Halved, so that the sum of two numbers does not overflow.
        let size = abs(label) / 2 + abs(prediction) / 2
        return size > 0 ? abs(prediction - label) / size : 0
    }

    /// A power of two that brings numbers up to `size` near to 1, so that their squares neither overflow nor vanish.
    private static func scale(_ size: Double) -> Double {
        size > 1e-100 && size < 1e100 || size == 0
            ? 1 : Double(sign: .plus, exponent: max(-1000, min(1000, -size.exponent)), significand: 1)
    }

    private var pearson: Double? {
        let center = (mean { labels[$0] }, mean { predictions[$0] })
        return Self.correlation(labels, predictions, center)
    }

    private var spearman: Double? {
        let center = (count + 1) / 2
        return labelRanks.withUnsafeBufferPointer { Self.correlation($0, ranks, (center, center)) }
    }

    /// Pearson's coefficient of two columns with their means; `nil` where one is constant.
    static func correlation(
        _ one: UnsafeBufferPointer<Double>, _ other: UnsafeBufferPointer<Double>, _ center: (Double, Double)
    ) -> Double? {
        var range = (one.first ?? 0, one.first ?? 0, other.first ?? 0, other.first ?? 0)
        for row in 0..<one.count {
            range = (min(range.0, one[row]), max(range.1, one[row]), min(range.2, other[row]), max(range.3, other[row]))
        }
        guard range.0 < range.1, range.2 < range.3 else { return nil }
        let scale = (
            Self.scale(max(range.1 - center.0, center.0 - range.0)),
            Self.scale(max(range.3 - center.1, center.1 - range.2))
        )
        var sums = (CompensatedSum(), CompensatedSum(), CompensatedSum())
        for start in stride(from: 0, to: one.count, by: BlockSum.block) {
            var part = (0.0, 0.0, 0.0)
            for row in start..<min(start + BlockSum.block, one.count) {
                let x = (one[row] - center.0) * scale.0
                let y = (other[row] - center.1) * scale.1
                part = (part.0 + x * x, part.1 + y * y, part.2 + x * y)
            }
            sums.0.add(part.0)
            sums.1.add(part.1)
            sums.2.add(part.2)
        }
        let value = sums.2.value / (sums.0.value.squareRoot() * sums.1.value.squareRoot())
        return value.isFinite ? max(-1, min(1, value)) : nil
    }

    private var labelRanks: [Double] {
        var ranks = Array(repeating: 0.0, count: labels.count)
        var begin = 0
        while begin < labels.count {
            var end = begin + 1
            while end < labels.count, labels[end] == labels[begin] { end += 1 }
            for row in begin..<end { ranks[row] = Double(begin + end + 1) / 2 }
            begin = end
        }
        return ranks
    }
}
