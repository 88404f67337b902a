import Domain

/// Finds the versions that may enter an environment next.
struct CandidateSearch: Sendable {
    let catalog: VersionCatalog
    let ledger: Ledger
    let snapshot: Snapshot
    /// The protected branch.
    let branch: String
    /// How long the gate wants a version to have run well upstream.
    let soakFor: Duration
    /// What the looks at the model say, by environment that it comes from.
    let looks: [String: UpstreamLook]

    struct Found: Sendable {
        /// Newer than what runs, oldest first.
        var versions: [KnownVersion] = []
        var blockers: [Blocker] = []
        /// How well each, which was verified there, has run since, by its revision and by environment.
        var verifiedUpstream: [ObjectID: [String: UpstreamHealth]] = [:]
        /// Versions whose turn it would be and that can never enter, and why.
        var passedOver: [UnitPlan.PassedOver] = []
    }

    func candidates(for unit: Unit, _ environment: Environment, current: KnownVersion?) async throws -> Found {
        var found =
            environment.from.isEmpty
            ? try await fromModels(unit, environment, current) : try await fromUpstream(unit, environment)
        var newer: [KnownVersion] = []
        for version in found.versions where try await isNews(version.version, current) { newer.append(version) }
        found.versions = newer
        var passedOver: [UnitPlan.PassedOver] = []
        for entry in found.passedOver where try await isNews(entry.version, current) { passedOver.append(entry) }
        found.passedOver = passedOver
        return found
    }

    private func isNews(_ version: ModelVersion, _ current: KnownVersion?) async throws -> Bool {
        guard let current = current?.version else { return true }
        if version.tree == current.tree, version.data == current.data { return false }
        return try await !catalog.isOlder(version.revision, than: current.revision)
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
        if let current, try await isSurelyAtTip(current) { return found }
        let present = try await catalog.version(of: unit.model, at: snapshot.revision)
        if let present, let current, present.isSameContent(as: current) { return found }
        if environment.promotion.order == .every, let current {
            found.versions = try await catalog.versions(
                of: unit.model, after: current.version.revision, to: snapshot.revision)
        } else if let newest = try await newest(of: unit, present) {
            found.versions = [newest]
        }
        return found
    }

    /// The version at the branch's tip.
    ///
    /// Where history cannot be read down to the commit that brought it, it is the one of the same content that a deployment names: else one
    /// damaged commit would keep every model from every environment.
    private func newest(of unit: Unit, _ present: KnownVersion?) async throws -> KnownVersion? {
        do { return try await catalog.newest(of: unit.model, at: snapshot.revision, of: branch) } catch {
            let statuses = snapshot.environments.keys.sorted().compactMap {
                ledger[Unit(environment: $0, model: unit.model)]
            }
            let revisions = statuses.flatMap { [$0.pin?.revision].compactMap(\.self) + $0.rejected.map(\.revision) }
            for named in try await catalog.versions(of: unit.model, at: revisions) {
                if let present, named.isSameContent(as: present) { return named }
            }
            throw error
        }
    }

    /// Whether the tip shows the content of a version, as far as that can be told without reading its manifests anew.
    private func isSurelyAtTip(_ known: KnownVersion) async throws -> Bool {
        guard snapshot.models[known.version.model]?.tree == known.version.tree else { return false }
        var paths: [[String]] = []
        for name in known.manifest.datasets {
            guard let present = snapshot.datasets[name], !present.isBroken,
                present.blob == known.version.data[Dataset.path(of: name)]
            else { return false }
            paths.append(present.value.paths(as: name))
            if let profile = present.value.profilePath(as: name) { paths.append([profile]) }
        }
        guard paths.contains(where: { !$0.isEmpty }) else { return true }
        return try await catalog.shows(known.version.data, in: paths, at: snapshot.revision)
    }

