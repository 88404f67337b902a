import Data
public import Domain

/// A small change of the input changes the output but little.
///
/// Scores of classes are probabilities. What a regression or a ranking predicts has a scale of its own: where no limit is named, it is a
/// share of the standard deviation of the predictions.
public struct Perturbation: Check {
    public static let id = "model.perturbation"
    public static let reads: [DeclaredFile] = [.perturbed, .predictions]
    public static let version = 6
    public static let summary = "Predictions on slightly changed input stay near those on the original input."

    let column: String
    let minRows: Int
    let kinds: [String: Limit]
    let standard: Limit

    /// How much a kind of perturbation may change.
    public struct Limit: Hashable, Sendable, FieldGroup {
        /// As named; `nil` for the usual share of what scores vary by.
        let maxScoreChange: Double?
        let maxFlips: Double

        public init(_ fields: Fields) throws(FieldErrors) {
            maxScoreChange = fields.optional(
                "maxScoreChange", within: .atLeast(0),
                "the 99th percentile of a score's change, in its own unit; without it 0.05, of a regression or ranking 0.05 standard "
                    + "deviations of the predictions")
            maxFlips = fields.value(
                "maxFlips", default: 0.01, within: .between(0, 1), "the greatest share of rows with another prediction")
        }
    }

    private static let usualChange = 0.05

    public init(_ fields: Fields) throws(FieldErrors) {
        column = fields.value("column", default: "perturbation", "the column that names the kind of change")
        minRows = fields.value(
            "minRows", default: 30, within: .atLeast(1), "fewer changed rows of a kind say too little")
        standard = try Limit(fields)
        kinds = fields.value("kinds", default: [:], "limits by kind; kinds that are not named here are only reported")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let evaluation = subject.manifest.evaluation, let path = evaluation.perturbed else {
            return Outcome(.skipped, "no perturbed predictions configured; name them in spec.evaluation.perturbed")
        }
        guard let id = evaluation.columns.id else {
            return Outcome(.inconclusive, "rows cannot be matched; name the id in spec.evaluation.columns.id")
        }
        return try await Outcome.from {
            let original = try RunTable(
                try await subject.ownPredictions(), path: evaluation.predictions ?? "predictions.csv")
            let changed = try await subject.runTable(path, "perturbed predictions")
            let kind = changed.index(column)
            let rows = try PerturbedRows(
                original, changed, id: id, evaluation.columns,
                isBinary: subject.manifest.task == .binaryClassification, path: path
            ) { _, row in kind.map { row[$0] } ?? "all" }
            let scale = try scale(of: original, evaluation.columns, subject.manifest.task)
            var findings = try await subject.departures(of: try await subject.readPredictions(), atLeast: 0)
            for kind in kinds.keys.sorted() where rows.kinds[kind] == nil {
                findings.append(Finding(.inconclusive, "\(path) has no rows of the kind '\(kind)'", file: path))
            }
            for (kind, change) in rows.kinds.sorted(by: { $0.key < $1.key }) {
                guard let limit = kinds.isEmpty ? standard : kinds[kind] else { continue }
                findings += judge(change, limit, scale, kind, path)
                if change.rows < minRows {
                    findings.append(.few(change.rows, of: original.rows.count, kind, minRows, path))
                }
            }
            return Outcome(
                findings, otherwise: words(rows.kinds),
                measurements: .object(rows.kinds.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }))
        }
    }

    private func words(_ found: [String: PerturbedRows.Change]) -> String {
        let limited = found.keys.filter { kinds.isEmpty || kinds[$0] != nil }
        let others = found.filter { !limited.contains($0.key) }.sorted { $0.key < $1.key }.map { kind, change in
            "'\(kind)', which has no limit, flips \(change.flips.percent) of \(change.rows.grouped)"
        }
        let kept = "\(limited.count) kind\(limited.count == 1 ? "" : "s") of small changes move the predictions little"
        return ([kept] + others).joined(separator: "; ")
    }

    /// What a change is measured by: 1 of probabilities, else the standard deviation of what is predicted.
    private func scale(of table: RunTable, _ columns: Model.Columns, _ task: ModelTask) throws -> Double {
        guard task == .regression || task == .ranking else { return 1 }
        let name = task == .ranking ? columns.score ?? columns.prediction : columns.prediction
        let values = try (table.numbers(name) ?? []).compactMap { $0?.isFinite == true ? $0 : nil }
        return Moments(values).standardDeviation(ddof: 1) ?? 0
    }

    private func judge(
        _ change: PerturbedRows.Change, _ limit: Limit, _ scale: Double, _ kind: String, _ path: String
    ) -> [Finding] {
        var findings: [Finding] = []
        let most = limit.maxScoreChange ?? Self.usualChange * scale
        if let score = change.scoreChange, !Bound.isAtMost(score, most, of: [change.largest]) {
            findings.append(
                Finding(
                    .fail,
                    "\(path): '\(kind)' changes scores by \(score.brief) (99th percentile), "
                        + "expected \(most.brief)\(limit.maxScoreChange != nil || scale == 1 ? "" : " (\(Self.usualChange) standard deviations of the predictions)")",
                    file: path, value: score, threshold: most))
        }
        if change.flips > limit.maxFlips {
            let sure =
                Interval.wilson(successes: change.flipped, of: change.rows).map { $0.lower > limit.maxFlips } ?? true
            findings.append(
                Finding(
                    sure ? .fail : .warn,
                    "\(path): '\(kind)' flips \(change.flipped) of \(change.rows.grouped) predictions "
                        + "(\(change.flips.percent)), expected \(limit.maxFlips.percent)\(sure ? "" : ", though chance could explain it")",
                    file: path, value: change.flips, threshold: limit.maxFlips))
        }
        return findings
    }
}

