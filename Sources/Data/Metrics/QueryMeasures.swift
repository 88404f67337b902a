import Domain

/// The measures of every query that has a relevant row; the metrics of a ranking are their means.
///
/// A query without a relevant row has no ideal order to be compared with: it is counted, and left out of every mean.
struct QueryMeasures: Sendable {
    let names: [String]
    let rows: Int
    private(set) var queries = 0

    /// Rows without a score.
    let unusable: Int

    /// By measure, then by query.
    private var values: [[Double]]

    /// For each query in `values` its number among all.
    private var numbers: [Int] = []

    init(_ rows: RankingRows) { self.init(rows, rows.order[...]) }

    /// Of some rows, which stand query by query and from the greatest score down.
    init(_ rows: RankingRows, _ order: ArraySlice<Int32>) {
        names = RankedQuery.names(rows.ranking)
        self.rows = order.count
        values = names.map { _ in [] }
        unusable = order.count { rows.scores[Int($0)].isNaN }
        var rest = order
        while let first = rest.first {
            let query = rows.queries.codes[Int(first)]
            let members = rest.prefix { rows.queries.codes[Int($0)] == query }
            rest = rest.dropFirst(members.count)
            add(
                RankedQuery(
                    relevances: members.map { rows.relevances[Int($0)] }, scores: members.map { rows.scores[Int($0)] },
                    rows.ranking))
        }
    }

    private mutating func add(_ query: RankedQuery?) {
        if let query {
            numbers.append(queries)
            for (measure, value) in query.values.enumerated() { values[measure].append(value) }
        }
        queries += 1
    }

    var queriesWithoutRelevant: Int { queries - numbers.count }

    var metrics: Metrics {
        var metrics = Metrics()
        metrics.add("n", count: rows)
        metrics.add("queries", count: queries)
        metrics.add("queries_without_relevant", count: queriesWithoutRelevant)
        let reason =
            rows == 0
            ? "there are no rows"
            : unusable > 0
                ? "\(unusable) of \(rows) rows have no score (empty or NaN)" : "no query has a row of relevance above 0"
        for name in names { metrics.add(name, self[name].map { Self.mean($0) }, undefined: reason) }
        return metrics
    }

    /// The values of one measure by query; `nil` where the metric is undefined or unknown.
    private subscript(name: String) -> [Double]? {
        guard unusable == 0, !numbers.isEmpty, let measure = names.firstIndex(of: name) else { return nil }
        return values[measure]
    }

    private static func mean(_ values: [Double]) -> Double { CompensatedSum.of(values) / Double(values.count) }

    /// Queries are drawn, not rows: those of one query depend on each other.
    ///
    /// Student's t; of a share, and where all queries have the same value, Wilson's, which knows that few queries say little.
    func interval(of metric: String, confidence: Double) -> Interval? {
        guard let values = self[metric] else { return nil }
        let isBounded = !metric.hasPrefix("dcg")
        if isBounded, metric.hasPrefix("hit_rate") || values.allSatisfy({ $0 == values[0] }) {
            let sum = min(CompensatedSum.of(values), Double(values.count))
            return Interval.wilson(successes: sum, of: Double(values.count), confidence: confidence)
        }
        guard let interval = Interval.mean(of: values, confidence: confidence) else { return nil }
        return isBounded ? Interval(lower: max(0, interval.lower), upper: min(1, interval.upper)) : interval
    }

    /// The metrics of sixteen replicates, in which each query counts as often as a weight says.
    func means(_ weights: RowWeights) -> [[Double?]] {
        guard unusable == 0 else { return Array(repeating: names.map { _ in nil }, count: Resampler.lanes) }
        var total = LaneSum()
        var sums = [LaneSum](repeating: LaneSum(), count: values.count)
        WeightBlock.forEach(weights, halfOf: numbers.map { Int32(2 * $0) }) { block in
            total.add(block)
            for measure in values.indices { sums[measure].add(values[measure], block) }
        }
        return (0..<Resampler.lanes).map { lane in
            sums.map { sum -> Double? in
                let mean = sum[lane] / total[lane]
                return mean.isFinite ? mean : nil
            }
        }
    }
}
