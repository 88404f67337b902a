public import Domain

/// The repository at the branch's tip, laid out for checks outside the loop: nothing is stored or moved.
public struct CheckContext: Sendable {
    public let snapshot: Snapshot
    let surroundings: Surroundings
    let catalog: VersionCatalog
    let evaluator: Evaluator
    let branch: String
    /// Which of the records here are believed.
    public let records: RecordTrust

    /// Reads the branch here, or where the clone last saw it at its remote: a CI job has checked out something else, and a branch that
    /// stayed behind would give rules that no longer hold.
    public init(_ surroundings: Surroundings, branch: String, remote: String? = nil) async throws {
        let (store, language) = (surroundings.store, surroundings.language)
        let tip = try await store.read { try Self.tip(of: branch, seenAt: remote, $0) }
        guard let tip else { throw LoopError.noBranch(branch) }
        snapshot = try await SnapshotBuilder(store: store, language: language).build(at: tip)
        let policy = try await store.read { [snapshot] in
            try RecordPolicy(snapshot.settings, tree: snapshot.tree, $0)
        }
        records = try await RecordTrust(
            policy, of: store, only: ["evidence", "status", "notices"], verify: surroundings.verify)
        self.surroundings = surroundings
        self.branch = branch
        catalog = VersionCatalog(store: store, language: language)
        evaluator = Evaluator(surroundings)
    }

    /// What of the records is not believed, and counts for nothing here.
    public var problems: [Diagnostic] { records.doubts.map(\.diagnostic) }

    /// The branch here, or as it was last seen at its remote where that is ahead.
    public static func tip(of branch: String, seenAt remote: String?, _ reader: any ObjectReader) throws -> ObjectID? {
        let seen = try remote.flatMap { try reader.resolve("refs/remotes/\($0)/\(branch)") }
        guard let own = try reader.resolve("refs/heads/\(branch)") else { return seen }
        guard let seen, try reader.reaches(own, from: seen) else { return own }
        return seen
    }

    /// The version of a model at a commit; without one, at the tip.
    func version(of model: String, at revision: ObjectID?) async throws -> KnownVersion {
        let revision = revision ?? snapshot.revision
        if let known = try await catalog.version(of: model, at: revision) { return known }
        let file = "models/\(model)/model.yaml"
        guard try await surroundings.store.read({ try $0.entry(at: file, in: $0.commit(revision).tree) }) != nil else {
            throw LoopError.notFound("there is no model '\(model)' at \(revision.short) (\(file))")
        }
        throw LoopError.unreadable("\(file) cannot be read at \(revision.short); martlet validate says more")
    }

    /// The same version by the commit that the environment's deployment names, where it runs there already: a later commit that shows the
    /// same content is another name of it.
    func running(_ known: KnownVersion, in environment: String?) async throws -> KnownVersion {
        guard let now = try await deployed(known.version.model, in: environment), now.isSameContent(as: known) else {
            return known
        }
        return now
    }

    func environment(_ name: String) throws -> Snapshot.Entry<Environment> {
        guard let environment = snapshot.environments[name] else {
            throw LoopError.notFound("there is no environment '\(name)' (environments/\(name)/environment.yaml)")
        }
        return environment
    }

    /// What a version replaced or would replace: what runs in the environment, or what ran before where that is `version`.
    func replaced(by version: KnownVersion, in environment: String?) async throws -> KnownVersion? {
        let now = try await deployed(version.version.model, in: environment)
        guard let now, now.isSameContent(as: version), let environment else { return now }
        let path = Snapshot.path(ofDeployment: version.version.model, in: environment)
        guard let place = ManifestPlace(path: path) else { return nil }
        let (tip, language, branch) = (snapshot.revision, surroundings.language, branch)
        let before = try await surroundings.store.read { reader -> Pin? in
            var last: ObjectID?
            var found: Pin?
            try reader.line(from: tip, of: branch) { commit in
                guard let entry = try reader.entry(at: path, in: commit.tree) else { return false }
                if entry.id != last {
                    let pin = try ParsedFile.read(place, entry, reader, language).deployment?.pin
                    found = pin.flatMap { $0.revision == now.version.revision ? nil : $0 }
                }
                last = entry.id
                return found == nil
            }
            return found
        }
        return try await readable(version.version.model, before, in: environment)
    }

    /// What is known of a model's deployments in an environment and in those before it, by environment.
    func statuses(of model: String, in environment: String?) async throws -> [String: DeploymentStatus] {
        guard let environment else { return [:] }
        let names = [environment] + (snapshot.environments[environment]?.value.from ?? [])
        let store = StatusStore(records)
        let known = try await surroundings.store.read { reader in
            try names.compactMap { name in
                try store.read(Unit(environment: name, model: model), reader).map { (name, $0) }
            }
        }
        return Dictionary(known) { first, _ in first }
    }

    /// The version that runs in an environment now.
    private func deployed(_ model: String, in environment: String?) async throws -> KnownVersion? {
        guard let environment else { return nil }
        return try await readable(model, snapshot.deployment(of: model, in: environment)?.value.pin, in: environment)
    }

    private func readable(_ model: String, _ pin: Pin?, in environment: String) async throws -> KnownVersion? {
        switch await catalog.deployed(model, pin) {
        case .nothing: return nil
        case .known(let known): return known
        case .unreadable(let pin, let why):
            throw LoopError.notFound(
                "\(model) \(pin.label), with which \(environment) compares, cannot be read: \(why)")
        }
    }
}
