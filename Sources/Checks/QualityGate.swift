import Data
public import Domain

/// I4: metrics keep their bounds, and are not worse than those of the version that runs now.
///
/// Decided on intervals: a bound inside the interval is inconclusive, with the number of rows that would settle it.
/// Changes are measured on the rows that both versions predicted, matched by id. With `clusterBy` rows of one entity are
/// drawn together, so that many rows of few entities are not taken for much evidence.
public struct QualityGate: Check {
    public static let id = "infra.quality-gate"
    public static let summary = "Metrics keep their bounds, and do not fall against the version that runs now."
    public static let version = 3
    public static let looksAt: Set<CheckInput> = [.deployed]

    let metrics: [String: Threshold]
    let clusterBy: String?

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
            maxDrop = fields.optional("maxDrop", "how much worse than the version that runs now it may be")
            maxRelativeDrop = fields.optional("maxRelativeDrop", "the same as a share of that version's value")
            confidence = fields.value("confidence", default: 0.95, "how sure the verdict has to be")
            by = fields.value("by", default: .interval, "whether the interval or the bare value decides")
            if confidence <= 0 || confidence >= 1 { fields.complain(about: "confidence", "must lie between 0 and 1") }
            for (name, drop) in [("maxDrop", maxDrop), ("maxRelativeDrop", maxRelativeDrop)] where (drop ?? 0) < 0 {
                fields.complain(about: name, "must not be negative: it says how much worse is still allowed")
            }
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
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard !metrics.isEmpty else {
            return Outcome(.skipped, "no thresholds configured; give metrics: {auc: {min: 0.9, maxDrop: 0.01}}")
        }
        return try await Outcome.from {
            let predictions = try await subject.readPredictions(clusterBy: clusterBy)
            if let clusterBy, let clusters = predictions.clusterCount, clusters < Self.fewestClusters {
                throw MissingEvidence("\(clusters) clusters by \(clusterBy), fewer than \(Self.fewestClusters)")
            }
            let all = Evaluation(of: predictions).metrics
            let changes = try await changes(subject, predictions)
            var findings = changes.gap.map { [$0] } ?? []
            var measurements: [(String, JSON)] = [("rows", .int(predictions.rowCount))], texts: [String] = []
            if let clusters = predictions.clusterCount { measurements.append(("clusters", .int(clusters))) }
            for (name, threshold) in metrics.sorted(by: { $0.key < $1.key }) {
                do throws(MissingEvidence) {
                    guard
                        let reading = try MetricReading(
                            name, of: predictions, in: all, confidence: threshold.confidence)
                    else {
                        findings.append(.unknown(name, all))
                        continue
                    }
                    let change = changes.found[name].flatMap { threshold.test($0) }
                    measurements.append((name, reading.json(with: change?.test)))
                    texts.append(reading.text)
                    findings += bounds(reading, threshold, rows: predictions.rowCount)
                    findings += [change?.finding(threshold), gap(of: name, threshold, changes, subject)].compactMap(
                        \.self)
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

    // MARK: Against the version that runs now

    private func changes(
        _ subject: Subject, _ predictions: Predictions
    ) async throws -> (found: [String: PairedChange], gap: Finding?) {
        let asked = metrics.filter { $0.value.asksForChange }.map(\.key).sorted()
        guard !asked.isEmpty, let deployed = subject.deployed else { return ([:], nil) }
        do {
            let before = try await deployed.readPredictions(clusterBy: clusterBy)
            return (try PairedChange.all(asked, from: before, to: predictions), nil)
        } catch {
            guard let gap = Finding(gap: error) else { throw error }
            let words = "the change from \(deployed.version.title) cannot be measured: \(gap.message)"
            return ([:], Finding(gap.verdict, words))
        }
    }

    /// Where a change is asked for that no test can show.
    private func gap(
        of name: String, _ threshold: Threshold, _ changes: (found: [String: PairedChange], gap: Finding?),
        _ subject: Subject
    ) -> Finding? {
        guard threshold.asksForChange, subject.deployed != nil, changes.gap == nil, changes.found[name] == nil else {
            return nil
        }
        return Finding(
            .inconclusive,
            "the change of \(name) cannot be tested; bound it with min or max, or another metric's change")
    }
}

extension QualityGate.Threshold {
    /// The change against the strictest margin that is set; `nil` where none is.
    fileprivate func test(_ change: PairedChange) -> TestedChange? {
        [maxDrop, maxRelativeDrop.map { $0 * abs(change.first) }].compactMap { $0 }.min().map { margin in
            TestedChange(change: change, test: change.nonInferiority(margin: margin, alpha: 1 - confidence))
        }
    }
}

/// A change, and whether it is shown to be no worse than allowed.
private struct TestedChange {
    let change: PairedChange
    let test: NonInferiority

    func finding(_ threshold: QualityGate.Threshold) -> Finding? {
        let alpha = 1 - threshold.confidence
        if threshold.by == .value {
            return test.gain >= -test.margin ? nil : .worse(change, test.margin, .fail, alpha, nil)
        }
        switch test.verdict {
        case .shown: return nil
        case .notShown: return .worse(change, test.margin, .fail, alpha, nil)
        case .inconclusive: return .worse(change, test.margin, .inconclusive, alpha, test.rowsNeeded)
        }
    }
}

extension MetricReading {
    /// With the change from the version that runs now, signed so that more is better.
    fileprivate func json(with test: NonInferiority?) -> JSON {
        guard let test, let members = json.members else { return json }
        let change: JSON = [
            "gain": .double(test.gain), "low": .double(test.bounds.lower), "high": .double(test.bounds.upper),
            "margin": .double(test.margin), "p_value": .double(test.pValue),
            "rows_needed": test.rowsNeeded.map(JSON.int) ?? .null,
        ]
        return .object(members + [JSON.Member("change", change)])
    }
}

extension Finding {
    fileprivate static func unknown(_ name: String, _ metrics: Metrics) -> Finding {
        let known = metrics.values.map(\.name)
        let near = Suggestion.nearest(to: name, in: known).map { "did you mean '\($0)'? " } ?? ""
        return Finding(.fail, "metric '\(name)' is not known: \(near)known are \(known.joined(separator: ", "))")
    }

    fileprivate static func bound(
        _ reading: MetricReading, _ sign: String, _ bound: Double, _ verdict: Verdict, _ rows: Int
    ) -> Finding? {
        let message: String
        switch verdict {
        case .pass: return nil
        case .fail: message = "\(reading.text) \(sign) \(bound.brief)"
        default:
            let needed =
                reading.rowsNeeded(for: bound, rows: rows).map { "; about \($0.grouped) would settle it" } ?? ""
            message = "\(reading.text): \(rows.grouped) rows are too few to tell it from \(bound.brief)\(needed)"
        }
        return Finding(verdict, message, value: reading.value, threshold: bound)
    }

    fileprivate static func worse(
        _ change: PairedChange, _ margin: Double, _ verdict: Verdict, _ alpha: Double, _ needed: Int?
    ) -> Finding {
        let more = needed.map { "; about \($0.grouped) rows would settle it" } ?? ""
        return Finding(
            verdict,
            "\(change.name) \(change.second.brief): not shown to be at most \(margin.brief) worse than "
                + "\(change.first.brief), which runs now; difference \(change.text(alpha: alpha))\(more)",
            value: change.difference, threshold: margin)
    }
}
