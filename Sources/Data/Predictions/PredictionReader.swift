public import Domain

extension Predictions {
    /// Reads the columns that `columns` names from the bytes of a table.
    ///
    /// Rows without a label or prediction, labels that the task does not know, and scores outside 0…1 are errors; scores
    /// that are missing or NaN are kept, and `Evaluation` says what they cost.
    public init(
        _ bytes: UnsafeRawBufferPointer, task: ModelTask, columns: PredictionColumns, format: TextFormat = .csv,
        options: TableOptions = TableOptions()
    ) throws(DataError) {
        let source = TableSource(bytes, format: format, options: options)
        self = try PredictionReader(source: .text(source), task: task, columns: columns).read()
    }

    /// The same from a table that was read already, such as one of Parquet; it needs to hold only the columns named.
    public init(_ table: Table, task: ModelTask, columns: PredictionColumns) throws(DataError) {
        self = try PredictionReader(source: .table(table), task: task, columns: columns).read()
    }

    /// The same from a Parquet file, of which only the columns named are read.
    public init(_ file: ParquetFile, task: ModelTask, columns: PredictionColumns) throws(DataError) {
        self = try PredictionReader(source: .parquet(file), task: task, columns: columns).read()
    }

    /// The same from an array.
    public init(
        _ bytes: [UInt8], task: ModelTask, columns: PredictionColumns, format: TextFormat = .csv,
        options: TableOptions = TableOptions()
    ) throws(DataError) {
        self = try bytes.withUnsafeBufferPointer { buffer throws(DataError) in
            try Predictions(
                UnsafeRawBufferPointer(buffer), task: task, columns: columns, format: format, options: options)
        }
    }
}

/// Turns the columns of a table into predictions.
struct PredictionReader {
    let source: PredictionOrigin
    let task: ModelTask
    let columns: PredictionColumns

    func read() throws(DataError) -> Predictions {
        let scores = try scoreColumns()
        let table = try source.table(requests(scores: scores.map(\.column)))
        let groups = try columns.grouping.map { name throws(DataError) in try grouping(name, table) }
        return Predictions(
            task: task, columns: columns, rowCount: table.rowCount, values: try values(table, scores),
            ids: columns.id.flatMap { table[$0]?.texts }, groups: groups,
            clusters: try columns.cluster.map { name throws(DataError) in try clusters(name, table) })
    }

    private func values(
        _ table: Table, _ scores: [(column: String, name: String)]
    ) throws(DataError) -> Predictions.Values {
        switch task {
        case .binaryClassification: .binary(try binary(table))
        case .multiclassClassification: .multiclass(try multiclass(table, scores))
        case .regression:
            .regression(
                RegressionRows(
                    labels: try numbers(columns.label, table), predictions: try numbers(columns.prediction, table),
                    quantile: columns.quantile))
        case .ranking: .ranking(try ranking(table))
        case .detection:
            throw DataError(
                "predictions of the task \(task.rawValue) are not rows with one label and one prediction",
                remedy: "leave such checks out of the gates of this model: its quality cannot be measured here yet")
        }
    }

    // MARK: Which columns

    private func requests(scores: [String]) throws(DataError) -> [ColumnRequest] {
        let hasNumbers = task == .regression || task == .ranking
        var requests: [ColumnRequest] = []
        for name in [columns.label, task == .ranking ? columns.order : columns.prediction] {
            requests.append(ColumnRequest(name, hasNumbers ? .number : .text))
        }
        if task == .ranking, let query = columns.query { requests.append(ColumnRequest(query, .text)) }
        if task == .binaryClassification, let score = columns.score { requests.append(ColumnRequest(score, .number)) }
        for name in scores { requests.append(ColumnRequest(name, .number)) }
        for name in columns.naming { requests.append(ColumnRequest(name, .text)) }
        var kept: [ColumnRequest] = []
        for request in requests {
            guard let other = kept.first(where: { $0.name.hasBytes(of: request.name) }) else {
                kept.append(request)
                continue
            }
            if other.kind != request.kind {
                throw DataError(
                    "column `\(request.name)` cannot be both a number and a group of rows",
                    remedy: "name another column, or add a copy of it to the table", isAskedWrong: true)
            }
        }
        return kept
    }

