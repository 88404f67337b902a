import Data
import Domain

/// What the evaluation's dataset says of predictions.
enum EvaluationRows: Sendable {
    case found(PredictedRows)
    /// Rows can be found neither by id nor by place: how many the dataset has, and whether it has their label.
    case unlike(rows: Int, hasLabel: Bool)
    case unread(Finding)
}

extension Subject {
    /// The version's predictions, and what they lack of the evaluation's dataset or say otherwise than it.
    ///
    /// Whatever judges by them tells that, for a gate may ask for nothing else.
    func judgedPredictions(
        slices: [String] = [], sensitive: [String] = [], clusterBy: String? = nil, atLeast least: Double
    ) async throws -> (predictions: Predictions, departures: [Finding]) {
        let predictions = try await readPredictions(slices: slices, sensitive: sensitive, clusterBy: clusterBy)
        return (predictions, try await departures(of: predictions, atLeast: least))
    }

    /// The version's predictions where something else is measured by them. Throws ``MissingEvidence`` where they are not those of the
    /// evaluation's dataset.
    func soundPredictions() async throws -> Predictions {
        let (predictions, departures) = try await judgedPredictions(atLeast: 0)
        if let departure = departures.first(where: { !$0.verdict.admits }) {
            throw MissingEvidence(departure.message, file: departure.file, line: departure.line)
        }
        return predictions
    }

    /// What the predictions lack of the evaluation's dataset, and what they say otherwise than it: ids that it has not, other labels.
    ///
    /// The dataset is walked through once for all checks of the version.
    ///
    /// - Parameter predictions: Read only where no other check did, so that what has the table otherwise need not have them.
    func departures(
        of predictions: @autoclosure () async throws -> Predictions, atLeast least: Double
    ) async throws -> [Finding] {
        // Detections are no rows with one label each.
        guard manifest.task != .detection else { return [] }
        let held = try await heldOnce(predictions), file = manifest.evaluation?.predictions ?? "predictions"
        var findings = held.own
        guard let name = manifest.evaluation?.data, let dataset = datasets[name], let known = held.rows else {
            return findings
        }
        var (covered, rows) = (held.rowCount, dataset.rows)
        switch known {
        case .found(let found):
            findings += [Finding(strangers: found, name, file), Finding(labels: found, name, file)].compactMap(\.self)
            if found.isByID { (covered, rows) = (found.covered, found.rows) }
        case .unlike(let known, let hasLabel):
            rows = rows ?? known
            if hasLabel, covered > known { findings.append(.surplus(covered, known, name, file)) }
        case .unread(let gap): findings.append(gap)
        }
        return findings + [Finding(covered, of: rows ?? 0, name, atLeast: least)].compactMap(\.self)
    }

    /// Whether the evaluation's dataset bears out what another version's predictions deny: that each row is one of the data's, and of
    /// labels that each is its own. The other version's are wrong then, and must not keep right ones out for ever.
    func bearsOut(_ predictions: Predictions, against mismatch: PredictionMismatch) async throws -> Bool {
        guard case .found(let found) = try await heldOnce({ predictions }).rows,
            found.strangers == nil, found.otherLabels == nil
        else { return false }
        if !found.isTranslated, found.compared == predictions.rowCount { return true }
        if case .labels = mismatch { return false }
        return found.isByID
    }

    /// Scores that are no probabilities of what is predicted.
    func doubts(about predictions: Predictions) -> [Finding] {
        let file = manifest.evaluation?.predictions ?? "predictions"
        return Evaluation.remarks(onScoresOf: predictions).map { Finding(.warn, "\(file): \($0)", file: file) }
    }

