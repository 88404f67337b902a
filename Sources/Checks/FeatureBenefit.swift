import Data
public import Domain

/// D2: every feature is worth something, and none gives the label away.
///
/// Benefit comes from the table of permutation importances. A feature without measurable benefit fails unless it is kept
/// with a reason. Permutation understates features that have a correlated twin. Without such a table the training data is looked
/// at alone, which proves no benefit.
public struct FeatureBenefit: Check {
    public static let id = "data.feature-benefit"
    public static let version = 3
    public static let summary =
        "Each feature has a measurable benefit; features that nearly are the label are pointed out."

    let keep: [String: String]
    let repeats: Int
    let epsilon: Double
    let confidence: Double
    let maxSingleAUC: Double
    let maxShare: Double
    let leak: Severity
    let maxCorrelation: Double

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
        maxCorrelation = fields.value(
            "maxCorrelation", default: 0.9, within: .above(0, upTo: 1),
            "two features whose |Pearson's r|, or Cramér's V where they are texts, reaches this say nearly the same")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let path = subject.manifest.training.importances else { return try await screen(subject) }
        return try await Outcome.from {
            let table = try await subject.runTable(path, "importances")
            let benefits = try Benefit.all(table, path: path, repeats: repeats)
            let columns = try await columns(subject, benefits.map(\.feature) + (subject.schema?.featureNames ?? []))
            let screen = columns.map { FeatureScreen($0.features, closest: maxCorrelation) }
            var findings = useless(benefits, path, screen)
            findings += unmeasured(subject.schema, benefits, path) + dominant(benefits, path)
            findings += leaks(subject, columns, among: Set(benefits.map(\.feature)))
            return Outcome(
                findings, otherwise: "all \(benefits.count) features are worth something",
                measurements: .object(
                    benefits.map { ($0.feature, JSON($0.mean)) } + (screen.map { [("static screen", $0.json)] } ?? [])))
        }
    }

    /// What the training data alone shows: warnings, and never that a feature is worth something.
    private func screen(_ subject: Subject) async throws -> Outcome {
        let features = subject.schema?.featureNames ?? []
        guard let name = subject.manifest.training.data.first, subject.datasets[name] != nil, !features.isEmpty else {
            return Outcome(.skipped, "no importances configured; name the table in spec.training.importances")
        }
        return try await Outcome.from {
            let columns = try await columns(subject, features)
            guard let columns, !columns.features.isEmpty else {
                throw MissingEvidence("\(name) has none of the schema's features \(features.listed())")
            }
            let screen = FeatureScreen(columns.features, closest: maxCorrelation)
            let found =
                screen.findings(keep: Set(keep.keys)) + leaks(subject, columns, among: Set(features))
            let unknown = Finding(
                .inconclusive,
                "no importances configured, so what the features are worth is not known; name the table in "
                    + "spec.training.importances (\(columns.features.count) of \(features.count) features were screened on "
                    + "\(screen.rows.grouped) rows of \(name): \(found.count) remarks)")
            return Outcome([unknown] + found, otherwise: "")
        }
    }

    private func useless(_ benefits: [Benefit], _ path: String, _ screen: FeatureScreen?) -> [Finding] {
        benefits.filter { $0.upperBound(confidence) <= epsilon && keep[$0.feature] == nil }.map { benefit in
            let twin = screen?.twin(of: benefit.feature).map {
                "; it says nearly the same as \"\($0.name)\" (\($0.association.words)), so permuting it alone shows too little"
            }
            return Finding(
                .fail,
                "feature \"\(benefit.feature)\": permuting it changes the metric by \(benefit.mean.brief) ± "
                    + "\(benefit.deviation.brief) (\(benefit.repeats) repeats): no measurable benefit; remove it or add it to keep "
                    + "with a reason\(twin ?? "")", file: path, value: benefit.mean, threshold: epsilon)
        }
    }

    /// The training data's columns. Where no leak can be looked for, data that cannot be had is no gap.
    private func columns(_ subject: Subject, _ features: [String]) async throws -> DatasetColumns? {
        guard let name = subject.manifest.training.data.first else { return nil }
        let label = Self.label(of: subject)
        do { return try await subject.columns(of: name, features, label: label) } catch {
            let isNeeded = subject.manifest.training.importances == nil || label != nil
            guard !isNeeded, Finding(gap: error) != nil else { throw error }
            return nil
        }
    }

    /// Of a binary classification.
    private static func label(of subject: Subject) -> String? {
        subject.manifest.task == .binaryClassification
            ? subject.schema?.columns.first { $0.role == .label }?.name : nil
    }

    /// Features of the schema of which the table says nothing.
    private func unmeasured(_ schema: Schema?, _ benefits: [Benefit], _ path: String) -> [Finding] {
        let features = schema?.featureNames ?? []
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

    private func leaks(_ subject: Subject, _ columns: DatasetColumns?, among features: Set<String>) -> [Finding] {
        guard let columns, let texts = columns.label else { return [] }
        var known = BinaryLabels(positive: subject.manifest.evaluation?.positive)
        let meaning = (0..<texts.dictionary.count).map { known.value(of: texts.dictionary[$0]) }
        let labels = texts.codes.map { $0 < 0 ? nil : meaning[Int($0)] }
        return columns.features.compactMap { column in
            guard case .numbers(let values) = column.values, features.contains(column.name) else { return nil }
            return leak(column.name, values, labels)
        }
    }

    private func leak(_ feature: String, _ values: [Double], _ labels: [UInt8?]) -> Finding? {
        let rows = values.indices.filter { values[$0].isFinite && labels[$0] != nil }
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
