import Data
public import Domain

/// I4: metrics keep their bounds, and are not worse than those of the version that runs now.
///
/// Decided on intervals: a bound inside the interval is inconclusive, with the number of rows that would settle it, and so is any bound of
/// a metric of which no interval is known.
/// Rows and labels are held against the evaluation data, where it has the columns. Changes are measured on the rows that both versions
/// predicted, matched by id, and against the best of the last versions too, so that a row of small losses does not pass. A metric that
/// names no margin has one of 1 %; where its change cannot be measured that is a warning, while a margin that is named has to be shown,
/// and of the same data rows have to be the same. With `clusterBy` rows of one entity are drawn
/// together, so that many rows of few entities are not taken for much evidence.
public struct QualityGate: Check {
    public static let id = "infra.quality-gate"
    public static let reads: [DeclaredFile] = [.predictions]
    public static let summary = "Metrics keep their bounds, and do not fall against the version that runs now."
    public static let version = 8
    public static let looksAt: Set<CheckInput> = [.deployed, .earlier]

    let metrics: [String: Threshold]
    let clusterBy: String?
    let compare: Compared
    let margin: Double
    let bestOf: Int
    let minCoverage: Double

    /// Which metrics are compared with versions that ran before.
    public enum Compared: String, FieldChoice {
        case all
        /// Those that name a margin.
        case named
    }

    /// Fewer clusters than this say too little of those to come.
    private static let fewestClusters = 10

    /// What one metric has to keep.
    public struct Threshold: Hashable, Sendable, FieldGroup {
        let min: Double?
        let max: Double?
        let maxDrop: Double?
        let maxRelativeDrop: Double?
        let confidence: Double
        let by: Measure

        public init(_ fields: Fields) throws(FieldErrors) {
            min = fields.optional("min", "the least value")
            max = fields.optional("max", "the greatest value")
            maxDrop = fields.optional(
                "maxDrop", within: .atLeast(0), "how much worse than the version that runs now it may be")
            maxRelativeDrop = fields.optional(
                "maxRelativeDrop", within: .between(0, 1), "the same as a share of that version's value")
            confidence = fields.value(
                "confidence", default: 0.95, within: .inside(0, 1), "how sure the verdict has to be")
            by = fields.value("by", default: .interval, "whether the interval or the bare value decides")
            if min == nil, max == nil, maxDrop == nil, maxRelativeDrop == nil {
                fields.complain(
                    about: "min", "the metric has no bound", hint: "give min, max, maxDrop or maxRelativeDrop")
            }
        }

        var asksForChange: Bool { maxDrop != nil || maxRelativeDrop != nil }
    }

    public enum Measure: String, FieldChoice { case interval, value }

    public init(_ fields: Fields) throws(FieldErrors) {
        metrics = fields.value("metrics", default: [:], "the bounds by metric, such as auc: {min: 0.9, maxDrop: 0.01}")
        for (name, threshold) in metrics.sorted(by: { $0.key < $1.key }) where threshold.asksForChange {
            fields.requireDirection(of: name, about: "metrics")
        }
        clusterBy = fields.optional("clusterBy", "a column that names what rows depend on, such as a person")
        compare = fields.value(
            "compare", default: .all,
            "whether all metrics are compared with the version that runs now, or only those that name a maxDrop")
        margin = fields.value(
            "margin", default: 0.01,
            within: .between(0, 1),
            "how much worse a metric that names no maxDrop may be, as a share of the other version's value")
        bestOf = fields.value(
            "bestOf", default: 5,
            within: .between(1, Subject.mostEarlier + 1),
            "compare with the best of so many versions that ran well here last; 1 is the one that runs now")
        minCoverage = fields.coverage
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard !metrics.isEmpty else {
            return Outcome(.skipped, "no thresholds configured; give metrics: {auc: {min: 0.9, maxDrop: 0.01}}")
        }
        return try await Outcome.from {
            let (predictions, departures) = try await subject.judgedPredictions(
                clusterBy: clusterBy, atLeast: minCoverage)
            if let clusterBy, let clusters = predictions.clusterCount, clusters < Self.fewestClusters {
                throw MissingEvidence("\(clusters) clusters by \(clusterBy), fewer than \(Self.fewestClusters)")
            }
            let all = Evaluation.metrics(of: predictions, named: Set(metrics.keys))
            let changes = try await changes(subject, predictions)
            var findings = changes.flatMap { gap(of: $0) }.map { [$0] } ?? []
            findings += departures + subject.doubts(about: predictions)
            findings += [changes?.overlap?.finding(atLeast: minCoverage)].compactMap(\.self)
            var measurements: [(String, JSON)] = [("rows", .int(predictions.rowCount))], texts: [String] = []
            if let clusters = predictions.clusterCount { measurements.append(("clusters", .int(clusters))) }
            for (name, threshold) in metrics.sorted(by: { $0.key < $1.key }) {
                do throws(MissingEvidence) {
                    guard
                        let reading = try MetricReading(
                            name, of: predictions, in: all, confidence: threshold.confidence)
                    else {
                        findings.append(.unknown(name, all, subject.manifest.task))
                        continue
                    }
                    let tested = changes?.rivals(of: name).map { threshold.test($0, margin) } ?? []
                    measurements.append((name, reading.json(with: tested)))
                    texts.append(reading.text)
                    findings += bounds(reading, threshold, rows: predictions.rowCount)
                    findings += tested.compactMap { $0.finding(threshold) }
                    if let changes, changes.gap == nil, tested.isEmpty { findings += gap(of: name, threshold) }
                } catch { findings.append(Finding(.inconclusive, error.message)) }
            }
            return Outcome(findings, otherwise: texts.joined(separator: ", "), measurements: .object(measurements))
        }
    }

