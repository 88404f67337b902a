import Data
public import Domain

/// O7: predictions on served data are as good as they were at promotion, and not biased.
public struct PredictionQuality: Check {
    public static let id = "monitor.prediction-quality"
    public static let version = 3
    public static let summary = "Quality on served data, with labels that came later, has not fallen since promotion."
    public static let looksAt: Set<CheckInput> = [.clock, .label]

    let metric: String?
    let maxRelativeDrop: Double
    let minBias: Double
    let maxBias: Double
    let minLabelled: Double
    let minRows: Int
    let window: Duration?
    let maxAge: Duration?

    public init(_ fields: Fields) throws(FieldErrors) {
        metric = fields.optional("metric", "the metric; without it accuracy, or rmse for a regression")
        maxRelativeDrop = fields.value(
            "maxRelativeDrop", default: 0.02, within: .between(0, 1), "how much worse it may be, as a share")
        minBias = fields.value(
            "minBias", default: 0.9, within: .between(0, 1), "the least ratio of the mean prediction to the mean label")
        maxBias = fields.value("maxBias", default: 1.1, within: .atLeast(1), "the greatest such ratio")
        minLabelled = fields.value(
            "minLabelled", default: 0.9, within: .between(0, 1), "the least share of requests whose label has come")
        minRows = fields.value("minRows", default: 100, within: .atLeast(1), "fewer labelled requests say too little")
        window = fields.optional("window", "how far back from the newest request to look; without it, all")
        maxAge = fields.maxLogAge
        fields.requireDirection(of: metric, about: "metric")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let labels = subject.manifest.serving?.labels, subject.manifest.serving?.log != nil else {
            return Outcome(.skipped, "no served predictions configured; name spec.serving.log and spec.serving.labels")
        }
        return try await Outcome.from {
            let log = try await subject.freshLog(last: window, notOlderThan: maxAge)
            let table = try await subject.runTable(labels, "labels")
            let served = try ServedPredictions(
                log, table, labels, task: subject.manifest.task, positive: subject.manifest.evaluation?.positive)
            guard served.rows >= minRows, served.labelledShare >= minLabelled else {
                throw MissingEvidence(
                    "\(served.rows.grouped) of \(log.entries.count.grouped) requests have a label "
                        + "(\(served.labelledShare.percent)), expected \(minRows) and \(minLabelled.percent)",
                    file: labels)
            }
            let predictions = try served.predictions()
            let name = metric ?? subject.manifest.task.standardMetric()
            let now = Evaluation(of: predictions).metrics
            guard let reading = try MetricReading(name, of: predictions, in: now, confidence: 0.95) else {
                throw MissingEvidence("there is no metric '\(name)' of this task")
            }
            let before = Evaluation(of: try await subject.readPredictions()).metrics[name]
            guard let before else {
                throw MissingEvidence("\(name) at promotion is not known: no evaluation defines it")
            }
            let bias = served.bias
            return Outcome(
                drop(reading, from: before, rows: served.rows) + biasFindings(bias),
                otherwise: "served: \(reading.text) over \(served.rows.grouped) requests, \(before.brief) at promotion",
                measurements: [
                    "rows": .int(served.rows), "labelled": .double(served.labelledShare), name: reading.json,
                    "at_promotion": .double(before), "bias": JSON(bias?.ratio),
                ])
        }
    }

    private func drop(_ reading: MetricReading, from before: Double, rows: Int) -> [Finding] {
        let isHigherBetter = MetricDirection.isHigherBetter(reading.name)
        // Metrics such as r2 and mcc may be negative.
        let margin = maxRelativeDrop * abs(before)
        let bound = isHigherBetter ? before - margin : before + margin
        guard !reading.keeps(bound) else { return [] }
        let verdict = isHigherBetter ? reading.verdict(atLeast: bound) : reading.verdict(atMost: bound)
        let more = verdict == .fail ? "" : ", though chance could explain it"
        return [
            Finding(
                verdict == .fail ? .fail : .warn,
                "served (n = \(rows.grouped) labelled): \(reading.text), \(before.brief) at promotion\(more)",
                value: reading.value, threshold: bound)
        ]
    }

    private func biasFindings(_ bias: ServedPredictions.Bias?) -> [Finding] {
        guard let bias, bias.ratio < minBias || bias.ratio > maxBias else { return [] }
        return [
            Finding(
                bias.isSignificant ? .fail : .warn,
                "the mean prediction is \(bias.ratio.brief) times the mean label, expected \(minBias.brief) to \(maxBias.brief)"
                    + (bias.isSignificant ? "" : ", though chance could explain it"), value: bias.ratio,
                threshold: bias.ratio < minBias ? minBias : maxBias)
        ]
    }
}
