public import Domain

/// Runs the checks that gates ask for on one model version, outside the loop: nothing is stored or moved.
public struct CheckBench: Sendable {
    private let surroundings: Surroundings
    private let branch: String

    public struct Result: Sendable {
        public let environment: String
        public let requirement: Gate.Requirement
        public let outcome: Outcome

        public var json: JSON {
            [
                "check": .string(requirement.check), "environment": .string(environment),
                "required": .bool(requirement.required),
                "verdict": .string(outcome.verdict.rawValue), "summary": .string(outcome.summary),
                "findings": .array(outcome.findings.map(\.json)), "measurements": outcome.measurements,
            ]
        }
    }

    public init(_ surroundings: Surroundings, branch: String) {
        self.surroundings = surroundings
        self.branch = branch
    }

    /// - Parameter environment: Whose gate to take; `nil` takes those of the environments that come straight from `models/`.
    public func run(_ model: String, environment: String?, only: Set<String>, revision: ObjectID?) async throws
        -> [Result]
    {
        let (store, language) = (surroundings.store, surroundings.language)
        guard let tip = try await store.read({ [branch] in try $0.resolve("refs/heads/\(branch)") }) else {
            throw LoopError.noBranch(branch)
        }
        let snapshot = try await SnapshotBuilder(store: store, language: language).build(at: tip)
        let catalog = VersionCatalog(store: store, language: language)
        guard let known = try await catalog.version(of: model, at: revision ?? tip) else {
            throw LoopError.notFound(
                "there is no readable model 'models/\(model)/model.yaml' at \((revision ?? tip).short); martlet validate says more"
            )
        }
        let names =
            environment.map { [$0] }
            ?? snapshot.environmentsInOrder.filter { snapshot.environments[$0]?.value.from.isEmpty ?? false }
        let evaluator = Evaluator(surroundings)
        var results: [Result] = []
        for name in names {
            guard let settings = snapshot.environments[name]?.value else {
                throw LoopError.notFound("there is no environment '\(name)' (environments/\(name)/environment.yaml)")
            }
            let pin = snapshot.deployment(of: model, in: name)?.value.pin
            var deployed: KnownVersion?
            if let pin { deployed = try? await catalog.version(of: model, at: pin.revision) }
            let subject = evaluator.subject(known, environment: (name, settings), deployed: deployed, tip: tip)
            for requirement in requirements(settings, snapshot, only) {
                results.append(
                    Result(
                        environment: name, requirement: requirement,
                        outcome: await evaluator.run(requirement, on: subject)))
            }
        }
        return results
    }

    /// What the gate asks for; a check that is named but not in the gate runs with its defaults.
    private func requirements(_ environment: Environment, _ snapshot: Snapshot, _ only: Set<String>) -> [Gate
        .Requirement]
    {
        let asked = snapshot.gate(of: environment)?.value.checks ?? []
        guard !only.isEmpty else { return asked }
        let chosen = asked.filter { only.contains($0.check) }
        return chosen + only.subtracting(chosen.map(\.check)).sorted().map { Gate.Requirement(check: $0) }
    }
}
