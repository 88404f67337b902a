public import Domain

/// M4: what an older model costs is known: earlier ones are measured on the data of this one.
///
/// The whole curve is in the measurements, and so with the evidence in Git.
public struct StalenessImpact: Check {
    public static let id = "model.staleness-impact"
    public static let reads: [DeclaredFile] = [.predictions, .params]
    public static let version = 7
    public static let summary =
        "How much quality older versions lose on today's data is measured, and the cadence fits it."
    public static let looksAt: Set<CheckInput> = [.history, .clock]

    let measure: StalenessMeasure
    let cadence: Duration?
    let maxAge: Duration

    public init(_ fields: Fields) throws(FieldErrors) {
        measure = StalenessMeasure(fields)
        cadence = fields.optional("cadence", "how often the model is retrained")
        maxAge = fields.value(
            "maxAge", default: .seconds(180 * 86_400),
            "how old this version may be before its curve tells nothing of today")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let path = subject.manifest.evaluation?.predictions else {
            return Outcome(
                .skipped,
                "no predictions configured; earlier versions are measured by their files: name one in spec.evaluation.predictions"
            )
        }
        return try await Outcome.from { outcome(try await measure.run(on: subject, path), subject) }
    }

    private func outcome(_ result: StalenessMeasure.Result, _ subject: Subject) -> Outcome {
        let (curve, name) = (result.curve, result.metric)
        let untilLoss = curve.days(untilLosing: measure.maxLoss), untilCost = daysUntilCost(curve, subject.manifest)
        let oldest = curve.points[curve.points.count - 1]
        let words = oldest.text(name) + (cadence.map { "; declared retraining cadence is \($0.text)" } ?? "")
        return Outcome(
            [result.doubt].compactMap(\.self)
                + findings(curve, oldest, words, untilLoss, result.measuredAt, subject.now),
            otherwise: words + advice(untilLoss, untilCost),
            measurements: [
                "metric": .string(name), "value": .double(result.value),
                "measured_at": .string(result.measuredAt.description),
                "max_loss": .double(measure.maxLoss), "days_to_max_loss": JSON(untilLoss),
                "days_to_cost_of_training": JSON(untilCost),
                "recommended_cadence_days": JSON([untilLoss, untilCost].compactMap(\.self).min()),
                "declared_cadence_days": JSON(cadence?.days),
                "fit": ["line": "through age 0", "loss_per_day": .double(curve.lossPerDay)],
                "curve": .array(curve.points.map(\.json)), "left_out": .array(result.left.map(JSON.string)),
            ])
    }

    private func daysUntilCost(_ curve: StalenessCurve, _ manifest: Model) -> Double? {
        guard let cost = manifest.training.cost, let value = manifest.serving?.valuePerDay else { return nil }
        return curve.days(untilCost: cost, worth: value)
    }

    /// The cadence that both the loss that is accepted and the cost of a training allow.
    private func advice(_ untilLoss: Double?, _ untilCost: Double?) -> String {
        guard let shortest = [untilLoss, untilCost].compactMap(\.self).min() else { return "" }
        let reason =
            shortest == untilLoss ? "it has lost \(measure.maxLoss.percent)" : "what it lost is worth a training"
        return "; advised: retrain after \(shortest.brief) days, when \(reason)"
    }

    private func findings(
        _ curve: StalenessCurve, _ oldest: StalenessCurve.Point, _ words: String, _ untilLoss: Double?,
        _ measuredAt: Timestamp, _ now: Timestamp
    ) -> [Finding] {
        var findings: [Finding] = []
        if now - measuredAt > maxAge {
            findings.append(
                Finding(
                    .inconclusive,
                    "\(words); that was measured \(measuredAt), more than \(maxAge.text) ago: measure on newer data",
                    value: (now - measuredAt).days, threshold: maxAge.days))
        }
        guard let cadence else { return findings }
        if oldest.days < cadence.days {
            findings.append(
                Finding(
                    .inconclusive,
                    "the oldest of \(curve.points.count) models is \(oldest.days.brief) days older; what a cadence of "
                        + "\(cadence.text) costs is not known", value: oldest.days, threshold: cadence.days))
        }
        if let untilLoss, cadence.days > untilLoss {
            findings.append(
                Finding(
                    .warn, "\(words), but \(measure.maxLoss.percent) is lost after \(untilLoss.brief) days",
                    value: untilLoss,
                    threshold: cadence.days))
        }
        return findings
    }
}
