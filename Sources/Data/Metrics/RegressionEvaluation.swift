/// The metrics of a regression, on all rows and by group; rows are sorted once for all of them.
///
/// Rows are put in the order of their labels first: predictions are in nearly the same order, so that every later step
/// walks through memory instead of jumping about.
struct RegressionEvaluation {
    /// Ascending.
    private let labels: [Double]
    private let predictions: [Double]

    /// For each position in `labels` the row that it came from.
    private let rows: [Int32]

    /// Positions in the order of their predictions.
    private let byPrediction: [Int32]
    private let quantile: Double?

    init(_ values: RegressionRows) {
        let order = AscendingOrder.of(values.labels)
        rows = order
        labels = order.map { values.labels[Int($0)] }
        let predictions = order.map { values.predictions[Int($0)] }
        self.predictions = predictions
        byPrediction = AscendingOrder.of(predictions)
        quantile = values.quantile
    }

    var metrics: Metrics {
        metrics(by: Grouping(name: "", values: [""], codes: Array(repeating: 0, count: rows.count)))[0]
    }

    /// The metrics of each group, in the order of its values.
    func metrics(by grouping: Grouping) -> [Metrics] {
        let codes = rows.map { grouping.codes[Int($0)] }
        let positions = Array(0..<Int32(truncatingIfNeeded: rows.count))
        let dealt = DealtRows(positions, codes, groups: grouping.values.count)
        let ranked = DealtRows(byPrediction, codes, groups: grouping.values.count)
        let labels = dealt.rows.map { self.labels[Int($0)] }
        let predictions = dealt.rows.map { self.predictions[Int($0)] }
        let ranks = predictionRanks(ranked, dealt)
        return grouping.values.indices.map { group in
            let range = dealt.starts[group]..<dealt.starts[group + 1]
            return labels.withUnsafeBufferPointer { labels in
                predictions.withUnsafeBufferPointer { predictions in
                    ranks.withUnsafeBufferPointer { ranks in
                        RegressionMetrics(
                            labels: UnsafeBufferPointer(rebasing: labels[range]),
                            predictions: UnsafeBufferPointer(rebasing: predictions[range]),
                            ranks: UnsafeBufferPointer(rebasing: ranks[range]), quantile: quantile
                        ).metrics
                    }
                }
            }
        }
    }

    /// For each row of `dealt` the rank of its prediction in its group; equal ones share the mean of their ranks.
    private func predictionRanks(_ ranked: DealtRows, _ dealt: DealtRows) -> [Double] {
        var byPosition = Array(repeating: 0.0, count: rows.count)
        byPosition.withUnsafeMutableBufferPointer { byPosition in
            predictions.withUnsafeBufferPointer { predictions in
                ranked.rows.withUnsafeBufferPointer { rows in
                    for group in 0..<(ranked.starts.count - 1) {
                        let range = ranked.starts[group]..<ranked.starts[group + 1]
                        Self.rank(UnsafeBufferPointer(rebasing: rows[range]), predictions, byPosition)
                    }
                }
            }
        }
        return dealt.rows.map { byPosition[Int($0)] }
    }

    /// Writes the ranks of `rows`, which are in the order of their predictions; each prediction is fetched once.
    private static func rank(
        _ rows: UnsafeBufferPointer<Int32>, _ predictions: UnsafeBufferPointer<Double>,
        _ ranks: UnsafeMutableBufferPointer<Double>
    ) {
        guard var value = rows.first.map({ predictions[Int($0)] }) else { return }
        var begin = 0
        while begin < rows.count {
            var end = begin &+ 1
            var next = value
            while end < rows.count {
                next = predictions[Int(rows[end])]
                if next != value { break }
                end &+= 1
            }
            let rank = Double(begin &+ end &+ 1) / 2
            for index in begin..<end { ranks[Int(rows[index])] = rank }
            begin = end
            value = next
        }
    }
}

/// Rows in some order, dealt out to their groups; each group keeps the order.
struct DealtRows {
    /// Where each group starts in `rows`; one more element than there are groups.
    let starts: [Int]
    let rows: [Int32]

    /// `codes` has each row's group.
    init(_ order: [Int32], _ codes: [Int32], groups: Int) {
        var counts = Array(repeating: 0, count: groups + 1)
        for code in codes { counts[Int(code) + 1] &+= 1 }
        for index in 1..<counts.count { counts[index] += counts[index - 1] }
        starts = counts
        rows = Array(unsafeUninitializedCapacity: order.count) { buffer, initialized in
            for row in order {
                let code = Int(codes[Int(row)])
                buffer[counts[code]] = row
                counts[code] &+= 1
            }
            initialized = order.count
        }
    }
}
