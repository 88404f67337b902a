import Data
public import Domain

/// D2: every feature is worth something, and none gives the label away.
///
/// Benefit comes from the table of permutation importances. A feature without measurable benefit fails unless it is kept
/// with a reason. Permutation understates features that have a correlated twin.
public struct FeatureBenefit: Check {
    public static let id = "data.feature-benefit"
    public static let version = 2
    public static let summary =
        "Each feature has a measurable benefit; features that nearly are the label are pointed out."

    let keep: [String: String]
    let repeats: Int
    let epsilon: Double
    let confidence: Double
    let maxSingleAUC: Double
    let maxShare: Double
    let leak: Severity

    public enum Severity: String, FieldChoice { case warn, fail }

    public init(_ fields: Fields) throws(FieldErrors) {
        keep = fields.value("keep", default: [:], "features to keep though they seem useless, each with the reason")
        repeats = fields.value(
            "repeats", default: 5, within: .between(2, Benefit.mostRepeats),
            "how often each feature was permuted, where the table does not say")
        epsilon = fields.value(
            "epsilon", default: 0, within: .atLeast(0), "the benefit below which a feature is useless")
        confidence = fields.value(
            "confidence", default: 0.95, within: .inside(0, 1), "how sure it has to be that a feature is useless")
        maxSingleAUC = fields.value(
            "maxSingleAUC", default: 0.95,
            within: .between(0.5, 1), "a feature that alone reaches this area under the ROC curve may leak the label")
        maxShare = fields.value(
            "maxShare", default: 0.8, within: .above(0, upTo: 1),
            "a feature that has more than this share of all benefit may leak the label")
        leak = fields.value("leak", default: .warn, "what a feature that may leak the label counts as")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let path = subject.manifest.training.importances else {
            return Outcome(.skipped, "no importances configured; name the table in spec.training.importances")
        }
        return try await Outcome.from {
            let table = try await subject.runTable(path, "importances")
            let benefits = try Benefit.all(table, path: path, repeats: repeats)
            var findings = benefits.filter { $0.upperBound(confidence) <= epsilon && keep[$0.feature] == nil }.map {
                Finding(
                    .fail,
                    "feature \"\($0.feature)\": permuting it changes the metric by \($0.mean.brief) ± \($0.deviation.brief) "
                        + "(\($0.repeats) repeats): no measurable benefit; remove it or add it to keep with a reason",
                    file: path, value: $0.mean, threshold: epsilon)
            }
            findings += unmeasured(subject.schema, benefits, path) + dominant(benefits, path)
            findings += try await leaks(subject, benefits.map(\.feature))
            return Outcome(
                findings, otherwise: "all \(benefits.count) features are worth something",
                measurements: .object(benefits.map { ($0.feature, JSON($0.mean)) }))
        }
    }

    /// Features of the schema of which the table says nothing.
    private func unmeasured(_ schema: Schema?, _ benefits: [Benefit], _ path: String) -> [Finding] {
        let features = (schema?.columns ?? []).filter { $0.role == .feature }.map(\.name)
        let known = Set(benefits.map(\.feature)).union(keep.keys)
        let missing = features.filter { !known.contains($0) }
        return missing.isEmpty
            ? []
            : [
                Finding(
                    .warn, "\(path) lacks \(missing.listed()) of the schema's \(features.count) features",
                    file: path)
            ]
    }

    /// One feature that is worth much more than all others together.
    private func dominant(_ benefits: [Benefit], _ path: String) -> [Finding] {
        let total = benefits.reduce(0) { $0 + max(0, $1.mean) }
        guard benefits.count > 2, let most = benefits.max(by: { $0.mean < $1.mean }), most.mean > maxShare * total
        else { return [] }
        return [
            Finding(
                leak == .fail ? .fail : .warn,
                "feature \"\(most.feature)\" has \((most.mean / total).percent) of all benefit: does it leak the label?",
                file: path, value: most.mean / total, threshold: maxShare)
        ]
    }

    // MARK: Leaks

