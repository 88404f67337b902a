import Data
public import Domain

/// M4: what an older model costs is known: earlier versions are measured on the data of this one.
///
/// Ages and predictions come from the repository's history, so nobody has to keep a table.
public struct StalenessImpact: Check {
    public static let id = "model.staleness-impact"
    public static let version = 3
    public static let summary =
        "How much quality older versions lose on today's data is measured, and the cadence fits it."
    public static let looksAt: Set<CheckInput> = [.history]

    let metric: String?
    let versions: Int
    let minAges: Int
    let cadence: Duration?
    let maxLoss: Double

    public init(_ fields: Fields) throws(FieldErrors) {
        metric = fields.optional(
            "metric", "the metric; without it auc or accuracy, rmse for a regression, ndcg for a ranking")
        versions = fields.value(
            "versions", default: 10, within: .between(1, VersionHistory.most), "how many earlier versions to look at")
        minAges = fields.value(
            "minAges", default: 3, within: .atLeast(2), "how many ages a curve needs, this version's included")
        cadence = fields.optional("cadence", "how often the model is retrained")
        maxLoss = fields.value(
            "maxLoss", default: 0.01, within: .between(0, 1), "the loss that is accepted, as a share")
        fields.requireDirection(of: metric, about: "metric")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let evaluation = subject.manifest.evaluation, let path = evaluation.predictions else {
            return Outcome(.skipped, "no predictions configured; name the file in spec.evaluation.predictions")
        }
        return try await Outcome.from {
            let now = try await subject.readPredictions()
            let metrics = Evaluation(of: now).metrics
            let name =
                metric ?? subject.manifest.task.standardMetric(among: metrics)
            let history: [VersionHistory.Entry]
            do { history = try await VersionHistory.versions(of: subject, atMost: versions + 1) } catch {
                throw MissingEvidence("the history of \(subject.version.title) cannot be read: \(error)")
            }
            guard let newest = history.first else { throw MissingEvidence("\(subject.version.title) has no history") }
            var points: [Point] = [], left: [String] = []
            for entry in history.dropFirst() {
                let age = newest.commit.author.time - entry.commit.author.time
                do {
                    if let change = try await change(entry.version, path, subject, to: now, name), age > .zero {
                        points.append(Point(age: age, change: change))
                    }
                } catch {
                    left.append("\(entry.version.revision.short): \(Finding(gap: error)?.message ?? "\(error)")")
                }
            }
            guard points.count + 1 >= minAges else {
                let why = left.first.map { "; \($0)" } ?? ""
                throw MissingEvidence(
                    "\(points.count) earlier versions could be measured on this one's data, \(minAges - 1) are needed\(why)"
                )
            }
            return outcome(points, name, metrics[name] ?? 0)
        }
    }

    private struct Point {
        let age: Duration
        let change: PairedChange

        var days: Double { Double(age.milliseconds) / 86_400_000 }

        /// How much worse than today's, as a share; negative where the old one is better.
        var loss: Double { change.second == 0 ? 0 : change.gain / abs(change.second) }
    }

    private func change(
        _ version: ModelVersion, _ path: String, _ subject: Subject, to now: Predictions, _ name: String
    ) async throws -> PairedChange? {
        guard let content = try await subject.tools.file(version, path),
            let evaluation = subject.manifest.evaluation
        else { throw MissingEvidence("it has no \(path)") }
        let before = try Predictions(
            try ByteSource(content).all(atMost: 1 << 30), task: subject.manifest.task,
            columns: PredictionColumns(evaluation),
            format: .init(fileName: path))
        return try PairedChange.all([name], from: before, to: now)[name]
    }

    private func outcome(_ points: [Point], _ name: String, _ value: Double) -> Outcome {
        let oldest = points.max { $0.days < $1.days } ?? points[0]
        // A line through the origin: a version of age 0 loses nothing.
        let slope = points.reduce(0) { $0 + $1.days * $1.loss } / max(1e-9, points.reduce(0) { $0 + $1.days * $1.days })
        let days = slope > 0 ? maxLoss / slope : nil
        var findings: [Finding] = []
        if let cadence, oldest.days < Double(cadence.milliseconds) / 86_400_000 {
            findings.append(
                Finding(
                    .inconclusive,
                    "the oldest of \(points.count) versions is \(oldest.days.brief) days older; what a cadence of "
                        + "\(cadence.text) costs is not known", value: oldest.days,
                    threshold: Double(cadence.milliseconds) / 86_400_000))
        }
        if let cadence, let days, Double(cadence.milliseconds) / 86_400_000 > days {
            findings.append(
                Finding(
                    .warn,
                    "\(name) loses \(maxLoss.percent) in \(days.brief) days; the declared cadence is \(cadence.text)",
                    value: days, threshold: Double(cadence.milliseconds) / 86_400_000))
        }
        return Outcome(
            findings,
            otherwise:
                "a version \(oldest.days.brief) days older has \(name) \(oldest.change.first.brief) against \(value.brief)",
            measurements: [
                "metric": .string(name), "days_to_max_loss": JSON(days),
                "curve": .array(points.map { ["age_days": .double($0.days), "loss": .double($0.loss)] }),
            ])
    }
}