    private func fromUpstream(_ unit: Unit, _ environment: Environment) async throws -> Found {
        var found = Found()
        var versions: [KnownVersion] = []
        var health: [String: UpstreamHealth] = [:]
        for name in environment.from {
            let status = ledger[Unit(environment: name, model: unit.model)]
            guard let status, status.state == .verified, let pin = status.pin,
                let verified = status.verified.first(where: { $0.pin.revision == pin.revision })
            else {
                found.blockers.append(blocker(unit, name, status))
                continue
            }
            let version: KnownVersion
            switch await catalog.deployed(unit.model, pin) {
            case .nothing: continue
            case .known(let known): version = known
            case .unreadable(let pin, let why):
                found.blockers.append(.unreadable(pin, of: Unit(environment: name, model: unit.model), why))
                continue
            }
            if let rejection = status.rejection(of: version.version) {
                found.blockers.append(held(unit, name, version, rejection))
                continue
            }
            versions.append(version)
            let look = looks[name]
            health[name] = UpstreamHealth(
                since: verified.wellSince ?? verified.at, until: look?.until, doubt: look?.doubt,
                nextLook: look?.nextLook)
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
        (found.versions, found.verifiedUpstream) = ([first], [first.version.revision: health])
        if environment.promotion.order == .every, environment.from.count == 1 {
            try await addVerifiedInTurn(unit, environment.from[0], upTo: first, &found)
        }
        return found
    }

    /// The versions that upstream verified before the one that it runs now. One that was replaced there before it had soaked never will.
    private func addVerifiedInTurn(_ unit: Unit, _ upstream: String, upTo last: KnownVersion, _ found: inout Found)
        async throws
    {
        let status = ledger[Unit(environment: upstream, model: unit.model)]
        var versions: [KnownVersion] = []
        for verified in (status?.verified ?? []).reversed() where verified.pin.revision != last.version.revision {
            guard let version = try await catalog.version(of: unit.model, at: verified.pin.revision),
                status?.rejection(of: version.version) == nil,
                try await catalog.isOlder(version.version.revision, than: last.version.revision)
            else { continue }
            let since = verified.wellSince ?? verified.at
            // Where a controller always looked, what it did not find well any more does not count.
            let until = verified.until.map { min($0, verified.lastWell ?? $0) }
            // A commit's time is in whole seconds: one that replaces what was verified in the same second seems older.
            let time = until.map { max(.zero, $0 - since) } ?? .zero
            guard time >= soakFor else {
                let ran = verified.until == nil ? "a time that was not recorded" : time.text
                found.passedOver.append(
                    .init(
                        version.version,
                        "it ran well in \(upstream) for \(ran) and was replaced there; the gate asks for \(soakFor.text)"
                    ))
                continue
            }
            versions.append(version)
            found.verifiedUpstream[version.version.revision] = [upstream: UpstreamHealth(since: since, until: until)]
        }
        found.versions = versions + [last]
    }

    /// It runs well enough to stay where it is, and was told to go no further.
    private func held(
        _ unit: Unit, _ upstream: String, _ version: KnownVersion, _ rejection: DeploymentStatus.Rejected
    ) -> Blocker {
        Blocker(
            .hold, version.version.label ?? version.version.revision.short,
            "\(version.version.title) is held in \(upstream): \(rejection.cause)",
            unblockedBy: "a newer version, or: martlet hold \(unit.model) \(upstream) --lift", since: rejection.at)
    }

    private func blocker(_ unit: Unit, _ upstream: String, _ status: DeploymentStatus?) -> Blocker {
        if snapshot.environments[upstream] == nil {
            let file = Snapshot.file(ofEnvironment: unit.environment)
            let near = Suggestion.nearest(to: upstream, in: snapshot.environments.keys.sorted())
            return Blocker(
                .upstream, upstream, "there is no environment '\(upstream)', which \(file) names in 'from'",
                unblockedBy: "a commit that names another there" + (near.map { ", such as '\($0)'" } ?? "")
                    + ", or adds \(Snapshot.file(ofEnvironment: upstream))")
        }
        guard snapshot.deployment(of: unit.model, in: upstream) != nil else {
            return Blocker(
                .upstream, upstream, "\(upstream) has no deployment of \(unit.model)",
                unblockedBy: "a commit that adds \(Snapshot.path(ofDeployment: unit.model, in: upstream))")
        }
        let state = status.map { "\($0.pin.map { $0.label + " is " } ?? "")\($0.state.rawValue)" } ?? "nothing runs"
        return Blocker(
            .upstream, upstream, "in \(upstream) \(state)", unblockedBy: "a version is verified in \(upstream)",
            since: status?.since)
    }
}