    private func leaks(_ subject: Subject, _ features: [String]) async throws -> [Finding] {
        guard subject.manifest.task == .binaryClassification, let name = subject.manifest.training.data.first,
            let dataset = subject.datasets[name],
            let label = subject.schema?.columns.first(where: { $0.role == .label })?.name
        else { return [] }
        let content = try await subject.tools.data(subject.version, name)
        let table = try content.table(
            as: TextFormat(dataset.format), options: TableOptions(nullSpellings: dataset.nulls)
        ) { names in
            guard names.contains(label) else { return [] }
            return [ColumnRequest(label, .text)]
                + features.unique.filter { $0 != label && names.contains($0) }.map { ColumnRequest($0, .any) }
        }
        guard let texts = try table[label]?.converted(to: .text).texts else { return [] }
        var known = BinaryLabels(positive: subject.manifest.evaluation?.positive)
        let meaning = (0..<texts.dictionary.count).map { known.value(of: texts.dictionary[$0]) }
        let labels = texts.codes.map { $0 < 0 ? nil : meaning[Int($0)] }
        let nulls = Set(dataset.nulls.compactMap { Double($0) })
        return table.columns.dropFirst().compactMap { column in
            column.numbers.flatMap { leak(column.name, $0.values, labels, nulls: nulls) }
        }
    }

    /// Parquet's numbers may be those that count as no value, `nulls`.
    private func leak(_ feature: String, _ values: [Double], _ labels: [UInt8?], nulls: Set<Double>) -> Finding? {
        let rows = values.indices.filter { values[$0].isFinite && !nulls.contains(values[$0]) && labels[$0] != nil }
        guard let curve = DeLong(labels: rows.map { labels[$0] ?? 0 }, scores: rows.map { values[$0] }) else {
            return nil
        }
        let area = max(curve.auc, 1 - curve.auc)
        guard area >= maxSingleAUC else { return nil }
        return Finding(
            leak == .fail ? .fail : .warn,
            "feature \"\(feature)\" alone reaches an area of \(area.brief): is it known when the model is asked?",
            value: area,
            threshold: maxSingleAUC)
    }
}

/// What permuting one feature costs.
struct Benefit {
    let feature: String
    let mean: Double
    let deviation: Double
    let repeats: Int

    static let mostRepeats = 1_000_000

    static func all(_ table: RunTable, path: String, repeats: Int) throws(MissingEvidence) -> [Benefit] {
        let feature = try table.column(nil, or: ["feature", "name", "column"], in: path)
        let mean = try table.column(nil, or: ["importance_mean", "metric_drop", "importance", "mean"], in: path)
        let deviation = try table.column(nil, or: ["importance_std", "sd", "std"], in: path)
        guard let names = table.texts(feature), let means = try table.numbers(mean),
            let deviations = try table.numbers(deviation),
            !names.isEmpty
        else { throw MissingEvidence("\(path) holds no feature", file: path) }
        let counts = table.texts("repeats")
        var all: [Benefit] = []
        for (index, name) in names.enumerated() {
            guard let mean = means[index], let deviation = deviations[index], mean.isFinite, deviation.isFinite else {
                throw MissingEvidence("\(path): the importance of \"\(name)\" is no number", file: path)
            }
            var count = repeats
            if let text = counts?[index], !text.isEmpty {
                guard let written = Double(text).flatMap(Int.init(exactly:)), (2...mostRepeats).contains(written) else {
                    throw MissingEvidence(
                        "\(path): the repeats of \"\(name)\" are '\(text)', expected a number from 2 to \(mostRepeats.grouped)",
                        file: path)
                }
                count = written
            }
            all.append(Benefit(feature: name, mean: mean, deviation: deviation, repeats: count))
        }
        return all
    }

    /// The one-sided upper bound of the mean.
    func upperBound(_ confidence: Double) -> Double {
        let t = SpecialFunctions.studentQuantile(confidence, dof: Double(repeats - 1))
        return mean + t * deviation / Double(repeats).squareRoot()
    }
}
