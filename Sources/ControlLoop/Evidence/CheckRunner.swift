public import Domain

/// Runs the checks that gates ask for on one model version.
public struct CheckRunner: Sendable {
    private let context: CheckContext

    public struct Result: Sendable {
        public let model: String
        public let environment: String
        public let requirement: Gate.Requirement
        public let outcome: Outcome
        /// The file of the gate that asks, where one does: there the settings stand.
        public let gateFile: String?
        /// Whether the check was not run, as the model's manifest cannot be read.
        public let isUnreadable: Bool

        public var json: JSON {
            [
                "model": .string(model), "check": .string(requirement.check), "environment": .string(environment),
                "required": .bool(requirement.required),
                "verdict": .string(outcome.verdict.rawValue), "summary": .string(outcome.summary),
                "findings": .array(outcome.findings.map(\.json)), "measurements": outcome.measurements,
            ]
        }
    }

    public init(_ context: CheckContext) { self.context = context }

    /// - Parameters:
    ///   - environment: Whose gate to take; `nil` takes those of the environments that come straight from `models/`.
    ///   - tell: Is called before each check.
    public func run(
        _ model: String, environment: String?, only: Set<String>, revision: ObjectID?,
        tell: (_ model: String, _ check: String) -> Void = { _, _ in }
    ) async throws -> [Result] {
        let known = try await context.version(of: model, at: revision)
        return try await run(model, known, environment: environment, only: only, tell)
    }

    /// How many checks are asked for of a model.
    public func checks(of model: String, environment: String?, only: Set<String>) -> Int {
        environments(environment).reduce(0) { count, name in
            let settings = context.snapshot.environments[name]?.value
            let asked = settings.flatMap { context.snapshot.gate(of: model, in: $0) }?.value.checks ?? []
            return count + requirements(asked, only).count
        }
    }

    /// The same for every model of the commit. One that cannot be read there is an error of each check: of the others is told all the same.
    public func runAll(
        environment: String?, only: Set<String>, revision: ObjectID?,
        tell: (_ model: String, _ check: String) -> Void = { _, _ in }
    ) async throws -> [Result] {
        let revision = revision ?? context.snapshot.revision
        var results: [Result] = []
        for model in try await models(at: revision) {
            let known = try await context.catalog.version(of: model, at: revision)
            results += try await run(model, known, environment: environment, only: only, tell)
        }
        return results
    }

    /// The names of the models that a commit has.
    public func models(at revision: ObjectID) async throws -> [String] {
        try await context.surroundings.store.read { reader in
            try Listing(at: revision, folders: ["models"], reader).files.filter { $0.place.kind == Model.kind }
                .map(\.place.name).sorted()
        }
    }

    /// The deployments of a commit whose models it has not, which are none that anything could be checked of.
    ///
    /// - Parameter environment: Whose deployments; `nil` takes all.
    public func missingModels(_ environment: String?, at revision: ObjectID) async throws -> [Diagnostic] {
        try await context.surroundings.store.read { reader in
            let listing = try Listing(at: revision, folders: ["models", "environments"], reader)
            let models = Set(listing.files.filter { $0.place.kind == Model.kind }.map(\.place.name))
            return try listing.files.map(\.place).filter { place in
                place.kind == Deployment.kind && !models.contains(place.name)
                    && (environment ?? place.environment) == place.environment
            }.map { place in
                let folder = "models/\(place.name)", entry = try reader.entry(at: folder, in: listing.tree)
                let kind: String? =
                    switch entry?.mode {
                    case .symlink: "a symbolic link, which nothing follows"
                    case .submodule: "a submodule, which nothing looks into"
                    default: nil
                    }
                return Diagnostic(
                    file: place.path, code: "unknown-model",
                    message: "there is no model '\(place.name)' at \(revision.short)"
                        + (kind.map { ": \(folder) is \($0)" } ?? ""),
                    hint: "bring it back, or take the deployment away")
            }
        }
    }

