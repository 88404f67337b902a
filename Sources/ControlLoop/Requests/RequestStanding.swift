import Domain

/// Whether the version that a request names may enter.
enum RequestStanding {
    /// It is the version whose turn it is; these are still in its way.
    case may(ModelVersion, [Blocker])
    case mayNot(RequestStatus.State, String)
}

extension Controller {
    /// Where the version stands that a request names: by what the branch, its policy and its records say, never by the request.
    func standing(of move: RequestStatus.Move, by request: RequestStatus, _ snapshot: Snapshot) async throws
        -> RequestStanding
    {
        let environment = request.unit.environment
        let unit = Unit(environment: environment, model: move.model)
        guard let known = try await versionOnBranch(move, snapshot) else {
            return .mayNot(.refused, "it names \(move.model) \(move.new.revision.short), which is not on \(branch)")
        }
        if let lie = try await lie(of: move.new, about: known.version) { return .mayNot(.refused, lie) }
        if let current = await deployedVersion(of: unit, snapshot).known {
            if known.isSameContent(as: current) {
                return .mayNot(.stale, "\(environment) runs \(known.version.title) already")
            }
            if try await catalog.isOlder(known.version.revision, than: current.version.revision) {
                return .mayNot(
                    .stale, "\(known.version.title) is older than \(current.version.title), which \(environment) runs")
            }
        }
        if let rejection = ledger[unit]?.rejection(of: known.version) {
            return .mayNot(.refused, "\(known.version.title) was rejected in \(environment): \(rejection.cause)")
        }
        return try await standing(of: known, move.new, before: unit, by: request, snapshot)
    }

    private func versionOnBranch(_ move: RequestStatus.Move, _ snapshot: Snapshot) async throws -> KnownVersion? {
        let (revision, tip) = (move.new.revision, snapshot.revision)
        let isThere = try await surroundings.store.read { reader in
            guard (try? reader.commit(revision)) != nil else { return false }
            return try reader.reaches(revision, from: tip)
        }
        return isThere ? try await catalog.version(of: move.model, at: revision) : nil
    }

    /// What a pin says of a version that is not true.
    func lie(of pin: Pin, about version: ModelVersion) async throws -> String? {
        if let said = pin.version {
            let words = try await surroundings.store.read { try VersionLabels.objection(to: said, of: version, $0) }
            if let words {
                // Martlet's own proposal says what was so before somebody changed the tags.
                await catalog.forgetLabels()
                return words
            }
        }
        if let said = pin.digest, let digest = version.digest, said != digest {
            return "it says that \(version.title) has the artifact \(said), which is \(digest)"
        }
        return nil
    }

    private func standing(
        of known: KnownVersion, _ pin: Pin, before unit: Unit, by request: RequestStatus, _ snapshot: Snapshot
    ) async throws -> RequestStanding {
        guard let plan = try await plan(of: unit, by: request, snapshot) else {
            return .mayNot(.refused, "\(unit.environment) has no deployment of \(unit.model)")
        }
        let waits = plan.blockers.filter { $0.kind != .mode }
        let version = known.version
        guard let candidate = plan.candidate else {
            return .may(version, waits.isEmpty ? [.notOffered(version)] : waits)
        }
        guard candidate.tree == version.tree, candidate.data == version.data else {
            // What is still being checked may turn out not to enter.
            if plan.state != .evaluating,
                try await catalog.isOlder(version.revision, than: candidate.revision)
            {
                return .mayNot(.superseded, "\(candidate.title) is newer, and may enter")
            }
            return .may(version, [.outOfTurn(candidate)])
        }
        if plan.state == .evaluating { return .may(version, [.notChecked(candidate)]) }
        guard waits.isEmpty else { return .may(version, waits) }
        return await withArtifact(known, pin, before: unit)
    }

    /// The deployment's plan. Where people must agree it is made anew: what counts is who approved this very head.
    private func plan(of unit: Unit, by request: RequestStatus, _ snapshot: Snapshot) async throws -> UnitPlan? {
        let environment = snapshot.environments[unit.environment]?.value
        let asksPeople = environment.flatMap { snapshot.gate(of: unit.model, in: $0) }?.value.approvals != nil
        if let plan = plans[unit], !asksPeople { return plan }
        let plan = try await decide(unit, snapshot, by: (request.unit, request.head))?.0
        requests.agreed[request.unit, default: [:]][unit] = plan?.approvals ?? []
        return plan
    }

    /// Who has agreed to a version: to its own commit, or to the head of the request that proposes it.
    ///
    /// Whoever wrote the version has no say in either case, also where Martlet wrote the request.
    func agreed(
        to version: ModelVersion, _ unit: Unit, by request: (unit: Unit, head: ObjectID)?, _ snapshot: Snapshot
    ) async throws -> Approvals {
        guard let request else {
            return try await approvals.approvals(of: version, into: unit.environment, policy: snapshot)
        }
        let tags = try await approvals.approvals(
            of: request.unit, at: request.head, since: snapshot.revision, bringing: version.name, policy: snapshot)
        return tags.joined(
            with: try await reviews(of: request, bringing: version.name, snapshot), snapshot.settings)
    }

    /// What promises the digest of an artifact is believed only after a look at it.
    private func withArtifact(_ known: KnownVersion, _ pin: Pin, before unit: Unit) async -> RequestStanding {
        let version = known.version
        guard let said = pin.digest, version.digest == nil else { return .may(version, []) }
        do {
            guard let digest = try await digest(of: known, for: unit) else { return .may(version, [.notRead(version)]) }
            guard digest == said else {
                return .mayNot(.refused, "it says that \(version.title) has the artifact \(said), which is \(digest)")
            }
            return .may(version, [])
        } catch {
            let next = surroundings.tools.now() + .seconds(60)
            timers.set(unit, at: next)
            let blocker = Blocker(
                .artifact, version.title, "\(error)", unblockedBy: "the artifact can be had", nextLook: next)
            return .may(version, [blocker])
        }
    }
}

extension Blocker {
    fileprivate static func notOffered(_ version: ModelVersion) -> Blocker {
        Blocker(
            .upstream, version.label ?? version.revision.short, "\(version.title) is not what may enter next",
            unblockedBy: "it is what comes from upstream, or a request for the version that is")
    }

    fileprivate static func outOfTurn(_ candidate: ModelVersion) -> Blocker {
        Blocker(
            .order, candidate.label ?? candidate.revision.short, "\(candidate.title) comes first",
            unblockedBy: "\(candidate.title) enters")
    }

    fileprivate static func notRead(_ version: ModelVersion) -> Blocker {
        Blocker(
            .artifact, version.title, "its artifact is still being read", unblockedBy: "the artifact has been read")
    }

    fileprivate static func notChecked(_ candidate: ModelVersion) -> Blocker {
        Blocker(
            .check, "gate", "the gate's checks of \(candidate.title) have not run yet",
            unblockedBy: "the controller runs them")
    }
}
