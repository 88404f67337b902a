/// The metrics of a multi-class classification, on all rows and by group.
struct MulticlassEvaluation {
    private let rows: MulticlassRows

    /// For each class the rows in ascending order of its score; empty without scores.
    private let orders: [[Int32]]

    /// Rows that lack a score of some class.
    private let unusable: Set<Int32>

    private let scoreRows: MulticlassScoreRows?
    private let topClasses: TopClasses?

    init(_ rows: MulticlassRows) {
        self.rows = rows
        scoreRows = MulticlassScoreRows(rows)
        topClasses = TopClasses.counts(of: rows.classes.count).isEmpty ? nil : TopClasses(rows)
        orders = rows.scores?.map { AscendingOrder.of($0) } ?? []
        var unusable: Set<Int32> = []
        for column in rows.scores ?? [] {
            for (row, score) in column.enumerated() where score.isNaN { unusable.insert(Int32(row)) }
        }
        self.unusable = unusable
    }

    var metrics: Metrics { metrics(Array(0..<Int32(rows.labels.count))[...]) { orders[$0][...] } }

    /// The metrics of each group, in the order of its values.
    func metrics(by grouping: Grouping) -> [Metrics] {
        let identity = Buckets(order: Array(0..<Int32(rows.labels.count)), of: grouping)
        let dealt = orders.map { order in Buckets(order: order, of: grouping).positions.map { order[Int($0)] } }
        return (0..<identity.count).map { group in
            let range = identity.starts[group]..<identity.starts[group + 1]
            return metrics(identity[group]) { dealt[$0][range] }
        }
    }

    private func metrics(_ members: ArraySlice<Int32>, ranked: (Int) -> ArraySlice<Int32>) -> Metrics {
        let counts = MulticlassCounts(rows, members)
        var metrics = Metrics()
        counts.add(to: &metrics)
        let reason = scoreGap(members)
        let accuracy = reason == nil ? scoreRows?.accuracy(members) : nil
        let areas = reason == nil ? PairwiseAUC(rows, counts.labelled, ranked: ranked) : nil
        let absent = rows.classes.indices.filter { counts.labelled[$0] == 0 }.map { rows.classes[$0] }
        let labels = reason ?? "no row has label \(absent.prefix(3).joined(separator: ", "))"
        metrics.add("log_loss", accuracy?.logLoss, undefined: reason ?? "")
        metrics.add("auc_ovr_macro", areas?.oneVersusRestMacro, undefined: labels)
        metrics.add("auc_ovr_weighted", areas?.oneVersusRestWeighted, undefined: labels)
        metrics.add("auc_ovo_macro", areas?.oneVersusOneMacro, undefined: labels)
        metrics.add("ece10_confidence", accuracy?.calibration, undefined: reason ?? "")
        metrics.add("brier_sum", accuracy?.brier, undefined: reason ?? "")
        for count in TopClasses.counts(of: rows.classes.count) {
            let share = reason == nil ? topClasses?.accuracy(members, within: count) : nil
            metrics.add(TopClasses.name(count), share, undefined: reason ?? "")
        }
        metrics.perClass = rows.classes.indices.map { counts.metrics(of: $0) }
        metrics.confusion = counts.confusion
        return metrics
    }

    /// Why the scores of these rows cannot be used, or `nil` where they can.
    private func scoreGap(_ members: ArraySlice<Int32>) -> String? {
        guard rows.scores != nil else {
            guard let first = rows.unscored.first else { return "no columns with a score for every class are named" }
            let more = rows.unscored.count > 1 ? " and \(rows.unscored.count - 1) more" : ""
            return "there is no column `\(first)`\(more): every class needs its scores"
        }
        guard !members.isEmpty else { return "there are no rows" }
        let gaps = unusable.isEmpty ? 0 : members.count { unusable.contains($0) }
        return gaps == 0 ? nil : "\(gaps) of \(members.count) rows lack a score (empty or NaN)"
    }
}

extension MulticlassRows {
    /// What of the scores is no probability of the prediction: in any row a sum that differs from 1 by more than 0.001, in more than a
    /// hundredth of the rows another class that is likelier, as it may be where classes have thresholds of their own.
    var remarks: [String] {
        guard let scores else { return [] }
        var (sums, others) = (0, 0)
        for (row, prediction) in predictions.enumerated() {
            let own = scores[Int(prediction)][row]
            if abs(scores.reduce(0) { $0 + $1[row] } - 1) > 1e-3 { sums += 1 }
            if scores.contains(where: { $0[row] > own }) { others += 1 }
        }
        return (sums > 0 ? ["the scores of \(sums) rows do not sum to 1"] : [])
            + (others * 100 > predictions.count
                ? [
                    "the greatest score of \(others) of \(predictions.count) rows is that of another class than the prediction: are the "
                        + "columns of scores called right?"
                ] : [])
    }
}

/// How near class scores come to labels, row by row; computed once, for all groups.
struct MulticlassScoreRows {
    let losses: [Double]
    let squares: [Double]
    private let confidences: [Double]
    private let isCorrect: [Bool]

    init?(_ rows: MulticlassRows) {
        guard let scores = rows.scores else { return nil }
        var losses = Array(repeating: 0.0, count: rows.labels.count)
        var squares = losses
        var confidences = losses
        for (index, column) in scores.enumerated() {
            for row in column.indices {
                let isLabel = rows.labels[row] == Int32(index)
                let error = column[row] - (isLabel ? 1 : 0)
                squares[row] += error * error
                if isLabel { losses[row] = LogLoss.of(column[row]) }
                if rows.predictions[row] == Int32(index) { confidences[row] = column[row] }
            }
        }
        (self.losses, self.squares, self.confidences) = (losses, squares, confidences)
        isCorrect = zip(rows.labels, rows.predictions).map(==)
    }

    func accuracy(_ members: ArraySlice<Int32>) -> (logLoss: Double, brier: Double, calibration: Double?) {
        var loss = CompensatedSum()
        var square = CompensatedSum()
        var sure = CalibrationError(closedRight: true)
        for member in members {
            let row = Int(member)
            loss.add(losses[row])
            square.add(squares[row])
            sure.add(confidences[row], isCorrect[row])
        }
        return (loss.value / Double(members.count), square.value / Double(members.count), sure.value)
    }
}
