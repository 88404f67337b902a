import Data
import Domain

/// What the model says of the same rows with a sensitive column changed.
///
/// The tables themselves show which column that was: rows in which none differs do not count.
struct Counterfactual {
    private let path: String
    private let rows: PerturbedRows

    /// `nil` where the manifest names no such table. Throws ``MissingEvidence`` where it does not show what was changed.
    init?(of subject: Subject, changing columns: [String]) async throws {
        guard let evaluation = subject.manifest.evaluation, let path = evaluation.counterfactual else { return nil }
        guard let id = evaluation.columns.id else {
            throw MissingEvidence("rows of \(path) cannot be matched; name the id in spec.evaluation.columns.id")
        }
        let original = try RunTable(
            try await subject.ownPredictions(), path: evaluation.predictions ?? "predictions.csv")
        let changed = try await subject.runTable(path, "counterfactual predictions")
        let places = columns.compactMap { name in
            original.index(name).flatMap { one in changed.index(name).map { (name: name, before: one, after: $0) } }
        }
        guard !places.isEmpty else {
            throw MissingEvidence(
                "\(path) has no column \(columns.joined(separator: " or ")) that shows what was changed", file: path)
        }
        self.path = path
        rows = try PerturbedRows(
            original, changed, id: id, evaluation.columns, isBinary: subject.manifest.task == .binaryClassification,
            path: path
        ) { before, after in
            let names = places.filter { !ClassLabel.areSame(before[$0.before], after[$0.after], isBinary: false) }
                .map(\.name)
            return names.isEmpty ? nil : names.joined(separator: " and ")
        }
        guard !rows.kinds.isEmpty else {
            throw MissingEvidence(
                "\(path): no row has another \(places.map(\.name).joined(separator: " or ")) than the predictions",
                file: path)
        }
    }

    /// By the columns that were changed together.
    private var changes: [(columns: String, change: PerturbedRows.Change)] {
        rows.kinds.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    func findings(atMost most: Double, minRows: Int) -> [Finding] {
        changes.flatMap { columns, change -> [Finding] in
            var findings: [Finding] = []
            let moved = change.classChange
            if !Bound.isAtMost(moved, most, of: [change.largest]) {
                findings.append(
                    Finding(
                        .fail,
                        "\(path): with another \(columns) scores of \(change.rows.grouped) rows change by \(moved.brief) "
                            + "(99th percentile), expected \(most.brief)", file: path, value: moved, threshold: most))
            }
            if change.rows < minRows {
                findings.append(
                    Finding(
                        .inconclusive,
                        "\(path): \(change.rows.grouped) rows have another \(columns), \(minRows.grouped) are needed to judge it",
                        file: path, value: Double(change.rows), threshold: Double(minRows)))
            }
            return findings
        }
    }

    /// What follows where nothing was found.
    var text: String {
        changes.map { "another \($0.columns) moves scores by \($0.change.classChange.brief)" }.joined(separator: ", ")
    }

    var json: JSON { .object(changes.map { ($0.columns, $0.change.json) }) }
}

extension PerturbedRows.Change {
    /// The 99th percentile; of a class without a score, which counts as one of 0 or 1.
    fileprivate var classChange: Double { scoreChange ?? (flips > 0.01 ? 1 : 0) }
}