    private func run(
        _ model: String, _ known: KnownVersion?, environment: String?, only: Set<String>,
        _ tell: (_ model: String, _ check: String) -> Void
    ) async throws -> [Result] {
        let snapshot = context.snapshot, isUnreadable = known == nil
        var results: [Result] = []
        for name in environments(environment) {
            let settings = try context.environment(name).value
            let asked = snapshot.gate(of: model, in: settings)?.value.checks ?? []
            func result(_ requirement: Gate.Requirement, _ outcome: Outcome) -> Result {
                Result(
                    model: model, environment: name, requirement: requirement, outcome: outcome,
                    gateFile: asked.contains(requirement) ? settings.gate(of: model).map { "gates/\($0).yaml" } : nil,
                    isUnreadable: isUnreadable)
            }
            guard let known else {
                let unread = Outcome(
                    .error, "models/\(model)/model.yaml cannot be read at that commit; martlet validate says why")
                results += requirements(asked, only).map { result($0, unread) }
                continue
            }
            // What cannot be read there is told by what compares with it.
            let version = (try? await context.running(known, in: name)) ?? known
            let (deployed, missing) = try await replaced(by: version, in: name)
            let statuses = try await context.statuses(of: model, in: name)
            let earlier = statuses[name]?.earlier(
                besides: [version.version.revision, deployed?.version.revision])
            let subject = context.evaluator.subject(
                version, environment: (name, settings), deployed: deployed,
                earlier: try await context.catalog.versions(of: model, at: earlier ?? []), statuses: statuses,
                tip: snapshot.revision, of: context.branch, records: context.records)
            for requirement in requirements(asked, only) {
                tell(model, requirement.check)
                let comparing = context.surroundings.checks[requirement.check]?.looksAt.contains(.deployed) ?? false
                if comparing, let missing {
                    results.append(result(requirement, missing))
                } else {
                    results.append(result(requirement, await context.evaluator.run(requirement, on: subject)))
                }
            }
        }
        return results
    }

    /// The version to compare with, or why there is none though there should be: what compares with it then finds nothing out.
    private func replaced(by known: KnownVersion, in environment: String) async throws -> (KnownVersion?, Outcome?) {
        do {
            return (try await context.replaced(by: known, in: environment), nil)
        } catch LoopError.notFound(let words) {
            return (nil, Outcome(.error, words))
        }
    }

    private func environments(_ environment: String?) -> [String] {
        let snapshot = context.snapshot
        return environment.map { [$0] }
            ?? snapshot.environmentsInOrder.filter { snapshot.environments[$0]?.value.from.isEmpty ?? false }
    }

    /// What is wrong with the manifests that say which checks run: of an environment and its gate, or of all of them.
    public func broken(_ environment: String?) -> [Diagnostic] {
        let snapshot = context.snapshot
        let missing = (environment.map { [$0] } ?? snapshot.environmentsInOrder).flatMap { missingGates(of: $0) }
        let errors = snapshot.diagnostics.values.joined().filter { diagnostic in
            guard diagnostic.severity == .error, let place = ManifestPlace(path: diagnostic.file) else { return false }
            switch place.kind {
            case Environment.kind: return environment.map { $0 == place.name } ?? true
            case Gate.kind:
                return environment.map { snapshot.environments[$0]?.value.everyGate.contains(place.name) ?? false }
                    ?? true
            default: return false
            }
        }
        return (missing + errors).sorted {
            ($0.file, $0.place.line, $0.place.column) < ($1.file, $1.place.line, $1.place.column)
        }
    }

    private func missingGates(of environment: String) -> [Diagnostic] {
        let snapshot = context.snapshot
        let named = snapshot.environments[environment]?.value.everyGate ?? []
        return named.filter { snapshot.gates[$0] == nil && snapshot.diagnostics["gates/\($0).yaml"] == nil }.map {
            Diagnostic(
                file: Snapshot.file(ofEnvironment: environment), code: "unknown-reference",
                message: "there is no gates/\($0).yaml")
        }
    }

    /// Why nothing is checked where no gate asks for a check: which environments have no gate, and which have one.
    public func reason(_ environment: String?) -> (without: [String], with: [String]) {
        let names = environments(environment)
        func hasGate(_ name: String) -> Bool { context.snapshot.environments[name]?.value.everyGate.isEmpty == false }
        return (
            names.filter { !hasGate($0) },
            context.snapshot.environmentsInOrder.filter { !names.contains($0) && hasGate($0) }
        )
    }

    /// What the gate asks for; a check that is named but not in the gate runs with its defaults.
    private func requirements(_ asked: [Gate.Requirement], _ only: Set<String>) -> [Gate.Requirement] {
        guard !only.isEmpty else { return asked }
        let chosen = asked.filter { only.contains($0.check) }
        return chosen + only.subtracting(chosen.map(\.check)).sorted().map { Gate.Requirement(check: $0) }
    }
}
