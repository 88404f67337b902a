import Data
public import Domain

/// D2: every feature is worth something, and none gives the label away.
///
/// Benefit comes from the table of permutation importances; without one, from a server that is asked with each feature permuted
/// (``FeaturePermutation``). A feature without measurable benefit fails unless it is kept with a reason. Permutation understates
/// features that have a correlated twin: in a group that is permuted together, one is a warning where the group is worth something.
/// Without both the training data is looked at alone, which proves no benefit.
public struct FeatureBenefit: Check {
    public static let id = "data.feature-benefit"
    public static let reads: [DeclaredFile] = [.importances]
    public static let version = 8
    public static let looksAt: Set<CheckInput> = [.clock]
    public static let summary =
        "Each feature has a measurable benefit; features that nearly are the label are pointed out."

    let keep: [String: String]
    let groups: FeatureGroups
    let method: String?
    let minAgreement: Double?
    let repeats: Int
    let permutations: Int
    let rows: Int
    let metric: String?
    let timeout: Duration
    let epsilon: Double
    let confidence: Double
    let maxSingleAUC: Double
    let maxInformation: Double
    let maxShare: Double
    let leak: Severity
    let maxCorrelation: Double

    public enum Severity: String, FieldChoice { case warn, fail }

    public init(_ fields: Fields) throws(FieldErrors) {
        keep = fields.value("keep", default: [:], "features to keep though they seem useless, each with the reason")
        groups = FeatureGroups(
            fields.value(
                "groups", default: [:],
                "features that are permuted together, by the group's name: a server is asked about each group, a table has a row of its name"
            ))
        method = fields.optional(
            "method",
            "of a table whose column 'method' holds several: which shows what features are worth; without it that by permutation or "
                + "ablation. The others are held against it")
        minAgreement = fields.optional(
            "minAgreement", within: .between(-1, 1),
            "the least rank correlation (Spearman) of the features' benefits with every other ranking of them: other methods of the "
                + "table, and what each tells of the label; below it is a warning")
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
        maxInformation = fields.value(
            "maxInformation", default: 0.9, within: .above(0, upTo: 1),
            "a feature of any kind that alone tells this share of what there is to know of the label may leak it, of whatever task"
        )
        maxShare = fields.value(
            "maxShare", default: 0.8, within: .above(0, upTo: 1),
            "a feature that has more than this share of all benefit may leak the label")
        leak = fields.value("leak", default: .warn, "what a feature that may leak the label counts as")
        maxCorrelation = fields.value(
            "maxCorrelation", default: 0.9, within: .above(0, upTo: 1),
            "two features whose |Pearson's r|, or Cramér's V where they are texts, reaches this say nearly the same")
        if permutations == 1 { fields.complain(about: "permutations", "one shows no deviation: give 0, or at least 2") }
        fields.requireDirection(of: metric, about: "metric")
        if let complaint = groups.complaint { fields.complain(about: "groups", complaint) }
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let path = subject.manifest.training.importances else {
            let isAsked = subject.manifest.evaluation?.endpoint != nil && permutations > 0
            return isAsked ? try await permute(subject) : try await screen(subject)
        }
        return try await Outcome.from {
            let table = try await subject.runTable(path, "importances")
            let methods = try ImportanceMethods(table, path: path, method: method)
            let all = try Benefit.all(table, path: path, repeats: repeats, places: methods.places)
            let benefits = all.filter { groups[$0.feature] == nil }
            try groups.require((benefits.map(\.feature) + (subject.schema?.featureNames ?? [])).unique)
            let columns = try await columns(
                subject, benefits.map(\.feature) + (subject.schema?.featureNames ?? []), isNeeded: false)
            let screen = columns.map(screened)
            let agreements = RankingAgreement.all(benefits, methods.others, screen)
            var findings = leaks(subject, columns, screen, among: Set(benefits.map(\.feature)))
            findings += useless(
                benefits, groups: all.filter { groups[$0.feature] != nil }, of: "the metric", path, screen)
            findings += unmeasured(try await taken(subject), all, path) + dominant(benefits, path)
            findings += RankingAgreement.findings(agreements, atLeast: minAgreement, methods.chosen, file: path)
            return Outcome(
                findings, otherwise: "none of \(benefits.count) features is shown to be worth nothing",
                measurements: .object(
                    all.map { ($0.feature, JSON($0.mean)) } + shown(agreements)
                        + (screen.map { [("static screen", $0.json)] } ?? [])))
        }
    }