    private func heldOnce(_ predictions: () async throws -> Predictions) async throws -> HeldPredictions {
        let key = "rows of the evaluation"
        if let known = await memo[key] as? HeldPredictions { return known }
        let predictions = try await predictions(), file = manifest.evaluation?.predictions ?? "predictions"
        let own = [Finding(repeated: predictions, file), Finding(nameless: predictions, file)].compactMap(\.self)
        var held = HeldPredictions(rowCount: predictions.rowCount, own: own)
        if let name = manifest.evaluation?.data, let dataset = datasets[name] {
            held.rows = try await rows(of: predictions, name, dataset)
        }
        await memo.keep(held, as: key)
        return held
    }

    private struct NothingAlike: Error {}

    /// Columns are found by the names that they have in the predictions, else by their roles in the schema, where these fit.
    private func rows(of predictions: Predictions, _ name: String, _ dataset: Dataset) async throws -> EvaluationRows {
        var columns = EvaluationColumns()
        do {
            let content = try await tools.data(version, name)
            if !content.isParquet, content.size > 1 << 30 {
                throw Malformed("\(name) has more than 1 GiB, more than is read for that; evaluate on a sample")
            }
            do {
                let table = try content.table(
                    as: TextFormat(dataset.format), options: dataset.tableOptions
                ) { names in
                    columns = EvaluationColumns(of: predictions, schema, among: names)
                    let requests = columns.named.requests(for: manifest.task)
                    guard !requests.isEmpty else { throw NothingAlike() }
                    return requests
                }
                let found = columns.rows(of: predictions, in: table)
                let hasLabel = columns.named.label != nil && !columns.isLabelGuessed
                return found.map(EvaluationRows.found) ?? .unlike(rows: table.rowCount, hasLabel: hasLabel)
            } catch is NothingAlike {
                return .unlike(rows: try dataset.rows ?? content.rowCount(of: dataset), hasLabel: false)
            }
        } catch {
            guard let gap = Finding(gap: error), gap.verdict != .error || dataset.rows != nil else { throw error }
            return .unread(
                Finding(
                    .warn, "labels and rows of the predictions are held against nothing: \(gap.message)",
                    mayChange: gap.mayChange))
        }
    }
}

/// What all checks of a version need to know of its predictions' rows.
private struct HeldPredictions: Sendable {
    let rowCount: Int
    /// What is wrong with them by themselves.
    let own: [Finding]
    /// `nil` where the evaluation names no dataset that is there.
    var rows: EvaluationRows?
}

/// Where the dataset has what the predictions have.
private struct EvaluationColumns {
    private(set) var named = PredictedRows.Columns()
    private(set) var isIDGuessed = false
    private(set) var isLabelGuessed = false

    init() {}

    init(of predictions: Predictions, _ schema: Schema?, among names: [String]) {
        func role(_ role: Schema.Role) -> String? {
            schema?.columns.first { $0.role == role && names.containsExactly($0.name) }?.name
        }
        func own(_ name: String?) -> String? { name.flatMap { names.containsExactly($0) ? $0 : nil } }
        let columns = predictions.columns
        let isClasses = predictions.task == .binaryClassification || predictions.task == .multiclassClassification
        let (id, label) = (own(columns.id), own(columns.label))
        named.query = own(columns.query)
        named.id = id ?? (columns.id == nil ? nil : role(.id))
        named.label = label ?? (isClasses && named.id != nil ? role(.label) : nil)
        isIDGuessed = id == nil && named.id != nil
        isLabelGuessed = label == nil && named.label != nil
        if named.id == nil, named.label == nil { named.query = nil }
    }

    /// Guessed columns count where they fit: an id that at least half of the rows have, a label that is the same in half of them.
    func rows(of predictions: Predictions, in table: Table) -> PredictedRows? {
        var columns = named
        if isIDGuessed {
            let known = PredictedRows(predictions, in: table, columns)
            if known.map({ 2 * $0.covered < predictions.rowCount }) ?? true { columns.id = nil }
        }
        if isLabelGuessed {
            let known = PredictedRows(predictions, in: table, columns)
            let fits = known.map { $0.isByID && 2 * ($0.otherLabels?.count ?? 0) < $0.compared } ?? false
            if !fits || known?.isTranslated == true && known?.otherLabels != nil { columns.label = nil }
        }
        return PredictedRows(predictions, in: table, columns)
    }
}

