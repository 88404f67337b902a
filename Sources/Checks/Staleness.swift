public import Domain

/// O4: the model is not too old: its age since training, against the cadence that was promised.
public struct Staleness: Check {
    public static let id = "monitor.staleness"
    public static let summary = "The version was trained recently enough."
    public static let looksAt: Set<CheckInput> = [.history, .clock]

    let maxAge: Duration?
    let cadence: Duration?
    let field: String

    public init(_ fields: Fields) throws(FieldErrors) {
        maxAge = fields.optional("maxAge", "the greatest age, such as 45d")
        cadence = fields.optional("cadence", "how often the model is retrained; one and a half times is too old")
        field = fields.value(
            "field", default: "data_until",
            "the field of the params file that says up to when the data goes; else trained_at")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        try await Outcome.from {
            let (since, source) = try await origin(of: subject)
            let age = subject.now - since
            let limit = maxAge ?? cadence.map { .milliseconds($0.milliseconds * 3 / 2) }
            let measurements: JSON = [
                "since": .string(since.description), "age_days": .double(Double(age.milliseconds) / 86_400_000),
            ]
            let words = "\(subject.version.title) is \(age.text) old (\(source) \(since))"
            if age < .zero {
                return Outcome(
                    .inconclusive, "\(words): that lies ahead; is the clock right?", measurements: measurements)
            }
            guard let limit else {
                let isOld = age > .seconds(30 * 86_400)
                return Outcome(
                    isOld ? [Finding(.warn, "\(words); no cadence is declared, 30d is assumed")] : [], otherwise: words,
                    measurements: measurements)
            }
            let finding = Finding(
                .fail, "\(words), more than \(limit.text)", value: Double(age.milliseconds) / 86_400_000,
                threshold: Double(limit.milliseconds) / 86_400_000)
            return Outcome(age > limit ? [finding] : [], otherwise: words, measurements: measurements)
        }
    }

    /// What the params file says, or when the version was committed.
    private func origin(of subject: Subject) async throws -> (Timestamp, String) {
        if let path = subject.manifest.training.params,
            let content = try await subject.tools.file(subject.version, path)
        {
            let yaml = FlatYAML(String(decoding: try ByteSource(content).all(atMost: 1 << 20), as: UTF8.self))
            for name in [field, "trained_at"] {
                guard let text = yaml.values[name] else { continue }
                guard let moment = Timestamp(text) ?? Timestamp(text + "T00:00:00Z") else {
                    throw MissingEvidence(
                        "\(path): \(name) is '\(text)', expected a moment such as 2026-11-21T09:30:00Z", file: path)
                }
                return (moment, name == field ? "its data goes up to" : "trained at")
            }
        }
        let revision = subject.version.revision
        do {
            return (try await subject.tools.store.read { try $0.commit(revision).author.time }, "committed at")
        } catch {
            throw MissingEvidence(
                "when \(subject.version.title) was trained is not known; add trained_at to its params")
        }
    }
}
