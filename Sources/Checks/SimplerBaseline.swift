import Data
public import Domain

/// M5: no simpler model is as good.
///
/// Compares with the declared baseline on the same rows, and always with a constant answer, which knows only the labels.
public struct SimplerBaseline: Check {
    public static let id = "model.simpler-baseline"
    public static let version = 2
    public static let summary = "The model is better than a simpler one, and than a constant answer."

    let metric: String?
    let minGain: Double
    let minHeadroom: Double
    let confidence: Double

    public init(_ fields: Fields) throws(FieldErrors) {
        metric = fields.optional(
            "metric", "the metric; without it auc or accuracy, rmse for a regression, ndcg for a ranking")
        minGain = fields.value("minGain", default: 0, "how much better than the declared baseline it must be")
        minHeadroom = fields.value(
            "minHeadroom", default: 0.1, "the least share of the way from a constant answer to a perfect one")
        confidence = fields.value("confidence", default: 0.95, "how sure the gain has to be")
        if confidence <= 0 || confidence >= 1 { fields.complain(about: "confidence", "must lie between 0 and 1") }
        fields.requireDirection(of: metric, about: "metric")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let evaluation = subject.manifest.evaluation else {
            return Outcome(.skipped, "no evaluation configured; give spec.evaluation with predictions")
        }
        return try await Outcome.from {
            let predictions = try await subject.readPredictions()
            let metrics = Evaluation(of: predictions).metrics
            let name = metric ?? subject.manifest.task.standardMetric(among: metrics)
            guard let reading = try MetricReading(name, of: predictions, in: metrics, confidence: confidence) else {
                throw MissingEvidence("there is no metric '\(name)' of this task")
            }
            var findings = headroom(reading, metrics)
            var measurements: [(String, JSON)] = [(name, reading.json)]
            if let baseline = evaluation.baseline {
                let other = try await subject.readPredictions(at: baseline.predictions, "baseline")
                guard let change = try PairedChange.all([name], from: other, to: predictions)[name] else {
                    throw MissingEvidence("\(name) of the baseline cannot be computed", file: baseline.predictions)
                }
                findings += [gain(change)].compactMap { $0 }
                measurements.append(("baseline", .double(change.first)))
            }
            let against = evaluation.baseline == nil ? "a constant answer" : "the baseline"
            return Outcome(
                findings, otherwise: "\(reading.text) is better than \(against)", measurements: .object(measurements))
        }
    }

    // MARK: A constant answer

    /// The metric of the best constant answer, and of a perfect one; `nil` where the metric has no such reading.
    private func constant(_ name: String, _ metrics: Metrics) -> (constant: Double, perfect: Double)? {
        let rows = metrics["n"] ?? 0
        switch name {
        case "auc", "auc_ovr_macro", "auc_ovr_weighted", "auc_ovo_macro": return (0.5, 1)
        case "balanced_accuracy": return (1 / Double(max(2, metrics.perClass?.count ?? 2)), 1)
        case "mcc", "cohen_kappa", "r2": return (0, 1)
        case "accuracy":
            let counts =
                metrics.perClass?.compactMap { $0.metrics["support"] }
                ?? metrics["positives"].map { [$0, rows - $0] } ?? []
            return rows > 0 ? counts.max().map { ($0 / rows, 1) } : nil
        case "rmse", "mse":
            // R² = 1 - MSE/variance gives the error of the mean without reading the labels again.
            guard let r2 = metrics["r2"], let mse = metrics["mse"], r2 < 1 else { return nil }
            let variance = mse / (1 - r2)
            return (name == "mse" ? variance : variance.squareRoot(), 0)
        default: return nil
        }
    }

    private func headroom(_ reading: MetricReading, _ metrics: Metrics) -> [Finding] {
        guard let (constant, perfect) = constant(reading.name, metrics) else { return [] }
        guard perfect != constant else {
            return [Finding(.inconclusive, "a constant answer is perfect here: the labels are all the same")]
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

    private func gain(_ change: PairedChange) -> Finding? {
        let test = change.nonInferiority(margin: 0, alpha: 1 - confidence)
        if test.isSuperior, test.gain >= minGain { return nil }
        let isTooLittle = test.gain <= 0 || test.isSuperior
        let needed = test.rowsForSuperiority.map { "; about \($0.grouped) would, if the gain stays" } ?? ""
        let so =
            test.isSuperior
            ? "better, but by less than \(minGain.brief)"
            : isTooLittle ? "not better" : "not shown to be better: there are too few rows to tell\(needed)"
        return Finding(
            isTooLittle ? .fail : .inconclusive,
            "\(change.name) \(change.second.brief) against \(change.first.brief) of the baseline: "
                + "difference \(change.text(alpha: 1 - confidence)); \(so)",
            value: change.difference, threshold: minGain)
    }
}
