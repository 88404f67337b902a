public import Domain

/// O4: the model is not too old: its age since training, against the cadence that was promised.
public struct Staleness: Check {
    public static let id = "monitor.staleness"
    public static let version = 3
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
                "since": .string(since.description), "age_days": .double(age.days),
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
                .fail, "\(words), more than \(limit.text)", value: age.days,
                threshold: limit.days)
            return Outcome(age > limit ? [finding] : [], otherwise: words, measurements: measurements)
        }
    }

    /// What the params file says, or when the artifact was committed.
    private func origin(of subject: Subject) async throws -> (Timestamp, String) {
        if let date = try await subject.trainingDate(of: subject.version, field: field) {
            return (date.moment, date.field == field ? "its data goes up to" : "trained at")
        }
        guard let brought = try? await subject.artifactCommit() else {
            throw MissingEvidence(
                "when \(subject.version.title) was trained is not known; add trained_at to its params")
        }
        return (brought.author.time, "its artifact was committed at")
    }
}

extension Subject {
    /// The commit that brought the artifact's present bytes: what else changes in the folder makes the model no younger.
    ///
    /// `nil` where neither a path nor a digest says which bytes they are.
    fileprivate func artifactCommit() async throws -> Commit? {
        let (version, artifact, tools) = (version, manifest.artifact, tools)
        return try await tools.store.read { reader in
            func mark(_ tree: ObjectID) throws -> ArtifactMark? {
                guard let folder = try reader.entry(at: "models/\(version.model)", in: tree)?.id else { return nil }
                return try ArtifactMark(of: artifact, in: folder, reader)
            }
            var brought: Commit?, wanted: ArtifactMark?, looked = 0
            try reader.branch(from: version.revision, tools, by: { try mark($0.tree) }) { commit, now in
                looked += 1
                if looked == 1 { wanted = now }
                guard let wanted, now == wanted, looked <= 100_000 else { return false }
                brought = commit
                return true
            }
            return brought
        }
    }
}
