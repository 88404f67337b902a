public import Domain

/// What the controller recorded of a version, for those who only look.
public struct KnownEvidence: Sendable {
    public let evidence: Evidence
    /// Those that count it now: their gate or a monitor asks for the check with these settings, and what the check looked at of an
    /// environment was theirs. In the order in which versions go through them.
    public let environments: [String]

    /// The newest of each check that the environment counts; without one, the newest whoever asked for it.
    ///
    /// - Parameters:
    ///   - snapshot: The branch as it is now.
    ///   - records: Which of them are believed.
    public static func newest(
        of version: ModelVersion, checks: CheckRegistry, in environment: String?, _ snapshot: Snapshot,
        records: RecordTrust, _ store: any Store
    ) async throws -> [KnownEvidence] {
        let all = try await store.read { try EvidenceStore(records).all(of: version, Set(checks.ids), $0) }
        let requirements = snapshot.environmentsInOrder.map {
            ($0, snapshot.requirements(of: version.model, in: $0, checks))
        }
        func environments(_ evidence: Evidence) -> [String] {
            requirements.filter { evidence.isAsked(by: $0.1, in: $0.0) }.map(\.0)
        }
        let counted = environment.map { name in all.filter { environments($0).contains(name) } } ?? all
        return EvidenceStore.newest(among: counted).map {
            KnownEvidence(evidence: $0, environments: environments($0))
        }
    }
}

extension Snapshot {
    /// What an environment's gate and its monitors ask for.
    fileprivate func requirements(of model: String, in name: String, _ known: CheckRegistry) -> [Gate.Requirement] {
        guard let environment = environments[name]?.value else { return [] }
        let watched = environment.monitors.compactMap { monitor -> Gate.Requirement? in
            guard case .check(let requirement, _) = monitor.look else { return nil }
            return requirement
        }
        guard let gate = gate(of: model, in: environment)?.value else { return watched }
        return (gate.score == nil ? gate.checks : ScoredChecks.all(of: model, in: name, self, known)) + watched
    }
}

extension Evidence {
    /// Whether these requirements of an environment would count it. What ran there meanwhile is another matter: the newest counts.
    fileprivate func isAsked(by requirements: [Gate.Requirement], in environment: String) -> Bool {
        func isTheirs(_ input: String, _ name: String) -> Bool {
            inputs[input].map { $0.hasPrefix(name + " ") } ?? true
        }
        return isTheirs("environment", environment)
            && isTheirs("history", "\(Unit(environment: environment, model: model))")
            && requirements.contains { $0.check == check && $0.settings.json.text() == inputs["settings"] }
    }
}
