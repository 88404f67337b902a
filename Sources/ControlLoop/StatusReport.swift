public import Domain

/// What the branch and the status reference say of every deployment, read without the loop.
public struct StatusReport: Sendable {
    public struct Line: Hashable, Sendable {
        public let unit: Unit
        public let pin: Pin?
        public let state: String
        public let since: Timestamp?
        public let reason: String
    }

    public let revision: ObjectID
    public let lines: [Line]

    /// Reads the branch's tip. Only `environments/` and the status reference are opened.
    public static func read(
        _ store: any Store, _ language: any ManifestLanguage, branch: String, environment: String? = nil,
        model: String? = nil
    ) async throws -> StatusReport {
        guard let tip = try await store.read({ try $0.resolve("refs/heads/\(branch)") }) else {
            throw LoopError.noBranch(branch)
        }
        let listing = try await store.read { try Listing(at: tip, folders: ["environments"], $0) }
        let files = listing.files.filter { file in
            (file.place.kind == Deployment.kind && (environment.map { $0 == file.place.environment } ?? true)
                && (model.map { $0 == file.place.name } ?? true)) || file.place.kind == RepositorySettings.kind
        }
        let half = files.count / 2
        async let first = deployments(files[..<half], store, language)
        async let second = deployments(files[half...], store, language)
        async let prefix = references(files, store, language)
        let recorded = try await statuses(StatusStore(reference: prefix + "/status"), store, environment, model)
        let lines = try await (first + second).map { unit, deployment in line(unit, deployment, recorded[unit]) }
        return StatusReport(revision: tip, lines: lines.sorted { $0.unit < $1.unit })
    }

    private static func references(_ files: [Listing.File], _ store: any Store, _ language: any ManifestLanguage)
        async throws -> String
    {
        guard let file = files.first(where: { $0.place.kind == RepositorySettings.kind }) else {
            return RepositorySettings().references
        }
        let parsed = try await store.read { try ParsedFile.read(file.place, file.entry, $0, language) }
        if case .repository(let settings)? = parsed.file.documents.first?.manifest { return settings.references }
        return RepositorySettings().references
    }

    private static func deployments(
        _ files: ArraySlice<Listing.File>, _ store: any Store, _ language: any ManifestLanguage
    ) async throws -> [(Unit, Deployment?)] {
        try await store.read { reader in
            try files.compactMap { file in
                guard file.place.kind == Deployment.kind, let environment = file.place.environment else { return nil }
                let parsed = try ParsedFile.read(file.place, file.entry, reader, language)
                var value: Deployment?
                if case .deployment(let deployment)? = parsed.file.documents.first?.manifest, !parsed.hasErrors {
                    value = deployment
                }
                return (Unit(environment: environment, model: file.place.name), value)
            }
        }
    }

    private static func statuses(
        _ status: StatusStore, _ store: any Store, _ environment: String?, _ model: String?
    ) async throws -> [Unit: DeploymentStatus] {
        try await store.read { reader in
            if let environment, let model {
                let unit = Unit(environment: environment, model: model)
                return try status.read(unit, reader).map { [unit: $0] } ?? [:]
            }
            return try status.read(reader).statuses
        }
    }

    private static func line(_ unit: Unit, _ deployment: Deployment?, _ status: DeploymentStatus?) -> Line {
        guard let deployment else {
            return Line(
                unit: unit, pin: status?.pin, state: "broken", since: status?.since,
                reason:
                    "\(Snapshot.path(ofDeployment: unit.model, in: unit.environment)) cannot be read; martlet validate says why"
            )
        }
        if let status, status.pin?.revision == deployment.pin?.revision {
            return Line(
                unit: unit, pin: deployment.pin, state: status.state.rawValue, since: status.since,
                reason: status.reason)
        }
        let state: DeploymentStatus.State = deployment.pin == nil ? .empty : .pending
        return Line(
            unit: unit, pin: deployment.pin, state: state.rawValue, since: nil,
            reason: deployment.pin == nil ? "no version yet" : "the controller has not seen this commit yet")
    }

    public var json: JSON {
        var environments: [(String, [(String, JSON)])] = []
        for line in lines {
            if environments.last?.0 != line.unit.environment { environments.append((line.unit.environment, [])) }
            environments[environments.count - 1].1.append(
                (
                    line.unit.model,
                    [
                        "revision": JSON(line.pin?.revision.description), "version": JSON(line.pin?.version),
                        "digest": JSON(line.pin?.digest?.description), "state": .string(line.state),
                        "since": JSON(line.since?.description), "reason": .string(line.reason),
                    ]
                ))
        }
        return [
            "revision": .string(revision.description),
            "environments": .object(environments.map { ($0.0, .object($0.1)) }),
        ]
    }
}