extension Finding {
    fileprivate init?(_ covered: Int, of rows: Int, _ name: String, atLeast least: Double) {
        let share = Double(covered) / Double(max(1, rows))
        guard rows > 0, share < least else { return nil }
        self.init(
            .fail,
            "predictions cover \(covered.grouped) of \(rows.grouped) rows of \(name) (\(share.percent)), "
                + "expected \(least.percent)", value: share, threshold: least)
    }

    fileprivate init?(repeated predictions: Predictions, _ file: String) {
        guard let rows = predictions.repeatedIDs else { return nil }
        self.init(
            .fail,
            "\(file): \(rows.count.grouped) of \(predictions.rowCount.grouped) rows have an id that stands in a row before, first "
                + "`\(rows.id ?? "")` in row \(rows.first + 1); give every row an id of its own",
            file: file, line: TableFormat.line(of: rows.first, in: file), value: Double(rows.count), threshold: 0)
    }

    fileprivate init?(nameless predictions: Predictions, _ file: String) {
        guard let rows = predictions.rowsWithoutID else { return nil }
        self.init(
            .inconclusive,
            "\(file): \(rows.count.grouped) of \(predictions.rowCount.grouped) rows have no id, first row \(rows.first + 1)",
            file: file, line: TableFormat.line(of: rows.first, in: file), value: Double(rows.count), threshold: 0)
    }

    fileprivate init?(strangers found: PredictedRows, _ name: String, _ file: String) {
        guard let rows = found.strangers else { return nil }
        self.init(
            .fail,
            "\(file): \(rows.count.grouped) rows have an id that \(name) has not, first `\(rows.id ?? "")` in row "
                + "\(rows.first + 1); predict the rows of the data, and write ids as it does",
            file: file, line: TableFormat.line(of: rows.first, in: file), value: Double(rows.count), threshold: 0)
    }

    fileprivate init?(labels found: PredictedRows, _ name: String, _ file: String) {
        guard let rows = found.otherLabels else { return nil }
        let place = "row \(rows.first + 1)" + (rows.id.map { " (id `\($0)`)" } ?? "")
        let both = "`\(rows.said ?? "")`, there `\(rows.known ?? "")`"
        let (verdict, remedy): (Verdict, String) =
            switch (found.isByID, found.isTranslated) {
            case (true, false): (.fail, "take the labels from the data")
            case (true, true):
                (
                    .inconclusive,
                    "they are spelled otherwise there, and most rows of that label have another: write them as there, give what is "
                        + "something else another name in spec.evaluation.columns.label, or name in the dataset's nulls what is no label"
                )
            case (false, _):
                (
                    .inconclusive,
                    "rows were taken in their order: name a column in spec.evaluation.columns.id that the data has, too"
                )
            }
        self.init(
            verdict,
            "\(file): \(rows.count.grouped) of \(found.compared.grouped) rows have another label than \(name), first \(place): "
                + "\(both); \(remedy)",
            file: file, line: TableFormat.line(of: rows.first, in: file), value: Double(rows.count), threshold: 0)
    }

    fileprivate static func surplus(_ predicted: Int, _ rows: Int, _ name: String, _ file: String) -> Finding {
        Finding(
            .inconclusive,
            "\(file): \(predicted.grouped) predictions of the \(rows.grouped) rows of \(name): name a column in "
                + "spec.evaluation.columns.id that both have, to tell which row each is of", file: file,
            value: Double(predicted), threshold: Double(rows))
    }
}

extension Domain.TableFormat {
    /// The line of a row, counted from 0, in a text whose values have no line breaks.
    static func line(of row: Int, in file: String) -> Int? {
        switch TableFormat(fileName: file) {
        case .csv: row + 2
        case .jsonl: row + 1
        case .parquet: nil
        }
    }
}
