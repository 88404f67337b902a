import Data
public import Domain

/// O7: predictions on served data are as good as they were at promotion, and not biased, neither all nor those of a slice.
///
/// Where too few labels have come, quality is estimated from the scores. An estimate takes for granted that inputs still mean what
/// they meant, so one that holds is a warning, and one that fell is inconclusive: only labels can show either. The requests that are
/// worth a look are named in the measurements (``Candidates``).
///
/// Served data is looked at again and again. So intervals and p-values are those of a ``ConfidenceSequence``, which hold at all
/// looks together; with a window, at all in any stretch of time as long as the window.
public struct PredictionQuality: Check {
    public static let id = "monitor.prediction-quality"
    public static let reads: [DeclaredFile] = [.servingLog, .labels, .predictions]
    public static let version = 8
    public static let summary = "Quality on served data, with labels that came later, has not fallen since promotion."
    public static let looksAt: Set<CheckInput> = [.clock, .label]

    let metric: String?
    let maxRelativeDrop: Double
    let minBias: Double
    let maxBias: Double
    let slices: [String]
    let estimate: Bool
    let minLabelled: Double
    let minRows: Int
    let sequential: Bool
    let alpha: Double
    let window: Duration?
    let maxAge: Duration?

    public init(_ fields: Fields) throws(FieldErrors) {
        metric = fields.optional("metric", "the metric; without it accuracy, or rmse for a regression")
        maxRelativeDrop = fields.value(
            "maxRelativeDrop", default: 0.02, within: .between(0, 1), "how much worse it may be, as a share")
        minBias = fields.value(
            "minBias", default: 0.9, within: .between(0, 1), "the least ratio of the mean prediction to the mean label")
        maxBias = fields.value("maxBias", default: 1.1, within: .atLeast(1), "the greatest such ratio")
        slices = fields.value(
            "slices", default: [],
            "features in the serving log by whose values the bias is looked at, too; without them those of spec.evaluation.slices "
                + "that it has")
        estimate = fields.value(
            "estimate", default: true,
            "whether the quality of a binary classification is estimated from scores where labels have not come: a warning at best"
        )
        minLabelled = fields.value(
            "minLabelled", default: 0.9, within: .between(0, 1), "the least share of requests whose label has come")
        minRows = fields.value(
            "minRows", default: 100, within: .atLeast(1),
            "fewer labelled requests, of all or of a slice, say too little")
        sequential = fields.value(
            "sequential", default: true,
            "whether intervals hold at all looks together, however often served data is looked at, or each at its look alone"
        )
        alpha = fields.value(
            "alpha", default: 0.05, within: .inside(0, 1),
            "the chance of a false alarm over all looks, of the metric, of the bias and of the slices' biases; with a window over "
                + "as long as it; if not sequential, of each look")
        window = fields.optional(
            "window",
            "how far back from the newest request to look, if sequential up to a quarter further; without it, at all requests, "
                + "none of which the log may lose then")
        maxAge = fields.maxLogAge
        fields.requireDirection(of: metric, about: "metric")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let labels = subject.manifest.serving?.labels, subject.manifest.serving?.log != nil else {
            return Outcome(.skipped, "no served predictions configured; name spec.serving.log and spec.serving.labels")
        }
        var age = ""
        var outcome = try await Outcome.from {
            let log = try await log(subject)
            age = log.remarkOnAge(at: subject.now)
            let table = try await subject.runTable(labels, "labels")
            let served = try ServedPredictions(
                log, table, labels, task: subject.manifest.task, positive: subject.manifest.evaluation?.positive)
            let name = metric ?? subject.manifest.task.standardMetric()
            let candidates = { (slices: [(feature: String, value: String)]) in
                Candidates(
                    log, labels: served.labels, task: subject.manifest.task,
                    positive: subject.manifest.evaluation?.positive, slices: slices
                ).json
            }
            guard served.rows >= minRows, served.labelledShare >= minLabelled else {
                let gap = MissingEvidence(
                    "\(served.rows.grouped) of \(log.entries.count.grouped) requests have a label "
                        + "(\(served.labelledShare.percent)), expected \(minRows) and \(minLabelled.percent)",
                    file: labels)
                return try await late(name, served, log, subject, candidates([]), gap)
            }
            let predictions = try served.predictions()
            guard let reading = try reading(name, predictions) else {
                throw MissingEvidence("there is no metric '\(name)' of this task")
            }
            let before = Evaluation(of: try await subject.soundPredictions()).metrics[name]
            guard let before else {
                throw MissingEvidence("\(name) at promotion is not known: no evaluation defines it")
            }
            let bias = served.bias(within: minBias...maxBias, in: sequence), slices = sliceBiases(served, log, subject)
            return Outcome(
                drop(reading, from: before, predictions, served) + biasFindings(bias) + slices.findings,
                otherwise: "served: \(reading.text) over \(served.rows.grouped) requests, \(before.brief) at promotion"
                    + remark(on: reading),
                measurements: [
                    "rows": .int(served.rows), "labelled": .double(served.labelledShare), name: reading.json,
                    "looks": .string(reading.isForAllLooks ? "all" : "one"),
                    "at_promotion": .double(before), "bias": JSON(bias?.ratio),
                    "bias_by_slice": slices.json, "candidates": candidates(slices.failing),
                ])
        }
        outcome.summary += age
        return outcome
    }

