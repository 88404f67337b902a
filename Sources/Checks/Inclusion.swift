import Data
public import Domain

/// M7: groups of people are treated alike.
///
/// Fails only where the interval excludes the acceptable side; a group too small to judge is named, never passed over. Each two
/// columns are looked at together, too, since a model can be fair to women and to old people, and not to old women.
public struct Inclusion: Check {
    public static let id = "model.inclusion"
    public static let reads: [DeclaredFile] = [.predictions, .counterfactual]
    public static let version = 5
    public static let summary = "Selection and error rates of groups differ no more than allowed."

    let columns: [String]
    let intersections: Bool
    let maxCounterfactualChange: Double
    let minRatio: Double?
    let maxEqualizedOdds: Double?
    let maxEqualOpportunity: Double?
    let maxPredictiveParity: Double?
    let maxAccuracyDifference: Double?
    let minRows: Int
    let minPositives: Int
    let confidence: Double
    let thin: Slices.Thin
    let minCoverage: Double

    public init(_ fields: Fields) throws(FieldErrors) {
        columns = fields.value("columns", default: [], "the columns; without them those of spec.evaluation.sensitive")
        intersections = fields.value(
            "intersections", default: true, "whether groups of each two of the columns together are looked at, too")
        maxCounterfactualChange = fields.value(
            "maxCounterfactualChange", default: 0.05, within: .between(0, 1),
            "the 99th percentile of a score's change on the rows of spec.evaluation.counterfactual")
        minRatio = fields.optional(
            "minRatio", within: .between(0, 1),
            "the least ratio of selection rates (demographic parity); 0.8 is the four-fifths rule")
        maxEqualizedOdds = fields.optional(
            "maxEqualizedOdds", within: .between(0, 1), "the greatest difference of true or false positive rates")
        maxEqualOpportunity = fields.optional(
            "maxEqualOpportunity", within: .between(0, 1),
            "the greatest difference of true positive rates; maxEqualizedOdds bounds them too where both are named")
        maxPredictiveParity = fields.optional(
            "maxPredictiveParity", within: .between(0, 1), "the greatest difference of precisions")
        maxAccuracyDifference = fields.optional(
            "maxAccuracyDifference", within: .between(0, 1),
            "the greatest difference of accuracies; for tasks of several classes")
        minRows = fields.value("minRows", default: 100, within: .atLeast(1), "a group of fewer rows cannot be judged")
        minPositives = fields.value(
            "minPositives", default: 10, within: .atLeast(1), "nor can rates of fewer rows of a label")
        confidence = fields.value("confidence", default: 0.95, within: .inside(0, 1), "how sure a failure has to be")
        thin = fields.value("thin", default: .warn, "what a group that cannot be judged counts as")
        minCoverage = fields.dataCoverage
    }

    public func run(on subject: Subject) async throws -> Outcome {
        let columns = (columns.isEmpty ? subject.manifest.evaluation?.sensitive ?? [] : columns).unique
        guard !columns.isEmpty else {
            return Outcome(.skipped, "no sensitive columns configured; name them in spec.evaluation.sensitive")
        }
        guard ![.regression, .ranking].contains(subject.manifest.task) else {
            return Outcome(
                .skipped, "rates of groups are defined for classifications; this is a \(subject.manifest.task.rawValue)"
            )
        }
        return try await Outcome.from {
            // Only of several classes are groups told by what slices know.
            let slices = subject.manifest.task == .binaryClassification ? [] : columns
            let (predictions, departures) = try await subject.judgedPredictions(
                slices: slices, sensitive: columns, atLeast: minCoverage)
            let evaluation = Evaluation(of: intersections ? predictions.crossing(columns) : predictions)
            var findings = departures, measurements: [(String, JSON)] = []
            for column in columns {
                let found = compare(groups(evaluation, column), of: column, evaluation)
                findings += found.findings
                measurements.append((column, found.json))
            }
            for pair in intersections ? pairs(columns) : [] {
                let crossed = groups(evaluation, pair)
                guard !crossed.isEmpty else {
                    findings.append(.tooMany(pair, thin.verdict))
                    continue
                }
                let found = compareCrossed(crossed, of: pair, evaluation)
                findings += found.findings
                measurements.append((pair, found.json))
            }
            var texts = ["groups of \(columns.joined(separator: ", ")) are treated alike"]
            do {
                if let counterfactual = try await Counterfactual(of: subject, changing: columns) {
                    findings += counterfactual.findings(atMost: maxCounterfactualChange, minRows: minRows)
                    measurements.append(("counterfactual", counterfactual.json))
                    texts.append(counterfactual.text)
                }
            } catch {
                guard let gap = Finding(gap: error) else { throw error }
                findings.append(gap)
            }
            return Outcome(
                findings, otherwise: texts.joined(separator: "; "), measurements: .object(measurements))
        }
    }

