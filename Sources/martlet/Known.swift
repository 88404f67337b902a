import ControlLoop
import Domain
import Git

extension Workspace {
    /// Throws where the shared repository has no such environment or model.
    func requireNames(of unit: Unit) async throws {
        try await remote.fetch(["refs/heads/\(branch)"])
        try await Known(self).require(unit)
    }
}

extension Unit {
    /// What a command did to a deployment, for programs.
    func json(and members: [(String, JSON)]) -> String {
        JSON.object([("environment", .string(environment)), ("model", .string(model))] + members).text(pretty: true)
    }
}

/// The environments and models that the protected branch has, to tell a slip of the fingers from nothing to show.
struct Known: Sendable {
    let environments: [String]
    let models: [String]

    /// Reads the names of the branch's files; none is opened.
    init(_ workspace: Workspace) async throws {
        let (branch, upstream) = (workspace.branch, workspace.remoteName)
        let paths = try await workspace.store.read { reader -> [String] in
            let tip =
                try reader.resolve("refs/heads/\(branch)") ?? reader.resolve("refs/remotes/\(upstream)/\(branch)")
            guard let tip else { throw LoopError.noBranch(branch) }
            let tree = try reader.commit(tip).tree
            var paths: [String] = []
            for (folder, manifest) in [("environments", "environment.yaml"), ("models", "model.yaml")] {
                guard let entry = try reader.entry(at: folder, in: tree), entry.mode == .tree else { continue }
                let damage = try reader.readableFiles(in: entry.id, prefix: folder + "/") { path, _ in
                    paths.append(path)
                }
                // A folder that cannot be read may well be what is asked for: it counts as though it held a manifest.
                paths += damage.map { "\($0.path)/\(manifest)" }
            }
            return paths
        }
        let places = paths.compactMap { ManifestPath.kind(of: $0) }
        let named = places.compactMap { $0.kind == Environment.kind ? $0.name : $0.environment }
        environments = Set(named).sorted()
        models = Set(places.filter { $0.kind == Model.kind || $0.kind == Deployment.kind }.map(\.name)).sorted()
    }

    /// Whether a model is called so, and no environment.
    func isModelAlone(_ name: String) -> Bool { models.contains(name) && !environments.contains(name) }

    /// Throws where a deployment's environment or model is not there.
    func require(_ unit: Unit) throws { try require(environment: unit.environment, model: unit.model) }

    /// Why there is nothing to say of a deployment. Throws where a name is wrong.
    func nothing(of unit: Unit, _ snapshot: Snapshot?) throws -> Refusal {
        try require(unit)
        let file = Snapshot.path(ofDeployment: unit.model, in: unit.environment)
        let settings = Snapshot.file(ofEnvironment: unit.environment)
        let isUnknown = snapshot?.environments[unit.environment] == nil
        if isUnknown, let problem = snapshot?.problem(in: settings) {
            return Refusal(
                message: "\(problem); it was never valid, so nothing says what \(unit.environment) is")
        }
        if let problem = snapshot?.problem(in: file) {
            return Refusal(
                message: "\(problem); it was never valid, so \(unit.environment) has no deployment of \(unit.model)")
        }
        guard let snapshot, snapshot.environments[unit.environment] == nil,
            snapshot.deployment(of: unit.model, in: unit.environment) != nil
        else { return Refusal(message: "\(unit.environment) has no deployment of \(unit.model) (\(file))") }
        return Refusal(
            message:
                "\(file) is there, but \(settings) is not: nothing says what \(unit.environment) is")
    }

    /// Throws where one of them is not there, with those that are.
    ///
    /// - Parameter past: Models that were there once.
    func require(environment: String? = nil, model: String? = nil, past: [String] = []) throws {
        if let environment, let model, !environments.contains(environment), environments.contains(model),
            models.contains(environment)
        {
            throw WrongUse(
                "'\(model)' is an environment and '\(environment)' a model: name them the other way round")
        }
        if let environment, !environments.contains(environment) {
            throw WrongUse(
                "There is no environment '\(environment)'. \(Self.words(for: environment, among: environments))")
        }
        if let model, !models.contains(model), !past.contains(model) {
            throw WrongUse("There is no model '\(model)'. \(Self.words(for: model, among: models))")
        }
    }

    /// The name that was meant, or a few of those that there are.
    static func words(for name: String, among names: [String]) -> String {
        if let near = Suggestion.nearest(to: name, in: names) { return "Did you mean '\(near)'?" }
        guard !names.isEmpty else { return "There is none." }
        let more = names.count > 10 ? " and \(names.count - 10) more" : ""
        return "There \(names.count == 1 ? "is" : "are"): \(names.prefix(10).joined(separator: ", "))\(more)."
    }
}
