import Data
public import Domain

/// M4: what an older model costs is known: earlier ones are measured on the data of this one.
///
/// Ages and predictions come from the repository's history, so nobody has to keep a table. The whole curve is in the measurements, and
/// so with the evidence in Git.
public struct StalenessImpact: Check {
    public static let id = "model.staleness-impact"
    public static let version = 4
    public static let summary =
        "How much quality older versions lose on today's data is measured, and the cadence fits it."
    public static let looksAt: Set<CheckInput> = [.history, .clock]

    let metric: String?
    let versions: Int
    let minAges: Int
    let cadence: Duration?
    let maxLoss: Double
    let maxAge: Duration
    let field: String

    public init(_ fields: Fields) throws(FieldErrors) {
        metric = fields.optional(
            "metric", "the metric; without it auc or accuracy, rmse for a regression, ndcg for a ranking")
        versions = fields.value(
            "versions", default: 10, within: .between(1, VersionHistory.most), "how many earlier models to look at")
        minAges = fields.value(
            "minAges", default: 3, within: .atLeast(2), "how many ages a curve needs, this version's included")
        cadence = fields.optional("cadence", "how often the model is retrained")
        maxLoss = fields.value(
            "maxLoss", default: 0.01, within: .between(0, 1), "the loss that is accepted, as a share")
        maxAge = fields.value(
            "maxAge", default: .seconds(180 * 86_400),
            "how old this version may be before its curve tells nothing of today")
        field = fields.value(
            "field", default: "data_until",
            "the field of the params file that says up to when the data goes; else trained_at, or the artifact's commit"
        )
        fields.requireDirection(of: metric, about: "metric")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let evaluation = subject.manifest.evaluation, let path = evaluation.predictions else {
            return Outcome(.skipped, "no predictions configured; name the file in spec.evaluation.predictions")
        }
        return try await Outcome.from {
            let now = try await subject.readPredictions()
            let metrics = Evaluation(of: now).metrics
            let name = metric ?? subject.manifest.task.standardMetric(among: metrics)
            let measuredAt: Timestamp, history: [VersionHistory.Entry]
            do {
                measuredAt = try await subject.tools.store.read { [revision = subject.version.revision] reader in
                    try reader.commit(revision).author.time
                }
                history = try await VersionHistory.models(of: subject, atMost: versions + 1)
            } catch {
                throw MissingEvidence("the history of \(subject.version.title) cannot be read: \(error)")
            }
            var points: [StalenessCurve.Point] = [], left: [String] = []
            let births = try await births(history, subject, noting: &left)
            for (entry, birth) in zip(history, births).dropFirst() {
                do {
                    let days = try Self.days(from: birth, to: births[0])
                    let before = try await predictions(entry.version, path, subject)
                    points.append(try .init(entry.version, days: days, of: name, from: before, to: now))
                } catch {
                    guard let gap = Finding(gap: error) else { throw error }
                    left.append("\(entry.version.revision.short): \(gap.message)")
                }
            }
            guard points.count + 1 >= minAges else {
                let why = left.first.map { "; \($0)" } ?? ""
                throw MissingEvidence(
                    "\(points.count) earlier models could be measured on this one's data, \(minAges - 1) are needed\(why)"
                )
            }
            return outcome(StalenessCurve(points), name, metrics[name] ?? 0, measuredAt, left, subject)
        }
    }

    /// When a model was made: as its params say, and as its artifact's commit does.
    private struct Birth {
        let declared: TrainingDate?
        let committed: Timestamp
    }

    private func births(
        _ history: [VersionHistory.Entry], _ subject: Subject, noting left: inout [String]
    ) async throws -> [Birth] {
        var births: [Birth] = []
        for entry in history {
            var declared: TrainingDate?
            do { declared = try await subject.trainingDate(of: entry.version, field: field) } catch {
                guard let gap = Finding(gap: error) else { throw error }
                left.append("\(entry.version.revision.short): \(gap.message)")
            }
            births.append(Birth(declared: declared, committed: entry.commit.author.time))
        }
        return births
    }

    /// By the same field of both, else by their commits.
    private static func days(from old: Birth, to new: Birth) throws -> Double {
        let isDeclared = old.declared != nil && old.declared?.field == new.declared?.field
        let age =
            isDeclared
            ? (new.declared?.moment ?? new.committed) - (old.declared?.moment ?? old.committed)
            : new.committed - old.committed
        guard age > .zero else { throw MissingEvidence("it is not older than this version") }
        return age.days
    }

    private func predictions(_ version: ModelVersion, _ path: String, _ subject: Subject) async throws -> Predictions {
        guard let content = try await subject.tools.file(version, path), let evaluation = subject.manifest.evaluation
        else { throw MissingEvidence("it has no \(path)") }
        return try Predictions(
            try ByteSource(content).all(atMost: 1 << 30), task: subject.manifest.task,
            columns: PredictionColumns(evaluation), format: .init(fileName: path))
    }

    private func outcome(
        _ curve: StalenessCurve, _ name: String, _ value: Double, _ measuredAt: Timestamp, _ left: [String],
        _ subject: Subject
    ) -> Outcome {
        let untilLoss = curve.days(untilLosing: maxLoss), untilCost = daysUntilCost(curve, subject.manifest)
        let oldest = curve.points[curve.points.count - 1]
        let words = oldest.text(name) + (cadence.map { "; declared retraining cadence is \($0.text)" } ?? "")
        return Outcome(
            findings(curve, oldest, words, untilLoss, measuredAt, subject.now),
            otherwise: words + advice(untilLoss, untilCost),
            measurements: [
                "metric": .string(name), "value": .double(value), "measured_at": .string(measuredAt.description),
                "max_loss": .double(maxLoss), "days_to_max_loss": JSON(untilLoss),
                "days_to_cost_of_training": JSON(untilCost),
                "recommended_cadence_days": JSON([untilLoss, untilCost].compactMap(\.self).min()),
                "declared_cadence_days": JSON(cadence?.days),
                "fit": ["line": "through age 0", "loss_per_day": .double(curve.lossPerDay)],
                "curve": .array(curve.points.map(\.json)), "left_out": .array(left.map(JSON.string)),
            ])
    }

    private func daysUntilCost(_ curve: StalenessCurve, _ manifest: Model) -> Double? {
        guard let cost = manifest.training.cost, let value = manifest.serving?.valuePerDay else { return nil }
        return curve.days(untilLosing: cost, of: value)
    }

    /// The cadence that both the loss that is accepted and the cost of a training allow.
    private func advice(_ untilLoss: Double?, _ untilCost: Double?) -> String {
        guard let shortest = [untilLoss, untilCost].compactMap(\.self).min() else { return "" }
        let reason = shortest == untilLoss ? "it has lost \(maxLoss.percent)" : "what it lost is worth a training"
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
                    .warn, "\(words), but \(maxLoss.percent) is lost after \(untilLoss.brief) days", value: untilLoss,
                    threshold: cadence.days))
        }
        return findings
    }
}