    // MARK: Looks

    /// What intervals and p-values are of; `nil` where each look stands for itself.
    private var sequence: ConfidenceSequence? {
        sequential ? ConfidenceSequence(alpha: level, firstLook: minRows) : nil
    }

    /// The chance of a false alarm that each question may have. Looks through a window see several sequences, which share it.
    private var level: Double {
        sequential && window != nil ? alpha / Double(ServingLog.beginnings) : alpha
    }

    private func log(_ subject: Subject) async throws -> ServingLog {
        guard sequential, let window else { return try await subject.freshLog(last: window, notOlderThan: maxAge) }
        var log = try await subject.freshLog(last: nil, notOlderThan: maxAge)
        log.keep(sinceQuarterOf: window)
        return log
    }

    private func reading(_ name: String, _ predictions: Predictions) throws(MissingEvidence) -> MetricReading? {
        try MetricReading(
            name, of: predictions, in: Evaluation(of: predictions).metrics, confidence: 1 - alpha, sequence: sequence)
    }

    private func remark(on reading: MetricReading) -> String {
        guard sequential, !reading.isForAllLooks else { return "" }
        return "; of this look alone, for no interval of \(reading.name) is known that many looks leave true"
    }

    // MARK: Metric

    /// Of fewer rows of a label, areas and functions of rates are not normal, and their intervals are too narrow.
    private static let fewOfLabel = 30

    private func drop(
        _ reading: MetricReading, from before: Double, _ predictions: Predictions, _ served: ServedPredictions
    ) -> [Finding] {
        let isHigherBetter = MetricDirection.isHigherBetter(reading.name)
        // Metrics such as r2 and mcc may be negative.
        let margin = maxRelativeDrop * abs(before)
        let bound = isHigherBetter ? before - margin : before + margin
        guard !reading.keeps(bound) else { return [] }
        var verdict = isHigherBetter ? reading.verdict(atLeast: bound) : reading.verdict(atMost: bound)
        var more = verdict == .fail ? "" : ", though chance could explain it"
        if let rarest = served.rarest, rarest < Self.fewOfLabel, predictions.restsOnRarestLabel(reading.name) {
            verdict = .warn
            more =
                "; of \(rarest) rows of the rarest label no interval can be trusted, \(Self.fewOfLabel) are needed"
        }
        return [
            Finding(
                verdict == .fail ? .fail : .warn,
                "served (n = \(served.rows.grouped) labelled): \(reading.text), \(before.brief) at promotion\(more)"
                    + remark(on: reading), value: reading.value, threshold: bound)
        ]
    }

    // MARK: Bias

    private func biasFindings(_ bias: ServedPredictions.Bias?) -> [Finding] {
        bias.flatMap { finding($0, isSure: $0.pValue < level) }.map { [$0] } ?? []
    }

    private func finding(_ bias: ServedPredictions.Bias, of slice: String? = nil, isSure: Bool) -> Finding? {
        guard bias.ratio < minBias || bias.ratio > maxBias else { return nil }
        return Finding(
            isSure ? .fail : .warn,
            "\(slice.map { "slice \($0): " } ?? "")the mean prediction is \(bias.ratio.brief) times the mean label, "
                + "expected \(minBias.brief) to \(maxBias.brief)" + (isSure ? "" : ", though chance could explain it"),
            value: bias.ratio, threshold: bias.ratio < minBias ? minBias : maxBias)
    }

