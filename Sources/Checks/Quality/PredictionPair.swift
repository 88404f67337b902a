import Data

/// The predictions of two models on the rows that both have.
struct PredictionPair {
    private let first: Predictions
    private let second: Predictions
    private let quick: Comparison

    /// Throws where no rows match, or the same row has two labels.
    ///
    /// - Parameter names: The metrics whose changes are asked for.
    init(_ first: Predictions, _ second: Predictions, for names: [String]) throws(DataError) {
        self.first = first
        self.second = second
        quick = try Comparison(of: first, and: second, bootstrap: nil, named: Set(names))
    }

    var rows: Int { quick.rows }

    /// How much better the second is; `nil` where the metric is not known of both.
    func gain(of name: String) -> Double? {
        guard let one = quick.first[name], let two = quick.second[name] else { return nil }
        return MetricDirection.gain(two - one, of: name)
    }

    /// Of several metrics. DeLong for the area under the ROC curve, the discordant rows for accuracy, else a paired bootstrap,
    /// which is run only where one is needed; of clusters always.
    func changes(of names: [String]) throws(DataError) -> [String: PairedChange] {
        var changes: [String: PairedChange] = [:]
        var open: [String] = []
        for name in names {
            guard let one = quick.first[name], let two = quick.second[name] else { continue }
            guard quick.clusters == nil, let error = quick.standardError(of: name) else {
                open.append(name)
                continue
            }
            changes[name] = PairedChange(name: name, first: one, second: two, standardError: error, rows: rows)
        }
        guard !open.isEmpty else { return changes }
        let slow = try Comparison(
            of: first, and: second, bootstrap: Bootstrap(replicates: replicates), named: Set(open))
        for name in open {
            guard let found = slow.differences.first(where: { $0.name == name }), let one = found.first,
                let two = found.second, let spread = found.spread
            else { continue }
            changes[name] = PairedChange(
                name: name, first: one, second: two, standardError: spread.standardError, rows: rows)
        }
        return changes
    }

    /// Enough for a standard error within a tenth of itself, and a thousand where rows are few.
    private var replicates: Int { max(200, min(1000, 2_000_000 / max(1, rows))) }
}

extension Comparison {
    /// Where a formula gives it.
    fileprivate func standardError(of metric: String) -> Double? {
        switch metric {
        case "auc": return auc?.standardError
        case "accuracy":
            guard let mcNemar, rows > 0 else { return nil }
            let (b, c) = (Double(mcNemar.onlyFirstCorrect), Double(mcNemar.onlySecondCorrect))
            let variance = max(0, b + c - (b - c) * (b - c) / Double(rows))
            return variance.squareRoot() / Double(rows)
        default: return nil
        }
    }
}
