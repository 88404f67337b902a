/// The metrics of a multi-class classification, on all rows and by group.
struct MulticlassEvaluation {
    private let rows: MulticlassRows

    /// For each class the rows in ascending order of its score; empty without scores.
    private let orders: [[Int32]]

    /// Rows that lack a score of some class.
    private let unusable: Set<Int32>

    init(_ rows: MulticlassRows) {
        self.rows = rows
        orders = rows.scores?.map { AscendingOrder.of($0) } ?? []
        unusable = Set(
            (rows.scores ?? []).flatMap { column in column.indices.lazy.filter { column[$0].isNaN }.map { Int32($0) } })
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

    /// How many rows have scores whose sum differs from 1 by more than 0.001.
    var rowsThatDoNotSumToOne: Int {
        guard let scores = rows.scores else { return 0 }
        return rows.labels.indices.count { row in abs(scores.reduce(0) { $0 + $1[row] } - 1) > 1e-3 }
    }

    private func metrics(_ members: ArraySlice<Int32>, ranked: (Int) -> ArraySlice<Int32>) -> Metrics {
        let counts = MulticlassCounts(rows, members)
        var metrics = Metrics()
        counts.add(to: &metrics)
        let reason = scoreGap(members)
        let accuracy = reason == nil ? MulticlassScoreAccuracy(rows, members) : nil
        let areas = reason == nil ? PairwiseAUC(rows, counts.labelled, ranked: ranked) : nil
        let absent = rows.classes.indices.filter { counts.labelled[$0] == 0 }.map { rows.classes[$0] }
        let labels = reason ?? "no row has label \(absent.prefix(3).joined(separator: ", "))"
        metrics.add("log_loss", accuracy?.logLoss, undefined: reason ?? "")
        metrics.add("auc_ovr_macro", areas?.oneVersusRestMacro, undefined: labels)
        metrics.add("auc_ovr_weighted", areas?.oneVersusRestWeighted, undefined: labels)
        metrics.add("auc_ovo_macro", areas?.oneVersusOneMacro, undefined: labels)
        metrics.add("ece10_confidence", accuracy?.calibration, undefined: reason ?? "")
        metrics.add("brier_sum", accuracy?.brier, undefined: reason ?? "")
        metrics.perClass = rows.classes.indices.map { counts.metrics(of: $0) }
        metrics.confusion = counts.confusion
        return metrics
    }

    /// Why the scores of these rows cannot be used, or `nil` where they can.
    private func scoreGap(_ members: ArraySlice<Int32>) -> String? {
        guard rows.scores != nil else { return "no columns with a score for every class are named" }
        guard !members.isEmpty else { return "there are no rows" }
        let gaps = unusable.isEmpty ? 0 : members.count { unusable.contains($0) }
        return gaps == 0 ? nil : "\(gaps) of \(members.count) rows lack a score (empty or NaN)"
    }
}

/// How near class scores come to labels, row by row.
private struct MulticlassScoreAccuracy {
    let logLoss: Double
    let brier: Double
    let calibration: Double?

    init?(_ rows: MulticlassRows, _ members: ArraySlice<Int32>) {
        guard let scores = rows.scores else { return nil }
        var loss = CompensatedSum()
        var squares = CompensatedSum()
        var sure = CalibrationError(closedRight: true)
        for member in members {
            let row = Int(member)
            let label = Int(rows.labels[row])
            let predicted = Int(rows.predictions[row])
            loss.add(LogLoss.of(scores[label][row]))
            for (index, column) in scores.enumerated() {
                let error = column[row] - (index == label ? 1 : 0)
                squares.add(error * error)
            }
            sure.add(scores[predicted][row], label == predicted)
        }
        logLoss = loss.value / Double(members.count)
        brier = squares.value / Double(members.count)
        calibration = sure.value
    }
}
