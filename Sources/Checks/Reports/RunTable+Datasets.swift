import Domain

extension RunTable {
    /// What trainers of trees write of each dataset that they watch, `DATASET/METRIC`: the columns of the metric that comes first among
    /// those of which less is better, those of the training rows first.
    ///
    /// XGBoost calls datasets `validation_0`, `validation_1`, … in the order in which they were given; LightGBM calls the rows that it
    /// learns from `training`.
    var lossesByDataset: [String] {
        let all = columns.compactMap { name -> (name: String, dataset: Substring, metric: Substring)? in
            let parts = name.pathParts()
            return parts.count == 2 ? (name, parts[0], parts[1]) : nil
        }
        guard let metric = all.first(where: { Self.isLoss($0.metric) })?.metric else { return [] }
        let found = all.filter { $0.metric == metric }
        let own = found.filter { $0.dataset.lowercased().contains("train") }
        return (own + found.filter { one in !own.contains { $0.name == one.name } }).map(\.name)
    }

    /// Metrics of both libraries of which more is better (XGBoost's `eval_metric`, LightGBM's `metric`).
    private static func isLoss(_ metric: Substring) -> Bool {
        let rising = [
            "auc", "map", "ndcg", "pre", "average_precision", "accuracy", "acc", "r2", "f1", "precision", "recall",
        ]
        let name = metric.lowercased().prefix { $0 != "@" && $0 != "-" }
        return !rising.contains { $0 == name || name.hasPrefix($0 + "_") || name.hasPrefix($0 + "pr") }
    }
}
