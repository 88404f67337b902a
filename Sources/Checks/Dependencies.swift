public import Domain

/// O1: what the model depends on is pinned, those who answer for it were told of every change, and it is known who depends on it.
///
/// A change since the running version counts as told when one of `notifications:` in `martlet.yaml` has delivered it within `within`
/// of when Martlet saw it on the branch; or, with `acknowledged`, when `CHANGES.md` in the model's folder names it. Who calls the model
/// is what its serving log says, or a metric of Prometheus.
public struct Dependencies: Check {
    public static let id = ModelDependencies.check
    public static let reads: [DeclaredFile] = [.locks, .changes, .servingLog]
    public static let version = 5
    public static let summary =
        "Data, environment and artifact are pinned; owners were told what changed; callers are known."
    public static let looksAt: Set<CheckInput> = [.deployed, .notices, .clock]

    let locks: [String]
    let acknowledged: Bool
    let within: Duration
    let consumers: [String]
    let abandonedAfter: Duration
    let prometheus: CallerMetric?

    /// How far back callers are counted.
    private static let window = Duration.seconds(7 * 86_400)

    public init(_ fields: Fields) throws(FieldErrors) {
        locks = fields.value(
            "locks", default: ModelDependencies.locks,
            "files of the model's folder that pin its environment; none of them there is a warning, and none named is right where "
                + "there is nothing to pin")
        acknowledged = fields.value(
            "acknowledged", default: false,
            "whether CHANGES.md in the model's folder has to name a changed dependency, instead of a notice")
        within = fields.value("within", default: .seconds(900), "how soon owners must have been told of a change")
        if within <= .zero { fields.complain(about: "within", "must be longer than nothing") }
        consumers = fields.value(
            "consumers", default: [],
            "who may call the model, as the serving log or the metric names its client; * stands for anything; without any, all may"
        )
        abandonedAfter = fields.value(
            "abandonedAfter", default: .seconds(30 * 86_400), "after how long without a request the model is abandoned")
        if abandonedAfter <= .zero { fields.complain(about: "abandonedAfter", "must be longer than nothing") }
        prometheus = fields.optional(
            "prometheus", "a metric that counts the requests of each client, in place of the serving log")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        try await Outcome.from {
            var findings = pins(subject)
            if subject.manifest.owners.isEmpty {
                findings.append(Finding(.fail, "model.yaml names no owners: nobody would be told of a change"))
            }
            let hasData = subject.datasetNames.contains { subject.datasets[$0] != nil }
            var hasLock = locks.isEmpty
            for path in locks {
                guard let content = try await subject.tools.file(subject.version, path) else { continue }
                hasLock = true
                findings += DependencyPins.open(in: try RandomAccessBytes(content).all(atMost: 16 << 20), path).map {
                    line in
                    Finding(.fail, "\(path): '\(line.text.prefix(80))' pins no version", file: path, line: line.number)
                }
            }
            if !hasLock, !hasData, findings.isEmpty { findings.append(.nothingPinned(locks)) }
            let changes = try await changes(subject)
            findings += try await acknowledged ? unnamed(changes, subject) : untold(changes, subject)
            let callers = await callers(subject, &findings)
            if !hasLock, hasData { findings.append(.openEnvironment(locks)) }
            let names = changes.map(\.name).listed()
            return Outcome(
                findings,
                otherwise: changes.isEmpty
                    ? "everything it depends on is pinned and unchanged"
                    : "everything it depends on is pinned; owners know what changed: \(names)",
                measurements: .object(
                    [("changes", .array(changes.map { .string($0.name) }))]
                        + (callers.map { [("callers", .int($0))] } ?? [])))
        }
    }

    /// How many have called in the log's last seven days; `nil` where it does not say.
    private func callers(_ subject: Subject, _ findings: inout [Finding]) async -> Int? {
        do {
            if let prometheus { return try await metered(prometheus, subject, &findings) }
            guard let log = try await subject.servingLog(last: nil, anyVersion: true) else {
                guard consumers.isEmpty else {
                    throw MissingEvidence("consumers are declared, and no spec.serving.log says who calls")
                }
                return nil
            }
            let found = Consumers(log, last: Self.window, at: subject.now)
            findings += [found.abandoned(after: abandonedAfter, at: subject.now)].compactMap(\.self)
            findings += [try found.undeclared(consumers)].compactMap(\.self)
            return found.callers.isEmpty ? nil : found.callers.count
        } catch {
            findings.append(Finding(gap: error) ?? Finding(.error, "\(error)"))
            return nil
        }
    }

    /// The same as a metric says. What Prometheus no longer keeps it cannot count: it has to keep as much as `abandonedAfter`.
    private func metered(
        _ metric: CallerMetric, _ subject: Subject, _ findings: inout [Finding]
    ) async throws -> Int? {
        let (model, send) = (subject.version.model, subject.tools.send)
        let found = Consumers(try await metric.counts(of: model, last: Self.window, send) ?? [])
        if found.isSilent {
            guard let long = try await metric.counts(of: model, last: abandonedAfter, send) else {
                throw MissingEvidence(
                    "Prometheus has no series of requests to \(model); does prometheus.query name them?")
            }
            guard !Consumers(long).isSilent else {
                findings.append(
                    Finding(
                        .warn,
                        "abandoned model: Prometheus counts no request of the last \(abandonedAfter.text); who still needs it?",
                        value: 0, threshold: 0))
                return 0
            }
        }
        findings += [try found.undeclared(consumers)].compactMap(\.self)
        return found.isUnnamed ? nil : found.callers.count
    }

