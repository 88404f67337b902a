public import Domain

/// D1: the data is what the schema says: columns, types, ranges, missing values, allowed values, uniqueness, patterns, columns
/// that follow from others, and rules between the columns of a row.
///
/// Looks at every row of the datasets that trained and tested the version.
public struct DataSchema: Check {
    public static let id = "data.schema"
    public static let version = 4
    public static let summary = "Every row of the training and evaluation data keeps the schema."

    let datasets: [String]
    let ignore: [String]

    public init(_ fields: Fields) throws(FieldErrors) {
        datasets = fields.value(
            "datasets", default: [], "the datasets, by name; without them those that trained and tested the version")
        ignore = fields.value("ignore", default: [], "datasets that need not keep the schema")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let schema = subject.schema else {
            let path = subject.manifest.schema
            return path.map { Outcome(.inconclusive, "\($0) is named in model.yaml and cannot be read") }
                ?? Outcome(.skipped, "no schema configured; write one and name it in spec.schema")
        }
        let named = subject.manifest.training.data + [subject.manifest.evaluation?.data].compactMap { $0 }
        let names = (datasets.isEmpty ? named : datasets).filter { !ignore.contains($0) }
        guard !names.isEmpty else {
            return Outcome(.skipped, "no dataset configured; name them in spec.training.data and spec.evaluation.data")
        }
        var findings: [Finding] = [], measurements: [(String, JSON)] = [], rows = 0
        for name in names.unique {
            let (found, report) = try await look(at: name, of: subject, schema)
            findings += found
            rows += report?.rows ?? 0
            let relations = report?.relations ?? []
            measurements.append(
                (
                    name,
                    .object(
                        [("rows", report.map { .int($0.rows) } ?? .null), ("findings", .int(found.count))]
                            + (relations.isEmpty ? [] : [("relations", .array(relations))]))
                ))
        }
        return Outcome(
            findings, otherwise: "\(rows.grouped) rows of \(names.unique.listed()) keep the schema",
            measurements: rows > 0 ? .object(measurements) : .empty)
    }

    private func look(
        at name: String, of subject: Subject, _ schema: Schema
    ) async throws -> (findings: [Finding], report: SchemaReport?) {
        guard let dataset = subject.datasets[name] else {
            return (
                [Finding(.inconclusive, "dataset '\(name)' is named in model.yaml and has no data/\(name).yaml")], nil
            )
        }
        let file = dataset.pointer.path ?? dataset.pointer.uri?.split(separator: "/").last.map(String.init) ?? name
        do {
            let content = try await subject.tools.data(subject.version, name)
            let report = try SchemaReport(
                content, file: file, dataset: dataset, schema: schema, path: subject.manifest.schema)
            return (report.findings, report)
        } catch {
            guard var gap = Finding(gap: error) else { throw error }
            if !(error is ArtifactFailure), !(error is MissingEvidence) { gap.verdict = .fail }
            gap.message = "\(file): \(gap.message)"
            gap.file = file
            return ([gap], nil)
        }
    }
}
