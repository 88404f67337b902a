import Data
public import Domain

/// O4: the model is not too old: its age since training, against the cadence that was promised and the loss that earlier models show.
///
/// What came after it is told, too: how old the model of each stage is says where a retraining has got stuck. A server that says which
/// version it serves must say the one that Git says.
public struct Staleness: Check {
    public static let id = "monitor.staleness"
    public static let reads: [DeclaredFile] = [.params, .predictions]
    public static let version = 5
    public static let summary =
        "The version was trained recently enough, and is the one that the environment's server says it serves."
    public static let looksAt: Set<CheckInput> = [.history, .verified, .deployed, .earlier, .environment, .clock]

    let maxAge: Duration?
    let cadence: Duration?
    let endpoint: String?
    let timeout: Duration
    let measure: StalenessMeasure

    public init(_ fields: Fields) throws(FieldErrors) {
        maxAge = fields.optional("maxAge", "the greatest age, such as 45d; nothing else then makes it too old")
        cadence = fields.optional("cadence", "how often the model is retrained; one and a half times is too old")
        endpoint = fields.serverAddress(
            "the environment's server, asked which version it serves; {model} is filled in. Without it, the one whose /v2/models/ "
                + "the environment's probe asks by HTTP")
        timeout = fields.answerTimeout()
        measure = StalenessMeasure(fields)
    }

    public func run(on subject: Subject) async throws -> Outcome {
        try await Outcome.from {
            guard let origin = try await subject.modelOrigin(field: measure.field) else {
                throw MissingEvidence(
                    "when \(subject.version.title) was trained is not known; add trained_at to its params")
            }
            let age = subject.now - origin.since
            let running = try await RunningVersion(of: subject, endpoint: endpoint)
            let who = subject.environment.flatMap { running?.version === subject ? "\($0.name) serves " : nil } ?? ""
            let head = "\(who)\(subject.version.title), \(origin.text) (\(age.text))"
            if age < .zero {
                return Outcome(.inconclusive, "\(head): that lies ahead; is the clock right?")
            }
            let loss = try await lossLimit(subject)
            let retrains = try await Retrains(after: subject)
            let stages = try await StageAge.all(of: subject, field: measure.field)
            let served = try await served(subject, running)
            return outcome(subject, head, age, origin, loss, retrains, stages, served)
        }
    }

    private typealias Served = (finding: Finding?, text: String?, json: JSON?)

    /// What the environment's server says that it serves; nothing where no server is known.
    private func served(_ subject: Subject, _ running: RunningVersion?) async throws -> Served {
        do {
            let served = try await ServedVersion(of: subject, running, timeout: timeout)
            return (served?.finding, served?.text, served?.json)
        } catch {
            guard Finding(gap: error) != nil || error is any Failure else { throw error }
            let title = running?.version.version.title ?? ""
            return (
                Finding(.inconclusive, "whether \(title) is what is served is not known: \(error)", mayChange: true),
                nil, nil
            )
        }
    }

    /// The age at which a model has lost as much as is accepted.
    private struct LossLimit {
        /// `nil` where models do not get worse, or nobody knows.
        var days: Double?
        var text: String?
        var json: JSON = .null
    }

    private func lossLimit(_ subject: Subject) async throws -> LossLimit {
        guard maxAge == nil, let path = subject.manifest.evaluation?.predictions else { return LossLimit() }
        do {
            let result = try await measure.run(on: subject, path)
            // Only where an older one has surely lost something, and not far beyond the ages that were measured.
            let oldest = result.curve.points.last { $0.interval.lower > 0 && $0.days >= 1 }?.days
            let days = oldest.flatMap { oldest in
                result.curve.days(untilLosing: measure.maxLoss).map { max(1, $0) }.flatMap {
                    $0 <= 2 * oldest ? $0 : nil
                }
            }
            return LossLimit(
                days: days,
                text: days.map { "\(measure.maxLoss.percent) \(result.metric) is lost after \($0.brief) days" },
                json: [
                    "metric": .string(result.metric), "max_loss": .double(measure.maxLoss), "days": JSON(days),
                    "ages": .int(result.curve.points.count + 1),
                ])
        } catch {
            // What cannot be measured sets no limit; a server that does not answer may yet.
            guard let gap = Finding(gap: error), gap.verdict != .error else { throw error }
            return LossLimit(json: ["unknown": .string(gap.message)])
        }
    }

    private func outcome(
        _ subject: Subject, _ head: String, _ age: Duration, _ origin: ModelOrigin, _ loss: LossLimit,
        _ retrains: Retrains?, _ stages: [StageAge], _ served: Served
    ) -> Outcome {
        let limit = maxAge?.days ?? [cadence.map { $0.days * 1.5 }, loss.days].compactMap(\.self).min()
        let others = stages.filter { $0.revision != subject.version.revision && $0.age < age }
        let facts = [
            cadence.map { "cadence \($0.text)" }, loss.text, retrains?.text,
            others.isEmpty ? nil : "younger ones: \(others.map(\.text).joined(separator: ", "))", served.text,
        ]
        let more = facts.compactMap(\.self).map { "; \($0)" }.joined()
        var findings = [served.finding].compactMap(\.self)
        if let limit, age.days > limit {
            findings.append(
                Finding(.fail, "\(head), more than \(limit.brief) days\(more)", value: age.days, threshold: limit))
        } else if limit == nil, age > .seconds(30 * 86_400) {
            findings.append(Finding(.warn, "\(head); no cadence is declared, 30d is assumed\(more)"))
        }
        if let cadence, let newest = retrains?.newest.commit.author.time, subject.now - newest > cadence {
            let late = subject.now - newest
            findings.append(
                Finding(
                    .warn, "\(head); the next retrain is late: the last came \(newest) (\(late.text))\(more)",
                    value: late.days, threshold: cadence.days))
        }
        if retrains?.text != nil { findings.append(Finding(.warn, head + more)) }
        return Outcome(
            findings, otherwise: head + more,
            measurements: [
                "since": .string(origin.since.description), "age_days": .double(age.days), "limit_days": JSON(limit),
                "cadence_days": JSON(cadence?.days), "loss": loss.json, "retrains": retrains?.json ?? .null,
                "stages": .array(stages.map(\.json)), "served": served.json ?? .null,
            ])
    }
}