extension Finding {
    fileprivate static func few(_ rows: Int, of all: Int, _ kind: String, _ least: Int, _ path: String) -> Finding {
        Finding(
            .inconclusive,
            "\(path): '\(kind)' changes \(rows.grouped) of \(all.grouped) rows, \(least.grouped) are needed to judge it",
            file: path, value: Double(rows), threshold: Double(least))
    }
}

/// Perturbed rows beside their originals, by kind of change.
struct PerturbedRows {
    struct Change {
        var rows = 0
        var flipped = 0
        var differences: [Double] = []
        /// Of the numbers whose differences these are, by magnitude.
        var largest = 0.0

        var flips: Double { rows == 0 ? 0 : Double(flipped) / Double(rows) }

        /// The 99th percentile; NaN where a score is none, which no limit admits.
        var scoreChange: Double? {
            if differences.contains(where: \.isNaN) { return .nan }
            return differences.quantile(0.99)
        }

        var json: JSON { ["rows": .int(rows), "flips": .double(flips), "score_change_p99": JSON(scoreChange)] }
    }

    private(set) var kinds: [String: Change] = [:]

    /// - Parameter kind: Of an original row and the changed one; `nil` where the two are no pair to look at.
    init(
        _ original: RunTable, _ changed: RunTable, id: String, _ columns: Model.Columns, isBinary: Bool, path: String,
        kind: (_ original: [String], _ changed: [String]) -> String?
    ) throws(MissingEvidence) {
        let pattern = columns.scores.map(NamePattern.init)
        let scores = original.columns.filter { $0 == columns.score || pattern?.matches($0) == true }
            .filter(changed.columns.contains)
        guard let ids = original.index(id), let prediction = original.index(columns.prediction),
            let changedIDs = changed.index(id), let changedPrediction = changed.index(columns.prediction)
        else { throw MissingEvidence("\(path) needs the columns \(id) and \(columns.prediction)", file: path) }
        let places = Dictionary(original.rows.enumerated().map { ($1[ids], $0) }) { first, _ in first }
        for row in changed.rows {
            guard let place = places[row[changedIDs]] else {
                throw MissingEvidence("\(path): row '\(row[changedIDs])' is not among the predictions", file: path)
            }
            let isNumber = scores.isEmpty
            let before = original.rows[place]
            guard let kind = kind(before, row) else { continue }
            var change = kinds[kind] ?? Change()
            change.rows += 1
            if isNumber, let one = Double(before[prediction]), let other = Double(row[changedPrediction]) {
                change.differences.append(abs(one - other))
                change.largest = max(change.largest, abs(one), abs(other))
            } else if !ClassLabel.areSame(before[prediction], row[changedPrediction], isBinary: isBinary) {
                change.flipped += 1
            }
            let moves = scores.compactMap { name -> Double? in
                guard let one = original.index(name), let other = changed.index(name) else { return nil }
                let scores = (Double(before[one]) ?? .nan, Double(row[other]) ?? .nan)
                change.largest = max(change.largest, abs(scores.0), abs(scores.1))
                return abs(scores.0 - scores.1)
            }
            if let most = moves.first(where: \.isNaN) ?? moves.max() { change.differences.append(most) }
            kinds[kind] = change
        }
        if changed.rows.isEmpty { throw MissingEvidence("\(path) has no rows", file: path) }
    }
}