    /// What the server's answers lose; where it cannot be asked, that, and what the training data alone shows.
    private func permute(_ subject: Subject) async throws -> Outcome {
        let report: FeaturePermutation.Report
        do {
            report = try await FeaturePermutation(of: subject, atMost: rows, timeout: timeout)
                .report(metric: metric, repeats: permutations, groups: groups)
        } catch {
            let unanswered = (error as? any Failure).map { Finding(.error, "\($0)") }
            guard let gap = Finding(gap: error) ?? unanswered else { throw error }
            let seen = try await screen(subject).findings.filter { $0.verdict != .inconclusive }
            return Outcome([gap] + seen, otherwise: "")
        }
        return try await Outcome.from { try await judge(report, subject) }
    }

    func judge(_ report: FeaturePermutation.Report, _ subject: Subject) async throws -> Outcome {
        let names = report.benefits.map(\.feature) + report.unfinished.filter { groups[$0] == nil }
        let columns = try await columns(subject, names, isNeeded: false)
        let screen = columns.map(screened)
        let agreements = RankingAgreement.all(report.benefits, [], screen)
        var findings = leaks(subject, columns, screen, among: Set(names))
        findings += useless(report.benefits, groups: report.groups, of: report.metric, nil, screen)
        if !report.unfinished.isEmpty {
            findings.append(
                Finding(
                    .inconclusive,
                    "the server was too slow: \(report.unfinished.listed()) were not permuted \(permutations) times in "
                        + "\(ServerTime.most.text); set fewer rows or permutations"))
        }
        findings += dominant(report.benefits, nil)
        findings += RankingAgreement.findings(agreements, atLeast: minAgreement, nil, file: nil)
        let benefits = report.benefits.map { ($0.feature, $0.json(confidence)) }
        let together = report.groups.map { ($0.feature, $0.json(confidence)) }
        return Outcome(
            findings,
            otherwise:
                "none of \(names.count) features is shown to be worth nothing: permuting each \(permutations) times costs \(report.metric) "
                + "on \(report.rows.grouped) rows",
            measurements: .object(
                [
                    ("metric", .string(report.metric)), ("value", .double(report.base)), ("rows", .int(report.rows)),
                    ("features", .object(benefits)),
                ] + (together.isEmpty ? [] : [("groups", .object(together))]) + shown(agreements)
                    + (screen.map { [("static screen", $0.json)] } ?? [])))
    }

    private func shown(_ agreements: [RankingAgreement]) -> [(String, JSON)] {
        agreements.isEmpty ? [] : [("ranking agreement", .array(agreements.map(\.json)))]
    }

