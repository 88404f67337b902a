import Domain

extension Predictions {
    /// The rows on which `column`, one of the slices or sensitive columns, has `value`; `(null)` where it has none.
    public func slice(_ column: String, _ value: String) -> Predictions? {
        guard let grouping = groups.place(of: column, by: \.name).map({ groups[$0] }),
            let code = grouping.values.place(of: value)
        else { return nil }
        return selecting(grouping.codes.indices.filter { grouping.codes[$0] == Int32(code) })
    }

    /// These rows, in this order.
    func selecting(_ rows: [Int]) -> Predictions {
        Predictions(
            task: task, columns: columns, rowCount: rows.count, values: values.selecting(rows),
            ids: ids.map { $0.selecting(rows) },
            groups: groups.map { $0.selecting(rows) }, clusters: clusters?.selecting(rows))
    }
}

extension Predictions.Values {
    func selecting(_ rows: [Int]) -> Self {
        switch self {
        case .binary(let values):
            .binary(
                BinaryRows(
                    labels: values.labels.selecting(rows), predictions: values.predictions.selecting(rows),
                    scores: values.scores?.selecting(rows)))
        case .multiclass(let values):
            .multiclass(
                MulticlassRows(
                    classes: values.classes, labels: values.labels.selecting(rows),
                    predictions: values.predictions.selecting(rows), scores: values.scores?.map { $0.selecting(rows) },
                    unscored: values.unscored))
        case .regression(let values):
            .regression(
                RegressionRows(
                    labels: values.labels.selecting(rows), predictions: values.predictions.selecting(rows),
                    quantile: values.quantile))
        case .ranking(let values): .ranking(values.selecting(rows))
        }
    }
}

extension RankingRows {
    fileprivate func selecting(_ rows: [Int]) -> RankingRows {
        RankingRows(
            relevances: relevances.selecting(rows), scores: scores.selecting(rows), queries: queries.selecting(rows),
            ranking: ranking)
    }
}

extension TextColumn {
    /// These rows with a dictionary of their own: it is counted to find ids that stand twice.
    func selecting(_ rows: [Int]) -> TextColumn {
        var selected = TextColumn()
        selected.codes.reserveCapacity(rows.count)
        for row in rows {
            let code = codes[row]
            selected.codes.append(
                code < 0 ? -1 : dictionary.withBytes(of: Int(code)) { selected.dictionary.code(of: $0) })
        }
        return selected
    }
}

extension Grouping {
    func selecting(_ rows: [Int]) -> Grouping { Grouping(name: name, values: values, codes: codes.selecting(rows)) }
}

extension Array {
    fileprivate func selecting(_ rows: [Int]) -> [Element] { rows.map { self[$0] } }
}
