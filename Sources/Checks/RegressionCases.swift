import Data
public import Domain

/// Examples that once were wrong and must stay right are right.
public struct RegressionCases: Check {
    public static let id = "model.regression-cases"
    public static let reads: [DeclaredFile] = [.cases, .predictions]
    public static let version = 4
    public static let summary = "Every example on the list of fixed cases is still predicted right."

    let file: String
    let ids: [String]
    let tolerance: Double

    public init(_ fields: Fields) throws(FieldErrors) {
        file = fields.value(
            "file", default: "regression_cases.csv",
            "a table of ids in the model's folder, with an expected value if it is not the label")
        ids = fields.value("ids", default: [], "further ids")
        tolerance = fields.value(
            "tolerance", default: 0, within: .atLeast(0), "how far a number may lie from what is expected")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let evaluation = subject.manifest.evaluation, let id = evaluation.columns.id else {
            return Outcome(.skipped, "no ids of rows configured; name them in spec.evaluation.columns.id")
        }
        return try await Outcome.from {
            var wanted = Dictionary(ids.map { ($0, "") }) { first, _ in first }
            if let content = try await subject.tools.file(subject.version, file) {
                let table = try RunTable(evidence: content, path: file)
                let names = table.texts(try table.column(nil, or: [id, "id"], in: file)) ?? []
                let expected = table.texts("expected")
                for (index, name) in names.enumerated() { wanted[name] = expected?[index] ?? "" }
            }
            guard !wanted.isEmpty else { return Outcome(.skipped, "no cases: list ids in \(file)") }
            let predictions = try RunTable(
                try await subject.ownPredictions(), path: evaluation.predictions ?? "predictions.csv")
            // A case is right by its label, which has to be the data's.
            let departures = try await subject.departures(of: try await subject.readPredictions(), atLeast: 0)
            return try judge(wanted, predictions, id, evaluation.columns, subject.manifest.task, departures)
        }
    }

    private func judge(
        _ wanted: [String: String], _ table: RunTable, _ id: String, _ columns: Model.Columns, _ task: ModelTask,
        _ departures: [Finding]
    ) throws -> Outcome {
        guard let names = table.texts(id), let labels = table.texts(columns.label),
            let found = table.texts(columns.prediction)
        else { throw MissingEvidence("the predictions lack \(id), \(columns.label) or \(columns.prediction)") }
        let places = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        var findings = departures
        for (name, expected) in wanted.sorted(by: { $0.key < $1.key }) {
            guard let place = places[name] else {
                findings.append(Finding(.inconclusive, "case '\(name)' is not among the predictions"))
                continue
            }
            let truth = expected.isEmpty ? labels[place] : expected
            if !isEqual(found[place], truth, task) {
                findings.append(Finding(.fail, "case '\(name)' is predicted \(found[place]), expected \(truth)"))
            }
        }
        return Outcome(
            findings, otherwise: "all \(wanted.count) cases are right", measurements: ["cases": .int(wanted.count)])
    }

    /// Classes are equal in any spelling that `evaluate` knows; a tolerance is for numbers.
    private func isEqual(_ one: String, _ other: String, _ task: ModelTask) -> Bool {
        switch task {
        case .binaryClassification: return ClassLabel.areSame(one, other, isBinary: true)
        case .multiclassClassification: return ClassLabel.areSame(one, other, isBinary: false)
        case .regression, .ranking, .detection:
            guard let a = Double(one), let b = Double(other) else { return one == other }
            return a == b || Bound.isAtMost(abs(a - b), tolerance, of: [a, b])
        }
    }
}