    /// The columns that match `columns.scores`, with the class that each names.
    private func scoreColumns() throws(DataError) -> [(column: String, name: String)] {
        guard task == .multiclassClassification, let pattern = columns.scores else { return [] }
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false).map { Array($0.utf8) }
        guard parts.count == 2 else {
            throw DataError(
                "`\(pattern)` does not say which columns hold the scores",
                remedy: "write one star for the class: score_*", isAskedWrong: true)
        }
        let others = [columns.label, columns.prediction] + columns.naming
        let found: [(column: String, name: String)] = try source.columnNames().compactMap { name in
            let bytes = Array(name.utf8)
            guard !others.containsExactly(name), bytes.count > parts[0].count + parts[1].count,
                bytes.starts(with: parts[0]),
                bytes.suffix(parts[1].count).elementsEqual(parts[1])
            else { return nil }
            let middle = bytes[parts[0].count..<(bytes.count - parts[1].count)]
            return (name, ClassLabel.canonical(String(decoding: middle, as: UTF8.self)))
        }
        guard !found.isEmpty else {
            throw TableSource.missing(pattern, among: try source.columnNames())
        }
        return found
    }

    // MARK: What they hold

    private func grouping(_ name: String, _ table: Table) throws(DataError) -> Grouping {
        let column = table[name]?.texts ?? TextColumn()
        guard column.dictionary.count <= Grouping.limit else {
            throw DataError(
                "column `\(name)` has \(column.dictionary.count) different values, at most \(Grouping.limit) can divide rows",
                remedy: "slice by a column with fewer values, or put ranges of it in a new column")
        }
        return Grouping(name: name, column)
    }

    private func clusters(_ name: String, _ table: Table) throws(DataError) -> Clusters {
        guard task != .ranking else {
            throw DataError(
                "rows of a ranking are drawn by their query, not by column `\(name)`",
                remedy: "leave the column of clusters out")
        }
        return Clusters(try texts(name, table))
    }

    func numbers(_ name: String, _ table: Table) throws(DataError) -> [Double] {
        let column = table[name]?.numbers ?? NumberColumn()
        if let row = column.nulls.first { throw noValue(row, name) }
        return column.values
    }

    private func probabilities(_ name: String, _ table: Table) throws(DataError) -> [Double] {
        let values = table[name]?.numbers?.values ?? []
        if let row = values.firstIndex(where: { $0 < 0 || $0 > 1 }) {
            throw source.error(
                "the score \(values[row]) is not a probability, expected 0 to 1", row: row, column: name,
                remedy: "write probabilities, not logits or percent")
        }
        return values
    }

    private func binary(_ table: Table) throws(DataError) -> BinaryRows {
        var known = BinaryLabels(positive: columns.positiveLabel)
        let named = [
            (columns.label, try texts(columns.label, table)),
            (columns.prediction, try texts(columns.prediction, table)),
        ]
        let all = named.flatMap { $0.1.dictionary.texts }
        if let positive = columns.positiveLabel, known.lacksPositive(all), table.rowCount > 0 {
            throw DataError(
                "the positive label `\(positive)` occurs neither in column `\(columns.label)` nor in `\(columns.prediction)`",
                remedy: "name one that does with --positive or spec.evaluation.positive, such as "
                    + BinaryLabels.listed(Set(all).sorted()))
        }
        var coded: [[UInt8]] = []
        for (name, column) in named {
            var meaning: [UInt8] = []
            for code in 0..<column.dictionary.count {
                guard let value = known.value(of: column.dictionary[code]) else {
                    throw noBinary(code, column, name, known, among: all)
                }
                meaning.append(value)
            }
            coded.append(column.codes.map { meaning[Int($0)] })
        }
        return BinaryRows(
            labels: coded[0], predictions: coded[1],
            scores: try columns.score.map { name throws(DataError) in try probabilities(name, table) },
            negative: known.negative)
    }

    private func noBinary(
        _ code: Int, _ column: TextColumn, _ name: String, _ known: BinaryLabels, among texts: [String]
    ) -> DataError {
        source.error(
            known.complaint(about: column.dictionary[code]),
            row: column.codes.firstIndex(of: Int32(code)) ?? 0, column: name,
            remedy: known.positive == nil
                ? BinaryLabels.remedy(for: texts)
                : "correct it, leave such rows out, or evaluate a multi-class task")
    }

    private func multiclass(
        _ table: Table, _ scores: [(column: String, name: String)]
    ) throws(DataError) -> MulticlassRows {
        let labels = try texts(columns.label, table)
        let predictions = try texts(columns.prediction, table)
        var names = Set(scores.map { ExactText($0.name) })
        for column in [labels, predictions] {
            for code in 0..<column.dictionary.count {
                names.insert(ExactText(ClassLabel.canonical(column.dictionary[code])))
            }
        }
        guard names.count <= MulticlassRows.classLimit else {
            throw DataError(
                "columns `\(columns.label)` and `\(columns.prediction)` hold \(names.count) classes, at most "
                    + "\(MulticlassRows.classLimit) can be evaluated", remedy: "is the task perhaps a regression?")
        }
        let classes = names.map(\.text).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let index = Dictionary(uniqueKeysWithValues: classes.enumerated().map { (ExactText($1), Int32($0)) })
        return MulticlassRows(
            classes: classes, labels: coded(labels, index), predictions: coded(predictions, index),
            scores: try classScores(classes, table, scores), unscored: unscored(classes, scores))
    }

    private func classScores(
        _ classes: [String], _ table: Table, _ scores: [(column: String, name: String)]
    ) throws(DataError) -> [[Double]]? {
        var columns: [[Double]] = []
        for name in classes {
            guard let column = scores.first(where: { $0.name.hasBytes(of: name) })?.column else { return nil }
            columns.append(try probabilities(column, table))
        }
        return columns
    }

    /// As they would be called.
    private func unscored(_ classes: [String], _ scores: [(column: String, name: String)]) -> [String] {
        guard let pattern = columns.scores else { return [] }
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        return classes.filter { name in !scores.contains { $0.name.hasBytes(of: name) } }.map {
            parts.joined(separator: $0)
        }
    }

    private func coded(_ column: TextColumn, _ index: [ExactText: Int32]) -> [Int32] {
        let meaning = (0..<column.dictionary.count).map {
            index[ExactText(ClassLabel.canonical(column.dictionary[$0]))] ?? 0
        }
        return column.codes.map { meaning[Int($0)] }
    }

    func texts(_ name: String, _ table: Table) throws(DataError) -> TextColumn {
        let column = table[name]?.texts ?? TextColumn()
        if let row = column.codes.firstIndex(where: { $0 < 0 }) { throw noValue(row, name) }
        return column
    }

    private func noValue(_ row: Int, _ name: String) -> DataError {
        source.error("the cell is empty", row: row, column: name, remedy: "fill it, or leave the row out")
    }
}

extension MulticlassRows {
    /// More classes than this are taken for numbers that someone took for classes.
    static let classLimit = 2_000
}
