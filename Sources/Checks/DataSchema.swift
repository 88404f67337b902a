import Data
public import Domain

/// D1: the data is what the schema says: columns, types, ranges, missing values, allowed values, uniqueness, patterns, columns
/// that follow from others, rules between the columns of a row, ranges of statistics, and how many rows there are.
///
/// Looks at every row of the datasets that trained and tested the version. The number of rows is held against the one that the
/// dataset of the same name has in the version that runs now. Ids that are in the training and in the evaluation data are a warning.
public struct DataSchema: Check {
    public static let id = "data.schema"
    public static let version = 9
    public static let summary = "Every row of the training and evaluation data keeps the schema."
    public static let looksAt: Set<CheckInput> = [.deployed]

    let datasets: [String]
    let ignore: [String]
    let compareRows: Bool

    public init(_ fields: Fields) throws(FieldErrors) {
        datasets = fields.value(
            "datasets", default: [], "the datasets, by name; without them those that trained and tested the version")
        ignore = fields.value("ignore", default: [], "datasets that need not keep the schema")
        compareRows = fields.value(
            "compareRows", default: true,
            "whether the number of rows is held against the version that runs now, as the schema's rows say")
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
        var findings: [Finding] = [], measurements: [(String, JSON)] = [], rows = 0, alone: [String] = []
        var ids: [String: TextDictionary] = [:]
        for name in names.unique {
            var (found, report) = try await look(at: name, of: subject, schema)
            var members: [(String, JSON)] = [("rows", report.map { .int($0.rows) } ?? .null)]
            if let report {
                rows += report.rows
                ids[name] = report.ids
                if compareRows {
                    let (finding, before) = try await change(report, of: name, in: subject)
                    found += [finding].compactMap(\.self)
                    members.append(("earlier_rows", before.map { .int($0) } ?? .null))
                    if before == nil, finding == nil { alone.append(name) }
                }
                if !report.relations.isEmpty { members.append(("relations", .array(report.relations))) }
                if !report.statistics.isEmpty { members.append(("statistics", .array(report.statistics))) }
            }
            members.insert(("findings", .int(found.count)), at: 1)
            findings += found
            measurements.append((name, .object(members)))
        }
        let shared = shared(ids, subject)
        findings += shared.findings
        if !shared.counts.isEmpty { measurements.append(("ids in training and evaluation", .object(shared.counts))) }
        let some = alone.count < names.unique.count ? " of \(alone.listed())" : ""
        let unknown = alone.isEmpty ? "" : "; there is nothing to compare their number\(some) with"
        return Outcome(
            findings, otherwise: "\(rows.grouped) rows of \(names.unique.listed()) keep the schema\(unknown)",
            measurements: rows > 0 ? .object(measurements) : .empty)
    }

    /// The ids of the evaluation data that each of the training's datasets has, too.
    private func shared(
        _ ids: [String: TextDictionary], _ subject: Subject
    ) -> (findings: [Finding], counts: [(String, JSON)]) {
        guard let tested = subject.manifest.evaluation?.data, let known = ids[tested] else { return ([], []) }
        var findings: [Finding] = [], counts: [(String, JSON)] = []
        for name in subject.manifest.training.data.unique {
            guard let (count, first) = ids[name].map({ known.common(with: $0) }) else { continue }
            counts.append((name, .int(count)))
            guard let first else { continue }
            findings.append(
                Finding(
                    .warn,
                    "\(count.grouped) of \(known.count.grouped) ids of \(tested) are in \(name), too, the first `\(first)`: the model is "
                        + "judged on rows that it was trained on, or these ids name none", value: Double(count),
                    threshold: 0))
        }
        return (findings, counts)
    }

    private func look(
        at name: String, of subject: Subject, _ schema: Schema
    ) async throws -> (findings: [Finding], report: SchemaReport?) {
        guard let dataset = subject.datasets[name] else {
            return (
                [Finding(.inconclusive, "dataset '\(name)' is named in model.yaml and has no data/\(name).yaml")], nil
            )
        }
        let file = dataset.pointer.path ?? dataset.pointer.uri?.pathParts().last.map(String.init) ?? name
        do {
            let content = try await subject.tools.data(subject.version, name)
            let report = try SchemaReport(
                content, file: file, dataset: dataset, schema: schema, path: subject.manifest.schema,
                keepsIDs: subject.isTrainedAndTested(on: name))
            return (report.findings + [miscounted(report, name, dataset)].compactMap(\.self), report)
        } catch {
            guard var gap = Finding(gap: error) else { throw error }
            if !(error is ArtifactFailure), !(error is MissingEvidence) { gap.verdict = .fail }
            gap.message = "\(file): \(gap.message)"
            gap.file = file
            return ([gap], nil)
        }
    }

    /// The manifest's number is what others compare with.
    private func miscounted(_ report: SchemaReport, _ name: String, _ dataset: Dataset) -> Finding? {
        guard let declared = dataset.rows, declared != report.rows else { return nil }
        return Finding(
            .fail, "\(report.file): \(report.rows.grouped) rows, and data/\(name).yaml says \(declared.grouped)",
            file: report.file, value: Double(report.rows), threshold: Double(declared))
    }

    /// What is wrong with the number of rows, and how many the version that runs has; neither where nothing can be compared.
    private func change(
        _ report: SchemaReport, of name: String, in subject: Subject
    ) async throws -> (finding: Finding?, before: Int?) {
        let title = subject.deployed?.version.title ?? ""
        do {
            let before = try await subject.deployedRows(of: name, whichHasNow: report.rows)
            guard let before, before > 0 else { return (nil, nil) }
            let finding = report.schema.rows.finding(
                report.rows, in: report.file, before: before, in: title, subject.manifest.schema ?? "schema.yaml")
            return (finding, before)
        } catch {
            guard var gap = Finding(gap: error) else { throw error }
            gap.message =
                "\(report.file): how many rows \(title) has of \(name) is not known: \(gap.message); where they are gone for good, "
                + "set compareRows: false"
            return (gap, nil)
        }
    }
}

extension Subject {
    /// Whether a dataset is one of those of which ids are compared.
    fileprivate func isTrainedAndTested(on name: String) -> Bool {
        guard let tested = manifest.evaluation?.data, !manifest.training.data.isEmpty else { return false }
        return name == tested || manifest.training.data.contains(name)
    }
}