    private func screened(_ columns: DatasetColumns) -> FeatureScreen {
        FeatureScreen(columns.features, closest: maxCorrelation, label: columns.target, telling: maxInformation)
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
                leaks(subject, columns, screen, among: Set(features)) + screen.findings(keep: Set(keep.keys))
            let unknown = Finding(
                .inconclusive,
                "no importances configured, so what the features are worth is not known; name the table in "
                    + "spec.training.importances, or a server in spec.evaluation.endpoint (\(columns.features.count) of \(features.count) features were screened on "
                    + "\(screen.rows.grouped) rows of \(name): \(found.count) remarks)")
            return Outcome([unknown] + found, otherwise: "")
        }
    }

    /// Features and groups that are shown to be worth nothing. Where a group is shown to be worth something and none of it alone is,
    /// they say the same.
    private func useless(
        _ benefits: [Benefit], groups found: [Benefit], of metric: String, _ path: String?, _ screen: FeatureScreen?
    ) -> [Finding] {
        let isUseless = { (one: Benefit) in one.upperBound(confidence) <= epsilon && keep[one.feature] == nil }
        let alone = Set(benefits.filter { $0.lowerBound(confidence) > epsilon }.map(\.feature))
        // Where one of a group is worth something by itself, the group proves nothing of the others.
        let worthy = found.filter {
            $0.lowerBound(confidence) > epsilon && alone.isDisjoint(with: groups[$0.feature] ?? [])
        }
        let measured = Set(found.map(\.feature))
        let empty = found.filter(isUseless).compactMap { group -> Finding? in
            let members = (groups[group.feature] ?? []).filter { keep[$0] == nil }
            guard !members.isEmpty else { return nil }
            return Finding(
                .fail,
                "group \"\(group.feature)\" (\(members.listed())): permuting them together changes \(metric) by "
                    + "\(group.text): no measurable benefit; remove them or add them to keep with a reason",
                file: path, value: group.mean, threshold: epsilon)
        }
        return empty
            + benefits.filter(isUseless).map { benefit -> Finding in
                let change = "feature \"\(benefit.feature)\": permuting it changes \(metric) by \(benefit.text)"
                if let group = worthy.first(where: { groups[$0.feature]?.contains(benefit.feature) ?? false }) {
                    return Finding(
                        .warn,
                        "\(change), its group \"\(group.feature)\" by \(group.mean.brief): others of it say what it says; try to do "
                            + "without it", file: path, value: benefit.mean, threshold: epsilon)
                }
                let silent = groups.all.first {
                    $0.members.contains(benefit.feature) && !measured.contains($0.name)
                }
                if let silent = silent?.name {
                    return Finding(
                        .inconclusive,
                        "\(change), and of its group \"\(silent)\" nothing was measured: others of it may say what it says",
                        file: path, value: benefit.mean, threshold: epsilon)
                }
                let twin = screen?.twin(of: benefit.feature).map {
                    "; it says nearly the same as \"\($0.name)\" (\($0.association.words)), so permuting it alone shows too little: "
                        + "name both in groups"
                }
                return Finding(
                    .fail,
                    "\(change): no measurable benefit; remove it or add it to keep with a reason\(twin ?? "")",
                    file: path,
                    value: benefit.mean, threshold: epsilon)
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
            guard !isNeeded, label == nil, Finding(gap: error) != nil else { throw error }
            return nil
        }
    }

    /// What the model takes, where its artifact names it; else all features of the schema, of which it may leave some.
    private func taken(_ subject: Subject) async throws -> (features: [String], whose: String) {
        guard let schema = subject.schema else { return ([], "schema's") }
        do {
            if let inputs = try await subject.namedInputs() { return (inputs, "model's") }
        } catch {
            // Checks that need the artifact say what is wrong with it.
            guard Finding(gap: error) != nil else { throw error }
        }
        return (schema.featureNames, "schema's")
    }

    /// Features of which the table says nothing.
    private func unmeasured(
        _ taken: (features: [String], whose: String), _ benefits: [Benefit], _ path: String
    ) -> [Finding] {
        let features = taken.features
        let known = Set(benefits.flatMap { groups[$0.feature] ?? [$0.feature] }).union(keep.keys)
        let missing = features.filter { !known.contains($0) }
        return missing.isEmpty
            ? []
            : [
                Finding(
                    .warn, "\(path) lacks \(missing.listed()) of the \(taken.whose) \(features.count) features",
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

    /// Numbers by the area that they reach alone, of two labels; any feature by what it tells of the label.
    private func leaks(
        _ subject: Subject, _ columns: DatasetColumns?, _ screen: FeatureScreen?, among features: Set<String>
    ) -> [Finding] {
        let reaching = ranking(subject, columns, among: features).sorted {
            ($0.finding.value ?? 0) > ($1.finding.value ?? 0)
        }
        let known = Set(reaching.map(\.feature))
        let telling = (screen?.leaks ?? []).filter { features.contains($0.feature) && !known.contains($0.feature) }
        let severity: Verdict = leak == .fail ? .fail : .warn
        var findings = telling.prefix(FeatureScreen.mostShown).map { name, share in
            Finding(
                severity,
                "feature \"\(name)\" alone tells \(share.percent) of what there is to know of the label: is it known when the "
                    + "model is asked?", value: share, threshold: maxInformation)
        }
        if telling.count > FeatureScreen.mostShown {
            let more = telling.count - FeatureScreen.mostShown
            findings.append(Finding(severity, "\(more) more features tell nearly all of the label"))
        }
        return findings + reaching.map(\.finding)
    }

    private func ranking(
        _ subject: Subject, _ columns: DatasetColumns?, among features: Set<String>
    ) -> [(feature: String, finding: Finding)] {
        guard subject.manifest.task == .binaryClassification, let columns, let texts = columns.label else { return [] }
        var known = BinaryLabels(positive: subject.manifest.evaluation?.positive)
        let meaning = (0..<texts.dictionary.count).map { known.value(of: texts.dictionary[$0]) }
        let labels = texts.codes.map { $0 < 0 ? nil : meaning[Int($0)] }
        return columns.features.compactMap { column in
            guard case .numbers(let values) = column.values, features.contains(column.name) else { return nil }
            return leak(column.name, values, labels).map { (column.name, $0) }
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