    private func pins(_ subject: Subject) -> [Finding] {
        subject.datasetNames.compactMap { name in
            guard let dataset = subject.datasets[name] else {
                return Finding(.inconclusive, "dataset '\(name)' has no data/\(name).yaml")
            }
            guard dataset.pointer.uri != nil, dataset.pointer.sha256 == nil else { return nil }
            return Finding(.fail, "dataset '\(name)' has an address without sha256: what it leads to can change")
        }
    }

    /// Something that is another than in the version that runs now.
    private struct Difference {
        let path: String
        let blob: ObjectID?
        var name: String { DependencyChange.name(of: path) }
    }

    private func changes(_ subject: Subject) async throws -> [Difference] {
        guard let deployed = subject.deployed else { return [] }
        let (old, new, locks) = (deployed.version, subject.version, locks)
        let schemas = (old: deployed.manifest.schema, new: subject.manifest.schema)
        let before = try await deployed.tools.store.read {
            try ModelDependencies.blobs(of: old, schema: schemas.old, locks: locks, $0)
        }
        let after = try await subject.tools.store.read {
            try ModelDependencies.blobs(of: new, schema: schemas.new, locks: locks, $0)
        }
        return ModelDependencies.differences(before, after).map { Difference(path: $0, blob: after[$0]) }
    }

    private func unnamed(_ changes: [Difference], _ subject: Subject) async throws -> [Finding] {
        guard !changes.isEmpty else { return [] }
        let notes = try await subject.tools.file(subject.version, "CHANGES.md")
        let text =
            try notes.map { String(decoding: try RandomAccessBytes($0).all(atMost: 1 << 20), as: UTF8.self) } ?? ""
        return changes.filter { !text.contains($0.name) }.map {
            Finding(.fail, "\($0.name) changed since \(subject.deployedTitle), and CHANGES.md does not name it")
        }
    }

    /// What owners were not told, or too late.
    private func untold(_ changes: [Difference], _ subject: Subject) async throws -> [Finding] {
        guard !changes.isEmpty else { return [] }
        let (revision, tip) = (subject.version.revision, subject.tip)
        let pushed = try await subject.tools.store.read { reader -> Timestamp? in
            guard let commit = try? reader.commit(revision), (try? reader.commit(tip)) != nil else { return nil }
            return try reader.reaches(revision, from: tip) ? commit.committer.time : nil
        }
        guard let pushed else {
            let names = changes.map(\.name).listed()
            return [
                Finding(
                    .warn, "changed since \(subject.deployedTitle): \(names); owners are told once it is on the branch")
            ]
        }
        let record = try await subject.tools.dependencies(subject.version.model)
        return changes.compactMap { untold($0, record, pushed: pushed, subject) }
    }

    private func untold(
        _ change: Difference, _ record: DependencyRecord?, pushed: Timestamp, _ subject: Subject
    ) -> Finding? {
        let what = "\(change.name) changed since \(subject.deployedTitle)"
        guard let record else {
            return Finding(
                .fail, "\(what); no owner was notified: martlet.yaml has no notifications, or no controller has run")
        }
        guard let known = record.changes.first(where: { $0.path == change.path && $0.blob == change.blob }) else {
            return subject.now - pushed <= within
                ? Finding(.error, "\(what); whom to tell is not looked at yet")
                : Finding(.fail, "\(what); no owner was notified")
        }
        guard let told = known.told.values.min() else {
            let age = subject.now - known.seen
            return age <= within
                ? Finding(.error, "\(what); its owners are being told")
                : Finding(.fail, "\(what) (seen \(Self.text(age)) ago); no owner was notified")
        }
        let delay = told - known.seen
        guard delay > within else { return nil }
        return Finding(
            .fail, "\(what); owners were notified after \(Self.text(delay)), allowed \(within.text)",
            value: Double(delay.milliseconds) / 1000, threshold: Double(within.milliseconds) / 1000)
    }

    /// In whole seconds.
    private static func text(_ time: Duration) -> String { Duration.seconds(time.milliseconds / 1000).text }
}

extension Subject {
    fileprivate var deployedTitle: String { deployed?.version.title ?? "nothing" }

    fileprivate var datasetNames: [String] {
        (manifest.training.data + [manifest.evaluation?.data].compactMap(\.self)).unique
    }
}

extension Finding {
    fileprivate static func openEnvironment(_ locks: [String]) -> Finding {
        Finding(
            .warn,
            "no file pins the environment that the model is made and run with: add one of \(locks.listed()), or name it in locks"
        )
    }

    fileprivate static func nothingPinned(_ locks: [String]) -> Finding {
        Finding(
            .inconclusive,
            "nothing says what the version depends on: name its data in spec.training.data, or add one of \(locks.listed())"
        )
    }
}
