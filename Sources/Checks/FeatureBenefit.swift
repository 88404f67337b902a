import Data
public import Domain

/// D2: every feature is worth something, and none gives the label away.
///
/// Benefit comes from the table of permutation importances; without one, from a server that is asked with each feature permuted
/// (``FeaturePermutation``). A feature without measurable benefit fails unless it is kept with a reason. Permutation understates
/// features that have a correlated twin. Without both the training data is looked at alone, which proves no benefit.
public struct FeatureBenefit: Check {
    public static let id = "data.feature-benefit"
    public static let version = 4
    public static let looksAt: Set<CheckInput> = [.clock]
    public static let summary =
        "Each feature has a measurable benefit; features that nearly are the label are pointed out."

    let keep: [String: String]
    let repeats: Int
    let permutations: Int
    let rows: Int
    let metric: String?
    let timeout: Duration
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
        permutations = fields.value(
            "permutations", default: 10, within: .between(0, 100),
            "without a table: how often the server is asked with each feature permuted, at least twice; 0 asks nothing")
        rows = fields.value(
            "rows", default: 5000, within: .between(2, 100_000),
            "how many rows of the evaluation's data the server is asked about, at most")
        metric = fields.optional(
            "metric", "the metric that a server's answers are judged by; without it the task's own")
        timeout = fields.answerTimeout()
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
        if permutations == 1 { fields.complain(about: "permutations", "one shows no deviation: give 0, or at least 2") }
        fields.requireDirection(of: metric, about: "metric")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let path = subject.manifest.training.importances else {
            let isAsked = subject.manifest.evaluation?.endpoint != nil && permutations > 0
            return isAsked ? try await permute(subject) : try await screen(subject)
        }
        return try await Outcome.from {
            let table = try await subject.runTable(path, "importances")
            let benefits = try Benefit.all(table, path: path, repeats: repeats)
            let columns = try await columns(
                subject, benefits.map(\.feature) + (subject.schema?.featureNames ?? []), isNeeded: false)
            let screen = columns.map(screened)
            var findings = useless(benefits, of: "the metric", path, screen)
            findings += unmeasured(subject.schema, benefits, path) + dominant(benefits, path)
            findings += leaks(subject, columns, among: Set(benefits.map(\.feature)))
            return Outcome(
                findings, otherwise: "all \(benefits.count) features are worth something",
                measurements: .object(
                    benefits.map { ($0.feature, JSON($0.mean)) } + (screen.map { [("static screen", $0.json)] } ?? [])))
        }
    }

    /// What the server's answers lose; where it cannot be asked, that, and what the training data alone shows.
    private func permute(_ subject: Subject) async throws -> Outcome {
        let report: FeaturePermutation.Report
        do {
            report = try await FeaturePermutation(of: subject, atMost: rows, timeout: timeout)
                .report(metric: metric, repeats: permutations)
        } catch {
            let unanswered = (error as? any Failure).map { Finding(.error, "\($0)") }
            guard let gap = Finding(gap: error) ?? unanswered else { throw error }
            let seen = try await screen(subject).findings.filter { $0.verdict != .inconclusive }
            return Outcome([gap] + seen, otherwise: "")
        }
        return try await Outcome.from { try await judge(report, subject) }
    }

    func judge(_ report: FeaturePermutation.Report, _ subject: Subject) async throws -> Outcome {
        let names = report.benefits.map(\.feature) + report.unfinished
        let columns = try await columns(subject, names, isNeeded: false)
        let screen = columns.map(screened)
        var findings = useless(report.benefits, of: report.metric, nil, screen)
        if !report.unfinished.isEmpty {
            findings.append(
                Finding(
                    .inconclusive,
                    "the server was too slow: \(report.unfinished.listed()) were not permuted \(permutations) times in "
                        + "\(ServerTime.most.text); set fewer rows or permutations"))
        }
        findings += dominant(report.benefits, nil) + leaks(subject, columns, among: Set(names))
        let benefits = report.benefits.map { ($0.feature, $0.json(confidence)) }
        return Outcome(
            findings,
            otherwise:
                "all \(names.count) features are worth something: permuting each \(permutations) times costs \(report.metric) "
                + "on \(report.rows.grouped) rows",
            measurements: .object(
                [
                    ("metric", .string(report.metric)), ("value", .double(report.base)), ("rows", .int(report.rows)),
                    ("features", .object(benefits)),
                ] + (screen.map { [("static screen", $0.json)] } ?? [])))
    }

    private func screened(_ columns: DatasetColumns) -> FeatureScreen {
        FeatureScreen(columns.features, closest: maxCorrelation, label: columns.target)
    }

    /// What the training data alone shows: warnings, and never that a feature is worth something.
    private func screen(_ subject: Subject) async throws -> Outcome {
        let features = subject.schema?.featureNames ?? []
        guard let name = subject.manifest.training.data.first, subject.datasets[name] != nil, !features.isEmpty else {
            return Outcome(.skipped, "no importances configured; name the table in spec.training.importances")
        }
        return try await Outcome.from {
            let columns = try await columns(subject, features, isNeeded: true)
            guard let columns, !columns.features.isEmpty else {
                throw MissingEvidence("\(name) has none of the schema's features \(features.listed())")
            }
            let screen = screened(columns)
            let found =
                screen.findings(keep: Set(keep.keys)) + leaks(subject, columns, among: Set(features))
            let unknown = Finding(
                .inconclusive,
                "no importances configured, so what the features are worth is not known; name the table in "
                    + "spec.training.importances, or a server in spec.evaluation.endpoint (\(columns.features.count) of \(features.count) features were screened on "
                    + "\(screen.rows.grouped) rows of \(name): \(found.count) remarks)")
            return Outcome([unknown] + found, otherwise: "")
        }
    }

    private func useless(
        _ benefits: [Benefit], of metric: String, _ path: String?, _ screen: FeatureScreen?
    ) -> [Finding] {
        benefits.filter { $0.upperBound(confidence) <= epsilon && keep[$0.feature] == nil }.map { benefit in
            let twin = screen?.twin(of: benefit.feature).map {
                "; it says nearly the same as \"\($0.name)\" (\($0.association.words)), so permuting it alone shows too little"
            }
            return Finding(
                .fail,
                "feature \"\(benefit.feature)\": permuting it changes \(metric) by \(benefit.mean.brief) ± "
                    + "\(benefit.deviation.brief) (\(benefit.repeats) repeats): no measurable benefit; remove it or add it to keep "
                    + "with a reason\(twin ?? "")", file: path, value: benefit.mean, threshold: epsilon)
        }
    }

    /// The training data's columns. Where no leak can be looked for, data that cannot be had is no gap.
    private func columns(_ subject: Subject, _ features: [String], isNeeded: Bool) async throws -> DatasetColumns? {
        guard let name = subject.manifest.training.data.first else { return nil }
        let label = subject.schema?.columns.first { $0.role == .label }?.name, task = subject.manifest.task
        do {
            return try await subject.columns(
                of: name, features, label: label, isNumber: task == .regression || task == .ranking)
        } catch {
            let mayLeak = task == .binaryClassification && label != nil
            guard !isNeeded, !mayLeak, Finding(gap: error) != nil else { throw error }
            return nil
        }
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
    private func dominant(_ benefits: [Benefit], _ path: String?) -> [Finding] {
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
        guard subject.manifest.task == .binaryClassification, let columns, let texts = columns.label else { return [] }
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
