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

    /// Of several metrics. DeLong for the area under the ROC curve, the rows on which one is right for accuracy, else a paired
    /// bootstrap, which is run only where one is needed; of clusters always.
    func changes(of names: [String]) throws(DataError) -> [String: PairedChange] {
        var changes: [String: PairedChange] = [:]
        var open: [String] = []
        for name in names {
            guard let one = quick.first[name], let two = quick.second[name] else { continue }
            var change = PairedChange(name: name, first: one, second: two, standardError: 0, rows: rows)
            if quick.clusters == nil, Self.shares.contains(name), let shares {
                change = change.with(error: shares.standardError)
                change.shares = shares
            } else if quick.clusters == nil, name == "auc", let error = quick.auc?.standardError {
                change = change.with(error: error)
                change.unseen = unseen(name, from: one)
            } else {
                open.append(name)
                continue
            }
            changes[name] = change
        }
        guard !open.isEmpty else { return changes }
        let slow = try Comparison(
            of: first, and: second, bootstrap: Bootstrap(replicates: replicates), named: Set(open))
        for name in open {
            guard let found = slow.differences.first(where: { $0.name == name }), let one = found.first,
                let two = found.second, let spread = found.spread
            else { continue }
            changes[name] = PairedChange(
                name: name, first: one, second: two, standardError: spread.standardError * inflation(of: name),
                rows: rows, unseen: unseen(name, from: one))
        }
        return changes
    }

    /// Those that are the share of rows that are right.
    private static let shares: Set<String> = ["accuracy", "f1_micro", "precision_micro", "recall_micro"]

    private var shares: PairedProportions? {
        guard rows > 0 else { return nil }
        return quick.mcNemar.map { PairedProportions($0, rows: rows) }
    }

    /// How much wider the bounds of what predictions alone decide are than resamples say: as much as those of the share of right rows are
    /// than its standard error. Of few rows that differ resamples know too little.
    private func inflation(of name: String) -> Double {
        guard quick.clusters == nil, let shares, shares.standardError > 0, MetricDirection.restsOnPredictions(name)
        else {
            return 1
        }
        let bounds = shares.bounds(alpha: 0.05), difference = shares.difference
        let width = max(difference - bounds.lower, bounds.upper - difference)
        return max(1, width / (SpecialFunctions.normalQuantile(0.95) * shares.standardError))
    }

    /// Of a rate as if all rows that it is an estimate from could turn; of an error as if all could become twice as great.
    private func unseen(_ name: String, from value: Double) -> NonInferiority.Unseen {
        let isRate = MetricDirection.isHigherBetter(name) || ["fpr", "fnr"].contains(name)
        return NonInferiority.Unseen(
            rows: min(second.units(of: name), Double(quick.clusters ?? rows)), reach: isRate ? 1 : abs(value))
    }

    /// Enough for a standard error within a tenth of itself, and a thousand where rows are few.
    private var replicates: Int { max(200, min(1000, 2_000_000 / max(1, rows))) }
}

extension PairedChange {
    fileprivate func with(error: Double) -> PairedChange {
        PairedChange(name: name, first: first, second: second, standardError: error, rows: rows)
    }
}
