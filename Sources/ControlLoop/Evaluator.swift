public import Domain

/// Runs checks of a version and makes evidence of what they find.
public struct Evaluator: Sendable {
    private let surroundings: Surroundings

    public init(_ surroundings: Surroundings) { self.surroundings = surroundings }

    /// The subject that checks look at.
    ///
    /// - Parameter references: Where Martlet's records are.
    public func subject(
        _ known: KnownVersion, environment: (name: String, settings: Environment)?, deployed: KnownVersion?,
        earlier: [KnownVersion] = [], statuses: [String: DeploymentStatus] = [:], tip: ObjectID,
        references: String = RepositorySettings().references
    ) -> Subject {
        let (store, notices) = (surroundings.store, NoticeStore(references: references))
        var tools = surroundings.materials
        tools.verify = surroundings.verify
        tools.read = surroundings.language.read
        tools.dependencies = { model in try await store.read { try notices.record(of: model, $0) } }
        let now = surroundings.tools.now()
        let subject = { [tools] (known: KnownVersion, deployed: Subject?, earlier: [Subject]) in
            Subject(
                version: known.version, manifest: known.manifest, schema: known.schema, datasets: known.datasets,
                environment: environment, deployed: deployed, earlier: earlier, statuses: statuses, tip: tip, now: now,
                tools: tools)
        }
        return subject(known, deployed.map { subject($0, nil, []) }, earlier.map { subject($0, nil, []) })
    }

    /// Runs one check. What goes wrong inside becomes the verdict `error` with the reason; nothing else stops.
    public func run(_ requirement: Gate.Requirement, on subject: Subject) async -> Outcome {
        do throws(FieldErrors) {
            let check = try surroundings.checks.make(requirement)
            do {
                return try await check.run(on: subject)
            } catch {
                return Outcome(.error, "\(requirement.check) could not run: \(error)")
            }
        } catch {
            let problems = error.problems.map { $0.message + ($0.hint.map { " (\($0))" } ?? "") }
            return Outcome(.error, "\(requirement.check): \(problems.joined(separator: "; "))")
        }
    }
}
