/// The metrics of a regression, on all rows and by group; rows are sorted once for all of them.
struct RegressionEvaluation {
    private let rows: RegressionRows
    private let errors: [Double]

    /// Rows by label, prediction and absolute error, ascending.
    private let orders: (labels: [Int32], predictions: [Int32], errors: [Int32])

    init(_ rows: RegressionRows) {
        self.rows = rows
        errors = zip(rows.labels, rows.predictions).map { $1 - $0 }
        orders = (
            AscendingOrder.of(rows.labels), AscendingOrder.of(rows.predictions), AscendingOrder.of(errors.map(abs))
        )
    }

    var metrics: Metrics {
        var ranks = RankPair(count: errors.count)
        return metrics(orders.labels[...], orders.predictions[...], orders.errors[...], &ranks)
    }

    /// The metrics of each group, in the order of its values.
    func metrics(by grouping: Grouping) -> [Metrics] {
        let buckets = Buckets(order: orders.labels, of: grouping)
        let labels = buckets.positions.map { orders.labels[Int($0)] }
        let predictions = Buckets(order: orders.predictions, of: grouping).positions.map { orders.predictions[Int($0)] }
        let errors = Buckets(order: orders.errors, of: grouping).positions.map { orders.errors[Int($0)] }
        var ranks = RankPair(count: rows.labels.count)
        return (0..<buckets.count).map { group in
            let range = buckets.starts[group]..<buckets.starts[group + 1]
            return metrics(labels[range], predictions[range], errors[range], &ranks)
        }
    }

    private static let names = [
        "rmse", "mse", "mae", "median_abs_error", "max_error", "r2", "explained_variance",
        "bias_mean_prediction_minus_label", "mape", "pearson_r", "spearman_rho",
    ]

    /// From the same rows in three orders; `ranks` is scratch space.
    private func metrics(
        _ byLabel: ArraySlice<Int32>, _ byPrediction: ArraySlice<Int32>, _ byError: ArraySlice<Int32>,
        _ ranks: inout RankPair
    ) -> Metrics {
        var metrics = Metrics()
        let count = byLabel.count
        metrics.add("n", count: count)
        let unusable = byError.count { !errors[Int($0)].isFinite }
        guard count > 0, unusable == 0 else {
            let reason =
                count == 0
                ? "there are no rows" : "\(unusable) of \(count) rows have a label or prediction that is not finite"
            for name in Self.names { metrics.add(name, nil, undefined: reason) }
            return metrics
        }
        addErrors(byLabel, byError, to: &metrics)
        addFit(byLabel, to: &metrics)
        ranks.rank(byLabel, rows.labels, \.first)
        ranks.rank(byPrediction, rows.predictions, \.second)
        let constant = "the labels or the predictions are all the same"
        metrics.add("pearson_r", correlation(byLabel, rows.labels, rows.predictions), undefined: constant)
        metrics.add("spearman_rho", correlation(byLabel, ranks.first, ranks.second), undefined: constant)
        return metrics
    }

    private func addErrors(_ byLabel: ArraySlice<Int32>, _ byError: ArraySlice<Int32>, to metrics: inout Metrics) {
        let count = Double(byLabel.count)
        let square = CompensatedSum.of(byLabel.lazy.map { errors[Int($0)] * errors[Int($0)] }) / count
        let absolute = CompensatedSum.of(byLabel.lazy.map { abs(errors[Int($0)]) }) / count
        func error(_ index: Int) -> Double { abs(errors[Int(byError[byError.startIndex + index])]) }
        let median = (error((byError.count - 1) / 2) + error(byError.count / 2)) / 2
        metrics.add("rmse", square.squareRoot(), undefined: "")
        metrics.add("mse", square, undefined: "")
        metrics.add("mae", absolute, undefined: "")
        metrics.add("median_abs_error", median, undefined: "")
        metrics.add("max_error", error(byError.count - 1), undefined: "")
    }

    private func addFit(_ members: ArraySlice<Int32>, to metrics: inout Metrics) {
        let count = Double(members.count)
        let bias = CompensatedSum.of(members.lazy.map { errors[Int($0)] }) / count
        let mean = CompensatedSum.of(members.lazy.map { rows.labels[Int($0)] }) / count
        let scale = members.lazy.map { max(abs(rows.labels[Int($0)] - mean), abs(errors[Int($0)])) }.max() ?? 0
        func squares(_ value: (Int) -> Double) -> Double {
            var sum = CompensatedSum()
            for row in members { sum.add((value(Int(row)) / scale) * (value(Int(row)) / scale)) }
            return sum.value
        }
        let total = squares { rows.labels[$0] - mean }
        let isConstant = members.first.map { first in
            members.allSatisfy { rows.labels[Int($0)] == rows.labels[Int(first)] }
        }
        let varies = isConstant == false && total > 0
        let constant = "the labels are all the same"
        metrics.add("r2", varies ? 1 - squares { errors[$0] } / total : nil, undefined: constant)
        metrics.add("explained_variance", varies ? 1 - squares { errors[$0] - bias } / total : nil, undefined: constant)
        metrics.add("bias_mean_prediction_minus_label", bias, undefined: "")
        let zeros = members.count { rows.labels[Int($0)] == 0 }
        let shares = members.lazy.map { abs(errors[Int($0)] / rows.labels[Int($0)]) }
        metrics.add("mape", zeros == 0 ? CompensatedSum.of(shares) / count : nil, undefined: "\(zeros) labels are 0")
    }

    private func correlation(_ members: ArraySlice<Int32>, _ one: [Double], _ other: [Double]) -> Double? {
        Correlation.pearson(members.lazy.map { one[Int($0)] }, members.lazy.map { other[Int($0)] })
    }
}

/// The ranks of two columns, by row.
private struct RankPair {
    var first: [Double]
    var second: [Double]

    init(count: Int) {
        first = Array(repeating: 0, count: count)
        second = first
    }

    /// Ranks from 1; equal values share the mean of their ranks.
    mutating func rank(_ ascending: ArraySlice<Int32>, _ values: [Double], _ path: WritableKeyPath<RankPair, [Double]>)
    {
        var begin = ascending.startIndex
        while begin < ascending.endIndex {
            var end = begin
            while end < ascending.endIndex, values[Int(ascending[end])] == values[Int(ascending[begin])] { end += 1 }
            let rank = Double(begin - ascending.startIndex + end - ascending.startIndex + 1) / 2
            for row in ascending[begin..<end] { self[keyPath: path][Int(row)] = rank }
            begin = end
        }
    }
}
