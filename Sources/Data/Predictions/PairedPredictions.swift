import Domain

/// The rows that two tables of predictions share, in the order of the first.
struct PairedPredictions {
    let first: Predictions
    let second: Predictions

    /// The same rows with the classes that each table has itself, which its metrics are means over; `first` and `second` have those of
    /// both.
    let own: (first: Predictions, second: Predictions)
    private(set) var warnings: [String] = []
    /// The numbers of the rows in the first table; `nil` where all are there in their order.
    private(set) var rowsOfFirst: [Int]?

    init(_ first: Predictions, _ second: Predictions) throws(DataError) {
        guard first.task == second.task else {
            throw DataError(
                "one table is of the task \(first.task.rawValue), the other of \(second.task.rawValue)",
                remedy: "compare models of one task")
        }
        let (one, two) = Self.sameClasses(first, second)
        let hasIDs = one.ids != nil && two.ids != nil
        if hasIDs, let rows = try Self.matches(one, two) {
            rowsOfFirst = rows.map(\.0)
            self.first = one.selecting(rows.map(\.0))
            self.second = two.selecting(rows.map(\.1))
            own =
                Self.haveSameClasses(first, second)
                ? (self.first, self.second) : (first.selecting(rows.map(\.0)), second.selecting(rows.map(\.1)))
            let left = (one.rowCount - rows.count, two.rowCount - rows.count)
            if left != (0, 0) {
                warnings.append(
                    "\(left.0) rows of the first and \(left.1) of the second have an id that the other lacks; they are left out"
                )
            }
        } else {
            guard one.rowCount == two.rowCount else {
                throw DataError(
                    "the tables have \(one.rowCount) and \(two.rowCount) rows, and no id column to match them by",
                    remedy: "name the column that identifies a row", mismatch: .rowCount)
            }
            self.first = one
            self.second = two
            own = (first, second)
        }
        try requireSameLabels(byID: hasIDs)
    }

    /// For each row of the first that the second has, too, its number in both; `nil` where both have the same in one order.
    private static func matches(_ first: Predictions, _ second: Predictions) throws(DataError) -> [(Int, Int)]? {
        guard let one = try uniqueIDs(first), let two = try uniqueIDs(second) else { return [] }
        if one.hasSameTexts(as: two) { return nil }
        let rows = (0..<one.count).compactMap { row in
            one.withBytes(of: row) { two.existingCode(of: $0) }.map { (row, Int($0)) }
        }
        guard !rows.isEmpty || first.rowCount == 0 else {
            let examples = one.count > 0 && two.count > 0 ? ": `\(one[0])` in the first, `\(two[0])` in the second" : ""
            throw DataError(
                "no row of one table has an id of the other\(examples)",
                remedy: "evaluate both models on the same data, and write ids alike", mismatch: .noCommonID)
        }
        return rows
    }

    /// The ids, of which the number is the row; each row must have one of its own.
    private static func uniqueIDs(_ predictions: Predictions) throws(DataError) -> TextDictionary? {
        guard let ids = predictions.ids else { return nil }
        if ids.dictionary.count == predictions.rowCount { return ids.dictionary }
        var seen: Set<Int32> = []
        let row = ids.codes.firstIndex { $0 < 0 || !seen.insert($0).inserted } ?? 0
        let name = predictions.columns.id ?? ""
        throw DataError(
            ids[row].map { "column `\(name)`: the id `\($0)` stands twice, the second time in row \(row + 1)" }
                ?? "column `\(name)`: row \(row + 1) has no id", remedy: "give every row an id of its own")
    }