    private func bounds(_ reading: MetricReading, _ threshold: Threshold, rows: Int) -> [Finding] {
        var findings: [Finding] = []
        if let min = threshold.min {
            let verdict =
                threshold.by == .value ? (reading.value >= min ? .pass : .fail) : reading.verdict(atLeast: min)
            findings += [.bound(reading, "<", min, verdict, rows)].compactMap { $0 }
        }
        if let max = threshold.max {
            let verdict = threshold.by == .value ? (reading.value <= max ? .pass : .fail) : reading.verdict(atMost: max)
            findings += [.bound(reading, ">", max, verdict, rows)].compactMap { $0 }
        }
        return findings
    }

    // MARK: Against versions that ran before

    private func isCompared(_ name: String, _ threshold: Threshold) -> Bool {
        threshold.asksForChange || compare == .all && MetricDirection(of: name) != .neither
    }

    /// `nil` where nothing runs, or nothing is compared.
    private func changes(_ subject: Subject, _ predictions: Predictions) async throws -> QualityChanges? {
        let names = metrics.filter { isCompared($0.key, $0.value) }.map(\.key).sorted()
        guard !names.isEmpty, let deployed = subject.deployed else { return nil }
        return try await QualityChanges(
            of: names, to: predictions, of: subject, from: deployed, or: Array(subject.earlier.prefix(bestOf - 1)),
            clusterBy: clusterBy)
    }

    /// Where no change can be measured: only a margin that is named has to be shown, but rows that should be those of the version that
    /// runs and are not are no excuse.
    private func gap(of changes: QualityChanges) -> Finding? {
        changes.gap.map { gap in
            let isAsked = gap.verdict == .error || metrics.values.contains { $0.asksForChange }
            return Finding(isAsked || changes.isOfSameData ? gap.verdict : .warn, gap.message)
        }
    }

    /// The same of one metric.
    private func gap(of name: String, _ threshold: Threshold) -> [Finding] {
        guard isCompared(name, threshold) else { return [] }
        let words = "the change of \(name) cannot be tested; bound it with min or max, or another metric's change"
        return [Finding(threshold.asksForChange ? .inconclusive : .warn, words)]
    }
}

extension MetricReading {
    /// With the changes from other versions, signed so that more is better.
    fileprivate func json(with tested: [TestedChange]) -> JSON {
        .object(
            (json.members ?? []) + tested.map { JSON.Member($0.rival.isBest ? "change_from_best" : "change", $0.json) })
    }
}

extension Finding {
    fileprivate static func unknown(_ name: String, _ metrics: Metrics, _ task: ModelTask) -> Finding {
        let known = metrics.values.map(\.name)
        let near = Suggestion.nearest(to: name, in: known).map { "did you mean '\($0)'? " } ?? ""
        return Finding(
            .fail,
            "the gate asks for '\(name)', which a model of the task \(task.rawValue) does not have: \(near)"
                + "change the gate; there are \(known.joined(separator: ", "))")
    }

    fileprivate static func bound(
        _ reading: MetricReading, _ sign: String, _ bound: Double, _ verdict: Verdict, _ rows: Int
    ) -> Finding? {
        let message: String
        switch verdict {
        case .pass: return nil
        case .fail: message = "\(reading.text) \(sign) \(bound.brief)"
        default:
            guard !reading.isBare else {
                let words =
                    "no interval of \(reading.name) is known on \(rows.grouped) rows, and without one nothing says how far chance"
                return Finding(
                    verdict,
                    "\(reading.text): \(words) reaches; bound another metric, or let the bare value decide (by: value)",
                    value: reading.value, threshold: bound)
            }
            let needed =
                reading.rowsNeeded(for: bound, rows: rows).map { "; about \($0.grouped) would settle it" } ?? ""
            message = "\(reading.text): \(rows.grouped) rows are too few to tell it from \(bound.brief)\(needed)"
        }
        return Finding(verdict, message, value: reading.value, threshold: bound)
    }
}
