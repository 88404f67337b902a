import Data
public import Domain

/// M5: no simpler model is as good.
///
/// Compares with the declared baseline on the same rows, and always with a constant answer, which knows only the labels. A gain of
/// less than `minGain` over a baseline that is measured, or else declared, faster, smaller or cheaper fails, however sure or unsure it is:
/// it costs more than it brings.
public struct SimplerBaseline: Check {
    public static let id = "model.simpler-baseline"
    public static let reads: [DeclaredFile] = [
        .predictions, .baselinePredictions, .measurements, .baselineMeasurements, .baselineLog, .baselineArtifact,
        .servingLog,
    ]
    public static let version = 10
    public static let looksAt: Set<CheckInput> = [.label]
    public static let summary = "The model is better than a simpler one, and than a constant answer."

    let file: String
    let metric: String?
    let minGain: Double
    let minHeadroom: Double
    let confidence: Double
    let minCoverage: Double

    public init(_ fields: Fields) throws(FieldErrors) {
        file = fields.value(
            "file", default: "metrics.json",
            "this model's measurements, to hold against spec.evaluation.baseline.measurements")
        metric = fields.optional(
            "metric", "the metric; without it auc or accuracy, rmse for a regression, ndcg for a ranking")
        minGain = fields.value(
            "minGain", default: 0, within: .atLeast(0), "how much better than the declared baseline it must be")
        minHeadroom = fields.value(
            "minHeadroom", default: 0.1, within: .between(0, 1),
            "the least share of the way from a constant answer to a perfect one")
        confidence = fields.value("confidence", default: 0.95, within: .inside(0, 1), "how sure the gain has to be")
        minCoverage = fields.coverage
        fields.requireDirection(of: metric, about: "metric")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let evaluation = subject.manifest.evaluation else {
            return Outcome(.skipped, "no evaluation configured; give spec.evaluation with predictions")
        }
        return try await Outcome.from {
            let (predictions, departures) = try await subject.judgedPredictions(atLeast: minCoverage)
            let metrics = Evaluation(of: predictions).metrics
            let name = metric ?? subject.manifest.task.standardMetric(among: metrics)
            guard let reading = try MetricReading(name, of: predictions, in: metrics, confidence: confidence) else {
                throw MissingEvidence("there is no metric '\(name)' of this task")
            }
            let constant = ConstantAnswer(name, of: predictions, metrics)
            guard constant != nil || evaluation.baseline != nil else {
                throw MissingEvidence(
                    "\(name) of a constant answer is not defined: name a simpler model in spec.evaluation.baseline")
            }
            var findings =
                departures + [metrics.missingScores(naming: metric)].compactMap(\.self)
                + (constant.map { headroom(reading, $0, evaluation.baseline != nil) } ?? [])
            var measurements: [(String, JSON)] = [(name, reading.json)]
            if let constant { measurements.append(("constant", .double(constant.value))) }
            if let baseline = evaluation.baseline {
                let other = try await simpler(subject, baseline.predictions, name)
                guard let change = try PairedChange.all([name], from: other, to: predictions)[name] else {
                    throw MissingEvidence("\(name) of the baseline cannot be computed", file: baseline.predictions)
                }
                let overlap = Overlap(
                    common: change.rows, of: other.rowCount, and: predictions.rowCount, with: "the baseline")
                let costs = try await subject.costs(against: baseline, file: file)
                findings += [overlap.finding(atLeast: minCoverage), gain(change, costs)].compactMap(\.self)
                if baseline.isMeasured, costs.isEmpty { findings.append(.incomparable(file)) }
                measurements.append(("baseline", .double(change.first)))
                if !costs.isEmpty { measurements.append(("costs", .array(costs.map(\.json)))) }
            }
            let against = evaluation.baseline == nil ? "a constant answer" : "the baseline"
            return Outcome(
                findings, otherwise: "\(reading.text) is better than \(against)", measurements: .object(measurements))
        }
    }

    /// The baseline's predictions; without scores where it has none and the metric asks for none.
    private func simpler(_ subject: Subject, _ path: String, _ metric: String) async throws -> Predictions {
        do { return try await subject.readPredictions(at: path, "baseline") } catch let gap as MissingEvidence {
            guard subject.manifest.task != .ranking,
                let bare = try? await subject.readPredictions(at: path, "baseline", withScores: false),
                Evaluation(of: bare).metrics[metric] != nil
            else { throw gap }
            return bare
        }
    }

    // MARK: A constant answer

    private func headroom(_ reading: MetricReading, _ answer: ConstantAnswer, _ hasBaseline: Bool) -> [Finding] {
        let (constant, perfect) = (answer.value, answer.perfect)
        guard perfect != constant else {
            if hasBaseline, ConstantAnswer.alwaysPerfect.contains(reading.name) { return [] }
            return [
                Finding(
                    .inconclusive,
                    "a constant answer has a perfect \(reading.name) here: name another metric, or spec.evaluation.baseline"
                )
            ]
        }
        let needed = constant + (perfect - constant) * minHeadroom
        let isBetter = perfect > constant ? reading.value > constant : reading.value < constant
        let open = perfect > constant ? reading.verdict(atLeast: needed) : reading.verdict(atMost: needed)
        let verdict = isBetter ? open : .fail
        guard verdict != .pass else { return [] }
        let more = verdict == .inconclusive ? "; there are too few rows to tell" : ""
        return [
            Finding(
                verdict,
                "\(reading.text) against \(constant.brief) of a constant answer: expected \(needed.brief) or better\(more)",
                value: reading.value, threshold: needed)
        ]
    }

    // MARK: The declared baseline

    private func gain(_ change: PairedChange, _ costs: [BaselineCost]) -> Finding? {
        let test = change.nonInferiority(margin: 0, alpha: 1 - confidence)
        let isEnough = change.isWithin(-minGain)
        if test.isSuperior, isEnough { return nil }
        let cost = costs.filter(\.isMore).map(\.words).joined(separator: " and ")
        let isTooLittle = test.gain <= 0 || test.isSuperior || !isEnough && !cost.isEmpty
        let needed = test.rowsForSuperiority.map { "; about \($0.grouped) would, if the gain stays" } ?? ""
        let so =
            test.isSuperior
            ? "better, but by less than \(minGain.brief)"
            : test.gain > 0 && isTooLittle
                ? "better by less than \(minGain.brief), if at all"
                : isTooLittle ? "not better" : "not shown to be better: there are too few rows to tell\(needed)"
        return Finding(
            isTooLittle ? .fail : .inconclusive,
            "\(change.name) \(change.second.brief) against \(change.first.brief) of the baseline: "
                + "difference \(change.text(alpha: 1 - confidence)); \(so)\(cost.isEmpty ? "" : ", and \(cost)")",
            value: change.difference, threshold: minGain)
    }
}

extension Finding {
    fileprivate static func incomparable(_ file: String) -> Finding {
        Finding(
            .warn,
            "what the baseline costs cannot be compared: of no latency, memory, size or price both have a figure; write them in \(file) "
                + "and in the baseline's measurements", file: file)
    }
}
