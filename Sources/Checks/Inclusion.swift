import Data
public import Domain

/// M7: groups of people are treated alike.
///
/// Fails only where the interval excludes the acceptable side; a group too small to judge is named, never passed over.
public struct Inclusion: Check {
    public static let id = "model.inclusion"
    public static let version = 3
    public static let summary = "Selection and error rates of groups differ no more than allowed."

    let columns: [String]
    let minRatio: Double?
    let maxEqualizedOdds: Double?
    let maxEqualOpportunity: Double?
    let maxPredictiveParity: Double?
    let maxAccuracyDifference: Double?
    let minRows: Int
    let minPositives: Int
    let confidence: Double
    let thin: Slices.Thin

    public init(_ fields: Fields) throws(FieldErrors) {
        columns = fields.value("columns", default: [], "the columns; without them those of spec.evaluation.sensitive")
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
    }

    public func run(on subject: Subject) async throws -> Outcome {
        let columns = columns.isEmpty ? subject.manifest.evaluation?.sensitive ?? [] : columns
        guard !columns.isEmpty else {
            return Outcome(.skipped, "no sensitive columns configured; name them in spec.evaluation.sensitive")
        }
        guard ![.regression, .ranking].contains(subject.manifest.task) else {
            return Outcome(
                .skipped, "rates of groups are defined for classifications; this is a \(subject.manifest.task.rawValue)"
            )
        }
        return try await Outcome.from {
            let predictions = try await subject.readPredictions(slices: columns, sensitive: columns)
            let evaluation = Evaluation(of: predictions)
            var findings: [Finding] = [], measurements: [(String, JSON)] = []
            for column in columns {
                let groups = groups(evaluation, column)
                let judged = groups.filter { $0.rows >= minRows }
                findings += groups.filter { $0.rows < minRows }.map { $0.insufficient(column, minRows, thin.verdict) }
                guard judged.count > 1 else {
                    findings.append(.tooFew(column, judged.count, minRows))
                    measurements.append((column, ["rows": .object(groups.map { ($0.name, .int($0.rows)) })]))
                    continue
                }
                findings += judged.flatMap { $0.insufficient(column, labels: minPositives, thin.verdict) }
                findings += unjudged(judged, column)
                let parities = parities(
                    judged, evaluation.fairness.contains { $0.column == column && !$0.groups.isEmpty })
                findings += parities.compactMap { $0.finding(column) }
                if judged.allSatisfy({ $0.counts?.selected == 0 }) { findings.append(.noneSelected(column)) }
                measurements.append((column, .object(parities.map { ($0.name, $0.json) })))
            }
            return Outcome(
                findings, otherwise: "groups of \(columns.joined(separator: ", ")) are treated alike",
                measurements: .object(measurements))
        }
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

/// The rows of one group.
struct FairnessGroup {
    let name: String
    let rows: Int
    let correct: Int
    let counts: BinaryCounts?

    init(name: String, counts: BinaryCounts) {
        self.name = name
        self.counts = counts
        rows = counts.rows
        correct = counts.correct
    }

    init(name: String, rows: Int, correct: Int) {
        self.name = name
        self.rows = rows
        self.correct = correct
        counts = nil
    }

    func insufficient(_ column: String, _ minRows: Int, _ verdict: Verdict) -> Finding {
        Finding(verdict, "group \(column)=\(name) has \(rows) rows, fewer than \(minRows): it cannot be judged")
    }

    /// Of a group that is large enough, the rates that have too few rows of a label.
    func insufficient(_ column: String, labels least: Int, _ verdict: Verdict) -> [Finding] {
        guard let counts else { return [] }
        return [("1", counts.positives, "true"), ("0", counts.negatives, "false")].filter { $0.1 < least }.map {
            Finding(
                verdict,
                "group \(column)=\(name) has \($0.1) rows of label \($0.0), fewer than \(least): its \($0.2) positive "
                    + "rate cannot be judged")
        }
    }
}

extension Finding {
    /// 0/0 is no ratio: a model that selects nobody treats nobody alike.
    fileprivate static func noneSelected(_ column: String) -> Finding {
        Finding(
            .inconclusive, "\(column): no row of any group is selected, so the ratio of selection rates is undefined")
    }

    fileprivate static func tooFew(_ column: String, _ count: Int, _ minRows: Int) -> Finding {
        Finding(
            .inconclusive,
            "\(column): \(count == 1 ? "only one group has" : "no group has") \(minRows) rows, so none can be compared")
    }
}