    private typealias Compared = (findings: [Finding], json: JSON)

    private func compare(_ groups: [FairnessGroup], of column: String, _ evaluation: Evaluation) -> Compared {
        let judged = groups.filter { $0.rows >= minRows }
        var findings = groups.filter { $0.rows < minRows }.map { $0.insufficient(column, minRows, thin.verdict) }
        guard judged.count > 1 else { return (findings + [.tooFew(column, judged.count, minRows)], rows(groups)) }
        findings += judged.flatMap { $0.insufficient(column, labels: minPositives, thin.verdict) }
        findings += unjudged(judged, column)
        let parities = parities(judged, isBinary(evaluation, column))
        findings += parities.compactMap { $0.finding(column) }
        if judged.allSatisfy({ $0.counts?.selected == 0 }) { findings.append(.noneSelected(column)) }
        return (findings, .object(parities.map { ($0.name, $0.json) }))
    }

    /// Of two columns together, whose groups are many and small: those that cannot be judged are named in one finding.
    private func compareCrossed(_ groups: [FairnessGroup], of pair: String, _ evaluation: Evaluation) -> Compared {
        let judged = groups.filter { $0.rows >= minRows }
        let small = groups.filter { $0.rows < minRows }.map { "\($0.name) (\($0.rows))" }
        let few = judged.filter { !$0.insufficient(pair, labels: minPositives, .warn).isEmpty }.map(\.name)
        var findings: [Finding] = []
        if !small.isEmpty { findings.append(.small(pair, small, minRows, thin.verdict)) }
        if !few.isEmpty { findings.append(.fewLabels(pair, few, minPositives, thin.verdict)) }
        guard judged.count > 1 else { return (findings, rows(groups)) }
        let parities = parities(judged, isBinary(evaluation, pair))
        return (findings + parities.compactMap { $0.finding(pair) }, .object(parities.map { ($0.name, $0.json) }))
    }

    private func isBinary(_ evaluation: Evaluation, _ column: String) -> Bool {
        evaluation.fairness.contains { $0.column == column && !$0.groups.isEmpty }
    }

    private func rows(_ groups: [FairnessGroup]) -> JSON {
        ["rows": .object(groups.map { ($0.name, .int($0.rows)) })]
    }

    /// The names that ``Predictions/crossing(_:)`` gives.
    private func pairs(_ columns: [String]) -> [String] {
        columns.indices.flatMap { one in columns[(one + 1)...].map { "\(columns[one]) × \($0)" } }
    }

    private func groups(_ evaluation: Evaluation, _ column: String) -> [FairnessGroup] {
        if let fairness = evaluation.fairness.first(where: { $0.column == column }), !fairness.groups.isEmpty {
            return fairness.groups.map { FairnessGroup(name: $0.value, counts: $0.counts) }
        }
        let slices = evaluation.slices.first { $0.column == column }?.slices ?? []
        return slices.map { slice in
            let rows = Int(slice.metrics["n"] ?? 0)
            let right = Int(((slice.metrics["accuracy"] ?? 0) * Double(rows)).rounded())
            return FairnessGroup(name: slice.value, rows: rows, correct: right)
        }
    }