    /// Of all slices, whose tests are one family (Holm). Those of too few rows, or without a label to divide by, are a warning.
    private func sliceBiases(
        _ served: ServedPredictions, _ log: ServingLog, _ subject: Subject
    ) -> (findings: [Finding], failing: [(feature: String, value: String)], json: JSON) {
        let known = log.features
        var findings = slices.filter { !known.contains($0) }.map { stranger in
            let near = Suggestion.nearest(to: stranger, in: known).map { "; did you mean '\($0)'?" } ?? ""
            return Finding(.inconclusive, "\(log.path) has no feature '\(stranger)'\(near)", file: log.path)
        }
        let columns = (slices.isEmpty ? subject.manifest.evaluation?.slices ?? [] : slices).filter(known.contains)
        let all = columns.unique.map {
            (column: $0, values: served.biases(by: $0, within: minBias...maxBias, in: sequence))
        }
        var judged: [(slice: (feature: String, value: String), title: String, bias: ServedPredictions.Bias)] = []
        for (column, values) in all {
            var small: [String] = []
            for (value, rows, bias) in values {
                if let bias, rows >= minRows {
                    let title = "\(column)=\(Excerpt.line(value, limit: 40)) (n=\(rows.grouped))"
                    judged.append(((column, value), title, bias))
                } else {
                    small.append("\(Excerpt.line(value, limit: 40)) (\(rows.grouped))")
                }
            }
            if !small.isEmpty {
                findings.append(
                    Finding(
                        .warn,
                        "the bias of \(small.count) slice\(small.count == 1 ? "" : "s") of \(column) cannot be judged, with fewer "
                            + "than \(minRows) labelled requests or labels of 0 only: \(small.listed())"))
            }
        }
        let chances = MultipleTests.holm(judged.map(\.bias.pValue))
        let told = zip(judged, chances).map { ($0.slice, finding($0.bias, of: $0.title, isSure: $1 < level)) }
        findings += told.compactMap(\.1)
        let failing = told.filter { $0.1?.verdict == .fail }.map(\.0)
        let json = all.map { column, values in
            // Values come from callers: evidence must not grow with them.
            (
                column,
                JSON.object(
                    values.prefix(100).map {
                        (Excerpt.line($0.value), ["rows": .int($0.rows), "bias": JSON($0.bias?.ratio)])
                    })
            )
        }
        return (findings, failing, .object(json))
    }

    // MARK: Without labels

    /// What the labels that have come show, where that is worse than at promotion: they say more than scores. Else what the scores let
    /// expect, beside what they promised at promotion; `gap` where they say nothing.
    private func late(
        _ name: String, _ served: ServedPredictions, _ log: ServingLog, _ subject: Subject, _ candidates: JSON,
        _ gap: MissingEvidence
    ) async throws -> Outcome {
        let known = served.rows >= minRows ? try served.predictions() : nil
        let now = known.flatMap { try? self.reading(name, $0) }
        let canEstimate =
            estimate && subject.manifest.task == .binaryClassification && ExpectedQuality.metrics.contains(name)
            && log.entries.count >= minRows && log.entries.contains { $0.score != nil }
            && subject.manifest.evaluation != nil
        guard now != nil || canEstimate else { throw gap }
        let predictions = try await subject.soundPredictions(), metrics = Evaluation(of: predictions).metrics
        if let known, let now, let before = metrics[name], let fallen = drop(now, from: before, known, served).first {
            throw MissingEvidence("\(gap.message); of those that have one: \(fallen.message)", file: gap.file)
        }
        guard canEstimate, let evaluation = subject.manifest.evaluation else { throw gap }
        let reading = try MetricReading(name, of: predictions, in: metrics, confidence: 0.95)
        let path = evaluation.predictions ?? "predictions.csv"
        let table = try RunTable(try await subject.ownPredictions(), path: path)
        let positive = evaluation.positive
        let promised: ExpectedQuality, expected: ExpectedQuality
        do throws(MissingEvidence) {
            promised = try ExpectedQuality(table, evaluation.columns, positive: positive)
            expected = try ExpectedQuality(log, positive: positive)
        } catch { throw MissingEvidence("\(gap.message); no estimate: \(error.message)", file: error.file) }
        guard let reading, let then = promised[name], let now = expected[name] else { throw gap }
        let margin = maxRelativeDrop * abs(reading.value)
        let measurements: JSON = [
            "estimated": expected.json, "estimated_at_promotion": promised.json,
            "at_promotion": .double(reading.value), "candidates": candidates,
        ]
        let ends = reading.interval ?? Interval(lower: reading.value, upper: reading.value)
        let isCalibrated = then >= ends.lower - margin && then <= ends.upper + margin
        let words =
            "\(gap.message); the scores let expect \(name) \(now.brief) of \(expected.rows.grouped) requests, "
            + "\(reading.value.brief) at promotion"
        let finding =
            !isCalibrated
            ? Finding(
                .inconclusive,
                "\(gap.message); the scores are no estimate: at promotion they let expect \(name) \(then.brief), and it was "
                    + reading.text, file: gap.file)
            : Bound.isAtLeast(now, reading.value - margin)
                ? Finding(.warn, "\(words): an estimate that no drift of concepts would show", file: gap.file)
                : Finding(
                    .inconclusive, "\(words): an estimate, which only labels can show to be true", file: gap.file,
                    value: now, threshold: reading.value - margin)
        return Outcome([finding], otherwise: "", measurements: measurements)
    }
}
