public import Domain

/// O4: the model is not too old: its age since training, against the cadence that was promised.
public struct Staleness: Check {
    public static let id = "monitor.staleness"
    public static let version = 2
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

    /// What the params file says, or when the artifact was committed.
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
        let (version, artifact) = (version, manifest.artifact)
        return try await tools.store.read { reader in
            let folder = "models/\(version.model)"
            let paths = artifact.path.map(ArtifactPointer.files) ?? []
            let named = artifact.path == nil ? artifact.sha256?.digits : nil
            func mark(_ tree: ObjectID) throws -> [ObjectID]? {
                var ids: [ObjectID] = []
                for path in paths where ids.isEmpty {
                    if let entry = try reader.entry(at: "\(folder)/\(path)", in: tree) { ids.append(entry.id) }
                }
                if let named, let manifest = try reader.entry(at: "\(folder)/model.yaml", in: tree)?.id,
                    String(decoding: try reader.blob(manifest, atMost: 1 << 22), as: UTF8.self).contains(named)
                {
                    ids.append(.zero)
                }
                return ids.isEmpty ? nil : ids
            }
            var brought: Commit?, wanted: [ObjectID]?, looked = 0
            try reader.firstParents(from: version.revision) { commit in
                looked += 1
                let now = try mark(commit.tree)
                if looked == 1 { wanted = now }
                guard let wanted, now == wanted, looked <= 100_000 else { return false }
                brought = commit
                return true
            }
            return brought
        }
    }
}
