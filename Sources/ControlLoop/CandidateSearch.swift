import Domain

/// Finds the versions that may enter an environment next.
struct CandidateSearch: Sendable {
    let catalog: VersionCatalog
    let ledger: Ledger
    let snapshot: Snapshot

    struct Found: Sendable {
        /// Newer than what runs, oldest first.
        var versions: [KnownVersion] = []
        var blockers: [Blocker] = []
        var verifiedSince: [String: Timestamp] = [:]
    }

    func candidates(for unit: Unit, _ environment: Environment, current: KnownVersion?) async throws -> Found {
        var found =
            environment.from.isEmpty
            ? try await fromModels(unit, environment, current) : try await fromUpstream(unit, environment, current)
        var newer: [KnownVersion] = []
        for version in found.versions {
            if let current {
                if version.isSameContent(as: current) { continue }
                if try await catalog.isOlder(version.version.revision, than: current.version.revision) { continue }
            }
            newer.append(version)
        }
        found.versions = newer
        return found
    }

    private func fromModels(_ unit: Unit, _ environment: Environment, _ current: KnownVersion?) async throws -> Found {
        var found = Found()
        guard snapshot.models[unit.model] != nil else {
            found.blockers = [
                Blocker(
                    .upstream, unit.model, "there is no model 'models/\(unit.model)'",
                    unblockedBy: "a commit that adds models/\(unit.model)/model.yaml")
            ]
            return found
        }
        if let current, isSurelyAtTip(current) { return found }
        let present = try await catalog.version(of: unit.model, at: snapshot.revision)
        if let present, let current, present.isSameContent(as: current) { return found }
        if environment.promotion.order == .every, let current {
            found.versions = try await catalog.versions(
                of: unit.model, after: current.version.revision, to: snapshot.revision)
        } else if let newest = try await catalog.newest(of: unit.model, at: snapshot.revision) {
            found.versions = [newest]
        }
        return found
    }

    /// Whether the snapshot alone says that the tip shows the content of a version. Where it cannot tell, a reader can.
    private func isSurelyAtTip(_ known: KnownVersion) -> Bool {
        snapshot.models[known.version.model]?.tree == known.version.tree
            && known.manifest.datasets.allSatisfy { name in
                guard let present = snapshot.datasets[name], !present.isBroken else { return false }
                return present.blob == known.version.data[name]
            }
    }

    private func fromUpstream(_ unit: Unit, _ environment: Environment, _ current: KnownVersion?) async throws -> Found
    {
        var found = Found()
        var versions: [KnownVersion] = []
        for name in environment.from {
            let status = ledger[Unit(environment: name, model: unit.model)]
            guard let status, status.state == .verified, let pin = status.pin,
                let since = status.verified.first(where: { $0.pin.revision == pin.revision })?.at,
                let version = try await catalog.version(of: unit.model, at: pin.revision)
            else {
                found.blockers.append(blocker(unit, name, status))
                continue
            }
            if let rejection = status.rejection(of: version.version) {
                found.blockers.append(held(unit, name, version, rejection))
                continue
            }
            versions.append(version)
            found.verifiedSince[name] = since
        }
        guard found.blockers.isEmpty, let first = versions.first else { return found }
        guard versions.allSatisfy({ $0.isSameContent(as: first) }) else {
            found.blockers = [
                Blocker(
                    .upstream, environment.from.joined(separator: " and "),
                    "\(environment.from.joined(separator: " and ")) run different versions",
                    unblockedBy: "the same version is verified in all of them")
            ]
            return found
        }
        found.versions = [first]
        if environment.promotion.order == .every, environment.from.count == 1 {
            found.versions = try await verifiedInTurn(unit, environment.from[0], upTo: first)
        }
        return found
    }

    private func verifiedInTurn(_ unit: Unit, _ upstream: String, upTo last: KnownVersion) async throws
        -> [KnownVersion]
    {
        var versions: [KnownVersion] = []
        let status = ledger[Unit(environment: upstream, model: unit.model)]
        for verified in (status?.verified ?? []).reversed() {
            if let version = try await catalog.version(of: unit.model, at: verified.pin.revision),
                status?.rejection(of: version.version) == nil
            {
                versions.append(version)
            }
        }
        return versions.isEmpty ? [last] : versions
    }

    /// It runs well enough to stay where it is, and was told to go no further.
    private func held(
        _ unit: Unit, _ upstream: String, _ version: KnownVersion, _ rejection: DeploymentStatus.Rejected
    ) -> Blocker {
        Blocker(
            .hold, version.version.label ?? version.version.revision.short,
            "\(version.version.title) is held in \(upstream): \(rejection.cause)",
            unblockedBy: "a newer version, or: martlet hold \(unit.model) \(upstream) --lift")
    }

    private func blocker(_ unit: Unit, _ upstream: String, _ status: DeploymentStatus?) -> Blocker {
        guard snapshot.deployment(of: unit.model, in: upstream) != nil else {
            return Blocker(
                .upstream, upstream, "\(upstream) has no deployment of \(unit.model)",
                unblockedBy: "a commit that adds \(Snapshot.path(ofDeployment: unit.model, in: upstream))")
        }
        let state = status.map { "\($0.pin.map { $0.label + " is " } ?? "")\($0.state.rawValue)" } ?? "nothing runs"
        return Blocker(
            .upstream, upstream, "in \(upstream) \(state)", unblockedBy: "a version is verified in \(upstream)")
    }
}