    private func requireSameLabels(byID: Bool) throws(DataError) {
        let different =
            switch (first.values, second.values) {
            case (.binary(let one), .binary(let two)): Self.differing(one.labels, two.labels)
            case (.multiclass(let one), .multiclass(let two)): Self.differing(one.labels, two.labels)
            case (.regression(let one), .regression(let two)):
                one.labels.indices.filter {
                    one.labels[$0] != two.labels[$0] && !(one.labels[$0].isNaN && two.labels[$0].isNaN)
                }
            case (.ranking(let one), .ranking(let two)):
                one.relevances.indices.filter {
                    one.relevances[$0] != two.relevances[$0] || one.query($0) != two.query($0)
                }
            default: [Int]()
            }
        guard let row = different.first else { return }
        let id = first.ids?[row].map { "id `\($0)`" } ?? "row \(row + 1)"
        throw DataError(
            "\(different.count) rows have another label\(first.task == .ranking ? " or query" : "") in the second table, "
                + "first \(id)\(Self.labels(first, second, row))",
            remedy: "evaluate both models on the same data, and write labels with all their digits",
            mismatch: .labels(byID: byID))
    }

    /// Both labels of a row; nothing of a ranking, where it may be the query that differs.
    private static func labels(_ first: Predictions, _ second: Predictions, _ row: Int) -> String {
        let labels = [first, second].compactMap { $0.label(row) }
        return labels.count == 2 ? ": `\(labels[0])` and `\(labels[1])`" : ""
    }

    private static func differing<Label: Equatable>(_ one: [Label], _ two: [Label]) -> [Int] {
        one.indices.filter { one[$0] != two[$0] }
    }

    private static func haveSameClasses(_ first: Predictions, _ second: Predictions) -> Bool {
        guard case .multiclass(let one) = first.values, case .multiclass(let two) = second.values else { return true }
        return one.classes.elementsEqual(two.classes) { $0.hasBytes(of: $1) }
    }

    /// Both with the classes that either has.
    private static func sameClasses(_ first: Predictions, _ second: Predictions) -> (Predictions, Predictions) {
        guard case .multiclass(let one) = first.values, case .multiclass(let two) = second.values,
            !haveSameClasses(first, second)
        else { return (first, second) }
        let classes = Set((one.classes + two.classes).map(ExactText.init)).map(\.text).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        return (
            first.replacing(.multiclass(one.recoded(to: classes))),
            second.replacing(.multiclass(two.recoded(to: classes)))
        )
    }
}

extension PairedPredictions {
    var mcNemar: McNemar? {
        func correct(_ values: Predictions.Values) -> [Bool]? {
            switch values {
            case .binary(let rows): zip(rows.labels, rows.predictions).map(==)
            case .multiclass(let rows): zip(rows.labels, rows.predictions).map(==)
            case .regression, .ranking: nil
            }
        }
        guard let one = correct(first.values), let two = correct(second.values) else { return nil }
        return McNemar(
            onlyFirstCorrect: zip(one, two).count { $0 && !$1 }, onlySecondCorrect: zip(one, two).count { !$0 && $1 })
    }

    /// Of a ranking: the share of rows whose place among those of their query differs.
    var predictionDisagreementRate: Double? {
        guard first.rowCount > 0 else { return nil }
        let count =
            switch (first.values, second.values) {
            case (.binary(let one), .binary(let two)): zip(one.predictions, two.predictions).count(where: !=)
            case (.multiclass(let one), .multiclass(let two)): zip(one.predictions, two.predictions).count(where: !=)
            case (.regression(let one), .regression(let two)): zip(one.predictions, two.predictions).count(where: !=)
            case (.ranking(let one), .ranking(let two)): zip(one.places, two.places).count(where: !=)
            default: 0
            }
        return Double(count) / Double(first.rowCount)
    }

    /// Of a regression: the share of rows whose prediction moves by more than `share` of the standard deviation of the first's, or to or from
    /// what is no number. Training anew moves each a little.
    func movedRate(beyond share: Double) -> Double? {
        guard case .regression(let one) = first.values, case .regression(let two) = second.values, first.rowCount > 0
        else { return nil }
        var moments = Moments()
        for value in one.predictions where value.isFinite { moments.add(value, times: 1) }
        let bound = share * (moments.standardDeviation(ddof: 0) ?? 0)
        let moved = zip(one.predictions, two.predictions).count { $0 != $1 && !(abs($1 - $0) <= bound) }
        return Double(moved) / Double(first.rowCount)
    }

