import Domain

/// What one pass would take away from an environment.
struct Removals: Sendable {
    /// Whether that is more than may go without a person's word.
    let isTooMuch: Bool
    /// The deployments whose files stay without a version, where that is one promotion taken back, as `git revert` does it.
    let takenBack: Set<Unit>
}

extension Controller {
    /// Whether the unit goes in a step that takes away more than it may. What went with its file and what lost its pin are one step.
    func goesWithTooMuch(_ unit: Unit, _ status: DeploymentStatus, _ snapshot: Snapshot) async throws -> Bool {
        // What waits for a person's word does so however many others there are now.
        if status.awaitsRemoval, snapshot.settings.maxRemovedShare < 1 { return true }
        let removals = try await removals(from: unit.environment, snapshot)
        return removals.isTooMuch && !removals.takenBack.contains(unit)
    }

    /// Counted once a pass, before anything is taken away: what a person is asked about is the step as a whole.
    private func removals(from environment: String, _ snapshot: Snapshot) async throws -> Removals {
        if let known = removals[environment] { return known }
        let units = ledger.statuses.filter { $0.key.environment == environment && $0.value.state != .empty }
        let gone = units.filter { snapshot.deployment(of: $0.key.model, in: environment) == nil }.count
        let unpinned = units.filter {
            $0.value.pin == nil && snapshot.deployment(of: $0.key.model, in: environment) != nil
        }
        let isTooMuch = Double(gone + unpinned.count) > snapshot.settings.maxRemovedShare * Double(units.count)
        let isOne = try await isTooMuch ? isOnePromotion(unpinned) : false
        let removals = Removals(isTooMuch: isTooMuch, takenBack: isOne ? Set(unpinned.keys) : [])
        self.removals[environment] = removals
        return removals
    }

    /// Whether one commit took away what one commit had brought, where nothing ran before.
    private func isOnePromotion(_ statuses: [Unit: DeploymentStatus]) async throws -> Bool {
        guard statuses.count > 1 else { return true }
        guard let commit = statuses.first?.value.commit, statuses.values.allSatisfy({ $0.commit == commit }) else {
            return false
        }
        let (units, language, branch) = (Array(statuses.keys), surroundings.language, branch)
        return try await surroundings.store.read { reader in
            var start: ObjectID?
            for unit in units {
                let own = try Self.promotion(of: unit, before: commit, on: branch, reader, language)
                guard let own, start == nil || start == own else { return false }
                start = own
            }
            // What brought a whole repository is no promotion.
            guard let start else { return false }
            return try Trailer.action.values(in: reader.commit(start).message).contains("promote")
        }
    }

    /// The commit that brought the version that a deployment named before `commit`; `nil` where it named another before that.
    private static func promotion(
        of unit: Unit, before commit: ObjectID, on branch: String, _ reader: any ObjectReader,
        _ language: any ManifestLanguage
    ) throws -> ObjectID? {
        guard let place = ManifestPlace(path: Snapshot.path(ofDeployment: unit.model, in: unit.environment)) else {
            return nil
        }
        var last: (blob: ObjectID?, pin: ObjectID?) = (nil, nil)
        var found: (commit: ObjectID, pin: ObjectID)?
        var isFirst = true
        try reader.line(from: commit, of: branch) { older in
            guard older.id != commit else { return true }
            let entry = try reader.entry(at: place.path, in: older.tree)
            if entry?.id != last.blob || entry == nil {
                let file = try ParsedFile.read(place, entry, reader, language)
                // A file that cannot be read says nothing.
                last = (entry?.id, file.hasErrors ? last.pin : file.deployment?.pin?.revision)
            }
            guard let pin = last.pin else { return false }
            isFirst = found.map { $0.pin == pin } ?? true
            if isFirst { found = (older.id, pin) }
            return isFirst
        }
        return isFirst ? found?.commit : nil
    }

    func stallRemoval(_ unit: Unit, _ status: DeploymentStatus, _ snapshot: Snapshot) {
        let reason =
            "more than \(Int(snapshot.settings.maxRemovedShare * 100)) % of \(unit.environment) would go in one step; "
            + "a person must allow it: martlet reconcile --accept-removal"
        var stalled = status.entering(.stalled, at: surroundings.tools.now(), reason)
        (stalled.needsPerson, stalled.awaitsRemoval) = (true, true)
        if stalled != status { report(unit, stalled) }
        ledger.set(stalled, of: unit)
    }
}
