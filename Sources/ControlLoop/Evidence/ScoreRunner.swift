public import Domain

/// Makes the scorecard of one model version: from evidence that is there already, and by running what is missing.
public struct ScoreRunner: Sendable {
    private let context: CheckContext

    public struct Result: Sendable {
        public let version: ModelVersion
        /// Whose settings were taken; `nil` where no environment has the model.
        public let environment: String?
        public let gate: String?
        /// What the gate asks for, if it asks.
        public let least: Double?
        public let scorecard: Scorecard
        /// How many of the checks had evidence already.
        public let reused: Int
    }

    public init(_ context: CheckContext) { self.context = context }

    /// - Parameters:
    ///   - environment: Where the version would run; `nil` takes the last one on the way that deploys the model.
    ///   - tell: Is called before each check that has to be run.
    public func run(
        _ model: String, environment named: String?, revision: ObjectID?, tell: (String) -> Void = { _ in }
    ) async throws -> Result {
        let snapshot = context.snapshot
        let asked = try await context.version(of: model, at: revision)
        let name = named ?? snapshot.environmentsInOrder.last { snapshot.deployment(of: model, in: $0) != nil }
        let environment = try name.map { try context.environment($0) }
        let known = try await context.running(asked, in: name)
        let deployed = try await context.replaced(by: known, in: name)
        let statuses = try await context.statuses(of: model, in: name)
        let status = name.flatMap { statuses[$0] }
        let past = Past(
            deployed: deployed?.version,
            earlier: status?.earlier(besides: [known.version.revision, deployed?.version.revision]) ?? [],
            statuses: statuses, transition: status?.commit)
        let subject = context.evaluator.subject(
            known, environment: name.flatMap { name in environment.map { (name, $0.value) } }, deployed: deployed,
            earlier: try await context.catalog.versions(of: model, at: past.earlier), statuses: statuses,
            tip: snapshot.revision, of: context.branch, records: context.records)
        var found: [(check: String, outcome: Outcome)] = []
        var reused = 0
        for requirement in ScoredChecks.all(of: model, in: name, snapshot, context.surroundings.checks)
        where Rubric.checks.contains(requirement.check) {
            if let outcome = try await evidence(requirement, known.version, past, name) {
                reused += 1
                found.append((requirement.check, outcome))
            } else {
                tell(requirement.check)
                found.append((requirement.check, await context.evaluator.run(requirement, on: subject)))
            }
        }
        let reviews = try await ManualReviews(context.surroundings).reviews(
            of: known.version, in: snapshot, context.catalog, now: context.surroundings.tools.now())
        let gate = environment?.value.gate(of: model)
        return Result(
            version: known.version, environment: name, gate: gate,
            least: gate.flatMap { snapshot.gates[$0]?.value.score?.least },
            scorecard: Scorecard(found, manual: reviews), reused: reused)
    }

    /// What ran in the environment before the version.
    private struct Past {
        let deployed: ModelVersion?
        let earlier: [ObjectID]
        let statuses: [String: DeploymentStatus]
        let transition: ObjectID?
    }

    /// What the controller found already with the same key, unless it grows old.
    private func evidence(
        _ requirement: Gate.Requirement, _ version: ModelVersion, _ past: Past, _ name: String?
    ) async throws -> Outcome? {
        guard let type = context.surroundings.checks[requirement.check], !type.looksAt.contains(.clock) else {
            return nil
        }
        let unit = name.map { Unit(environment: $0, model: version.model) }
        let (trust, tree) = (context.records, context.snapshot.tree)
        let source = name.flatMap { context.snapshot.source(ofEnvironment: $0) }
        return try await context.surroundings.store.read { reader in
            let key = EvidenceKey(
                requirement, type, version, deployed: past.deployed, earlier: past.earlier, statuses: past.statuses,
                unit: unit, environment: source, transition: past.transition,
                records: try CheckRecords(CheckRecords(), tree: tree, NoticeStore(trust), reader))
            let outcome = try EvidenceStore(trust).find(
                requirement.check, key, of: version, reader)?.evidence.outcome
            return outcome?.mayChange == true ? nil : outcome
        }
    }
}