    var auc: DeLong.Difference? {
        guard case .binary(let one) = first.values, case .binary(let two) = second.values, let scores = one.scores,
            let others = two.scores
        else { return nil }
        return DeLong.Difference(labels: one.labels, first: scores, second: others)
    }

    /// Of class probabilities, over all classes; of a regression, of the predictions; of a ranking, of what orders it.
    var maxAbsScoreDifference: Double? {
        let differences = scores.flatMap { zip($0, $1).map { abs($1 - $0) } }
        return differences.allSatisfy(\.isFinite) ? differences.max() : nil
    }

    /// The largest of those scores by magnitude.
    var largestScore: Double {
        scores.reduce(0) { largest, pair in (pair.0 + pair.1).reduce(largest) { max($0, abs($1)) } }
    }

    /// Of each class that has them; none where one of the two has none.
    var scores: [([Double], [Double])] {
        switch (first.values, second.values) {
        case (.binary(let one), .binary(let two)):
            one.scores.flatMap { scores in two.scores.map { [(scores, $0)] } } ?? []
        case (.multiclass(let one), .multiclass(let two)):
            one.scores.flatMap { scores in two.scores.map { Array(zip(scores, $0)) } } ?? []
        case (.regression(let one), .regression(let two)): [(one.predictions, two.predictions)]
        case (.ranking(let one), .ranking(let two)): [(one.scores, two.scores)]
        default: []
        }
    }

    /// A number for each row that does not depend on its place, where it has an id.
    var keys: [UInt64] { first.keys }

    /// The rows with classes of their own, in the order in which the first model ranks them, which later passes walk through memory in.
    func inMemoryOrder() -> (first: Predictions, second: Predictions, keys: [UInt64]) {
        guard first.clusters == nil, case .binary(let values) = first.values, let scores = values.scores else {
            return (own.first, own.second, keys)
        }
        let order = AscendingOrder.of(scores).reversed().map { Int($0) }
        let keys = keys
        return (first.selecting(order), second.selecting(order), order.map { keys[$0] })
    }
}

extension Predictions {
    /// For each unit that resamples draw a number that its id, or else its place, decides.
    ///
    /// Units are clusters where there are some, the queries of a ranking, else rows.
    var keys: [UInt64] {
        if let clusters { return clusters.keys }
        if case .ranking(let rows) = values {
            return rows.present.map { code in
                Array(rows.queries.values[code].utf8).withUnsafeBytes { StableHash.of($0) }
            }
        }
        guard let ids else { return (0..<UInt64(rowCount)).map { SplitMix.mix($0 &+ 1) } }
        let hashes = ids.dictionary.hashes
        return ids.codes.enumerated().map { $1 < 0 ? SplitMix.mix(UInt64($0) &+ 1) : hashes[Int($1)] }
    }

    /// The label of a row as text; `nil` of a ranking.
    fileprivate func label(_ row: Int) -> String? {
        switch values {
        case .binary(let rows): String(rows.labels[row])
        case .multiclass(let rows): rows.classes[Int(rows.labels[row])]
        case .regression(let rows): "\(rows.labels[row])"
        case .ranking: nil
        }
    }

    func replacing(_ values: Values) -> Predictions {
        Predictions(
            task: task, columns: columns, rowCount: rowCount, values: values, ids: ids, groups: groups,
            clusters: clusters)
    }
}

extension RankingRows {
    fileprivate func query(_ row: Int) -> String { queries.values[Int(queries.codes[row])] }
}

extension MulticlassRows {
    /// With more classes; scores are lost where one of them has none.
    func recoded(to others: [String]) -> MulticlassRows {
        let index = classes.map { name in Int32(others.place(of: name) ?? 0) }
        let columns = others.map { name in classes.firstIndex { $0.hasBytes(of: name) }.flatMap { scores?[$0] } }
        let complete = columns.compactMap(\.self)
        return MulticlassRows(
            classes: others, labels: labels.map { index[Int($0)] }, predictions: predictions.map { index[Int($0)] },
            scores: complete.count == others.count ? complete : nil, unscored: unscored)
    }
}