    /// The rates that too few groups have rows for.
    private func unjudged(_ groups: [FairnessGroup], _ column: String) -> [Finding] {
        let counts = groups.compactMap(\.counts)
        guard !counts.isEmpty else { return [] }
        let known = [
            ("true positive", counts.count { $0.positives >= minPositives }),
            ("false positive", counts.count { $0.negatives >= minPositives }),
        ]
        return known.filter { $0.1 < 2 }.map {
            Finding(
                .inconclusive, "\(column): \($0.1) groups have rows enough for \($0.0) rates, so none can be compared")
        }
    }

    private func parities(_ groups: [FairnessGroup], _ isBinary: Bool) -> [Parity] {
        guard isBinary else {
            return [
                Parity.difference(
                    "accuracy_difference", "accuracies", groups.map { ($0.name, $0.correct, $0.rows) },
                    atMost: maxAccuracyDifference ?? 0.1, confidence)
            ].compactMap { $0 }
        }
        let counts = groups.compactMap { group in group.counts.map { (group.name, $0) } }
        let hits = counts.filter { $0.1.positives >= minPositives }
            .map { ($0.0, $0.1.truePositives, $0.1.positives) }
        let alarms = counts.filter { $0.1.negatives >= minPositives }
            .map { ($0.0, $0.1.falsePositives, $0.1.negatives) }
        var parities = [
            Parity.ratio(
                "demographic_parity_ratio", counts.map { ($0.0, $0.1.selected, $0.1.rows) }, atLeast: minRatio ?? 0.8,
                confidence),
            Parity.difference(
                "equal_opportunity_difference", "true positive rates", hits,
                atMost: [maxEqualOpportunity, maxEqualizedOdds].compactMap(\.self).min() ?? 0.1, confidence),
            Parity.difference(
                "false_positive_rate_difference", "false positive rates", alarms, atMost: maxEqualizedOdds ?? 0.1,
                confidence),
        ].compactMap { $0 }
        if let maxPredictiveParity {
            let chosen = counts.filter { $0.1.selected >= minPositives }
            parities += [
                Parity.difference(
                    "predictive_parity_difference", "precisions",
                    chosen.map { ($0.0, $0.1.truePositives, $0.1.selected) }, atMost: maxPredictiveParity, confidence)
            ].compactMap { $0 }
        }
        if let maxAccuracyDifference {
            parities += [
                Parity.difference(
                    "accuracy_difference", "accuracies", groups.map { ($0.name, $0.correct, $0.rows) },
                    atMost: maxAccuracyDifference, confidence)
            ].compactMap { $0 }
        }
        return parities
    }
}

extension Finding {
    /// 0/0 is no ratio: a model that selects nobody treats nobody alike.
    fileprivate static func noneSelected(_ column: String) -> Finding {
        Finding(
            .inconclusive, "\(column): no row of any group is selected, so the ratio of selection rates is undefined")
    }

    /// Names have their rows with them.
    fileprivate static func small(_ pair: String, _ names: [String], _ minRows: Int, _ verdict: Verdict) -> Finding {
        Finding(
            verdict,
            "\(pair): \(names.count) group\(names.count == 1 ? " has" : "s have") fewer than \(minRows) rows and cannot be "
                + "judged: \(names.listed())")
    }

    fileprivate static func fewLabels(_ pair: String, _ names: [String], _ least: Int, _ verdict: Verdict) -> Finding {
        Finding(
            verdict,
            "\(pair): \(names.count) group\(names.count == 1 ? " has" : "s have") fewer than \(least) rows of a label, so "
                + "that a rate cannot be judged: \(names.listed())")
    }

    fileprivate static func tooMany(_ pair: String, _ verdict: Verdict) -> Finding {
        Finding(
            verdict, "\(pair): these are more groups than are looked at; name other columns, or intersections: false")
    }

    fileprivate static func tooFew(_ column: String, _ count: Int, _ minRows: Int) -> Finding {
        Finding(
            .inconclusive,
            "\(column): \(count == 1 ? "only one group has" : "no group has") \(minRows) rows, so none can be compared")
    }
}
