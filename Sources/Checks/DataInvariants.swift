import Data
public import Domain

/// O2: what holds for the training data holds for what is asked when serving: the schema, and the distributions.
public struct DataInvariants: Check {
    public static let id = "monitor.data-invariants"
    public static let summary =
        "Served requests keep the schema, and their distributions are those of the training data."

    let threshold: Double
    let alpha: Double
    let minRows: Int
    let window: Duration?
    let ignore: [String]

    public init(_ fields: Fields) throws(FieldErrors) {
        threshold = fields.value(
            "threshold", default: 0.1, "the distance from which on a column has drifted; half of it warns")
        alpha = fields.value("alpha", default: 0.01, "the chance of a false alarm over all columns")
        minRows = fields.value("minRows", default: 1000, "fewer requests are not looked at yet")
        window = fields.optional("window", "how far back from the newest request to look; without it, all")
        ignore = fields.value("ignore", default: [], "features that may drift, such as a season")
        if threshold <= 0 { fields.complain(about: "threshold", "must be greater than 0") }
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard subject.manifest.serving?.log != nil else {
            return Outcome(.skipped, "no serving log configured; name it in spec.serving.log")
        }
        guard let name = subject.manifest.training.data.first else {
            return Outcome(.skipped, "no training data to compare with; name it in spec.training.data")
        }
        return try await Outcome.from {
            guard let log = try await subject.servingLog(last: window) else { throw MissingEvidence("no serving log") }
            guard log.entries.count >= minRows else {
                throw MissingEvidence(
                    "\(log.path): \(log.entries.count.grouped) requests, \(minRows.grouped) are needed", file: log.path)
            }
            var findings = try schemaFindings(log, subject)
            let drift = try Drift(
                reference: try await trainingProfile(name, subject, log),
                current: TableProfile(log.featureLines, format: .jsonLines))
            let judged = drift.columns.filter { !ignore.contains($0.name) }.compactMap {
                DriftJudgement($0, threshold: threshold)
            }
            let chances = MultipleTests.benjaminiHochberg(judged.map(\.pValue))
            findings += zip(judged, chances).compactMap {
                $0.finding(adjusted: $1, threshold: threshold, alpha: alpha, in: log.path)
            }
            return Outcome(
                findings,
                otherwise:
                    "\(log.entries.count.grouped) requests keep the schema; none of \(judged.count) features has drifted",
                measurements: .object(judged.map { ($0.column, $0.json) }))
        }
    }

    /// The training data's columns that are served.
    private func trainingProfile(_ name: String, _ subject: Subject, _ log: ServingLog) async throws -> TableProfile {
        guard let dataset = subject.datasets[name], let format = TextFormat(dataset.format) else {
            throw MissingEvidence("dataset '\(name)' cannot be profiled: it is missing, or no CSV or JSON Lines")
        }
        let bytes = try ByteSource(try await subject.tools.data(subject.version, name)).all(atMost: 4 << 30)
        return try TableProfile(
            bytes, format: format, options: ProfileOptions(table: TableOptions(nullSpellings: dataset.nulls)))
    }

    /// The features' rules; labels, ids and times are not there when serving.
    private func schemaFindings(_ log: ServingLog, _ subject: Subject) throws -> [Finding] {
        guard var schema = subject.schema,
            let dataset = try? Dataset(node: ManifestTree(["path": "log", "format": "jsonl"]))
        else { return [] }
        let served = log.features
        schema.columns = schema.columns.filter { served.contains($0.name) }
        schema.rows = nil
        let unknown = served.filter { name in !schema.columns.contains { $0.name == name } }
        guard !schema.columns.isEmpty else {
            throw MissingEvidence("\(log.path): none of \(unknown.listed()) is in the schema", file: log.path)
        }
        return try SchemaReport(.bytes(log.featureLines), file: log.path, dataset: dataset, schema: schema).findings
    }
}
