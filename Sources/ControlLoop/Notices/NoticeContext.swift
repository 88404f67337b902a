import Domain

/// What has to be known of the branch to say what happened: policy, and who answers for what.
struct NoticeContext: Sendable {
    let tip: ObjectID
    let tree: ObjectID
    let settings: RepositorySettings
    let order: [String]
    let environments: [String: Snapshot.Entry<Environment>]
    let gates: [String: Snapshot.Entry<Gate>]
    let models: [String: Snapshot.ModelEntry]
    let datasets: [String: Snapshot.Entry<Dataset>]
    let author: Person
    /// Where the branch was rewritten: the commit up to which Martlet had read it.
    let rewritten: ObjectID?
    /// Which records are believed.
    let trust: RecordTrust
    /// Why records cannot be signed so that they count.
    let signingProblem: String?

    init(
        _ snapshot: Snapshot, author: Person, rewritten: ObjectID?, trust: RecordTrust, signingProblem: String?
    ) {
        tip = snapshot.revision
        tree = snapshot.tree
        settings = snapshot.settings
        order = snapshot.environmentsInOrder
        environments = snapshot.environments
        gates = snapshot.gates
        models = snapshot.models
        datasets = snapshot.datasets
        self.author = author
        self.rewritten = rewritten
        self.trust = trust
        self.signingProblem = signingProblem
    }

    func owners(of model: String) -> [String] { models[model]?.manifest.value.owners ?? [] }

    /// The files that the models' dependencies are looked for in: the usual ones, and those that a gate names.
    var locks: [String] {
        let asked = gates.values.flatMap(\.value.checks).filter { $0.check == ModelDependencies.check }
        let named = asked.flatMap { $0.settings.member("locks")?.items ?? [] }.compactMap(\.text)
        return ModelDependencies.locks + Set(named).subtracting(ModelDependencies.locks).sorted()
    }

    /// The environments that have a deployment of the model, and whose gate does not open without the check.
    func environments(requiring check: String, of model: String, _ reader: any ObjectReader) throws -> [String] {
        try order.filter { name in
            guard let gate = environments[name]?.value.gate(of: model).flatMap({ gates[$0] })?.value,
                gate.checks.contains(where: { $0.check == check && $0.required })
            else { return false }
            return try reader.entry(at: Snapshot.path(ofDeployment: model, in: name), in: tree) != nil
        }
    }
}

extension Controller {
    /// `nil` where nobody is to be told, nothing is known yet, or another controller acts.
    func noticeContext() async -> NoticeContext? {
        guard let snapshot, !snapshot.settings.notifications.isEmpty, !options.isDryRun else { return nil }
        if let lease, await !lease.isHeld { return nil }
        return NoticeContext(
            snapshot, author: author, rewritten: branchMemory.wasRewritten ? ledger.observed : nil, trust: trust,
            signingProblem: recordKeeping.signingProblem)
    }

    /// The versions that run somewhere, by model.
    func pinnedRevisions() -> [String: Set<ObjectID>] {
        var pins: [String: Set<ObjectID>] = [:]
        for deployments in (snapshot?.deployments ?? [:]).values {
            for (model, entry) in deployments {
                if let revision = entry.value.pin?.revision { pins[model, default: []].insert(revision) }
            }
        }
        return pins
    }
}
