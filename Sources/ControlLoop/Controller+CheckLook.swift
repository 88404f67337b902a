import Domain

/// One look of a monitor at a version that runs, by a check.
struct CheckLook: Hashable, Sendable {
    let unit: Unit
    let monitor: Environment.Monitor
    let revision: ObjectID
}

/// Monitors that look by a check: at the version that runs, with what it serves now.
extension Controller {
    /// What a monitor finds; `nil` while its check goes on beside the passes, as one that takes minutes must not hold up the probe.
    func look(_ monitor: Environment.Monitor, at release: Release, _ unit: Unit) async throws -> ProbeResult? {
        switch monitor.look {
        case .probe(let settings):
            let probe = try surroundings.probes.make(settings) as? any Probe
            return await probe?.look(at: release, using: surroundings.tools)
                ?? ProbeResult(.error, "'\(settings.kind)' is no probe")
        case .check(let requirement, let files):
            let look = CheckLook(unit: unit, monitor: monitor, revision: release.pin.revision)
            if let found = checkLooks.removeValue(forKey: look) { return found }
            guard side.ring != nil else { return await run(requirement, files, look, release) }
            let job = SideWork.Job(key: .look(look), unit: unit) {
                await self.keep(await self.run(requirement, files, look, release), of: look)
            }
            begin(.looks, job, group: unit.description)
            return nil
        }
    }

    private func keep(_ result: ProbeResult, of look: CheckLook) {
        // Of what runs or is asked no more, nobody takes it in.
        checkLooks = checkLooks.filter { $0.key.unit != look.unit || $0.key.monitor.name != look.monitor.name }
        checkLooks[look] = result
        health[look.unit]?.nextLook = nil
    }

    private func run(
        _ requirement: Gate.Requirement, _ files: [String: String], _ look: CheckLook, _ release: Release
    ) async -> ProbeResult {
        do {
            guard let subject = try await subject(of: look) else {
                return ProbeResult(.inconclusive, "\(look.revision.short) cannot be read")
            }
            let outcome = await evaluator.run(
                requirement, on: subject.reading(files, of: release), for: look.monitor.name)
            let worst = outcome.findings.first { $0.verdict == outcome.verdict }
            return ProbeResult(
                outcome.verdict, "\(requirement.check): \(outcome.summary)", value: worst?.value,
                threshold: worst?.threshold)
        } catch {
            return ProbeResult(.error, "\(requirement.check): \(error)")
        }
    }

    /// The version that runs, beside the one that one would go back to.
    private func subject(of look: CheckLook) async throws -> Subject? {
        let unit = look.unit
        guard let snapshot, let environment = snapshot.environments[unit.environment]?.value,
            let known = try await catalog.version(of: unit.model, at: look.revision)
        else { return nil }
        let before = try await catalog.versions(of: unit.model, at: earlier(unit, known.version, nil))
        return evaluator.subject(
            known, environment: (unit.environment, environment), deployed: before.first,
            earlier: Array(before.dropFirst()), statuses: statuses(unit, snapshot), tip: snapshot.revision, of: branch,
            references: prefix)
    }
}

extension Subject {
    /// The same with some of its files as they are at these addresses now, by name: `log` and `labels` are those of `spec.serving`, all
    /// others are paths in the model's folder.
    fileprivate func reading(_ files: [String: String], of release: Release) -> Subject {
        var (manifest, tools, places) = (manifest, tools, [String: String]())
        let facts = Placeholders(release)
        for (name, address) in files {
            let address = facts.fill(address, \.percentEncoded)
            // What the check says of the file names where it lies.
            let path = ["log", "labels"].contains(name) ? ShownAddress(address).description : name
            if name == "log" { manifest.serving = manifest.serving.with(log: path) }
            if name == "labels" { manifest.serving = manifest.serving.with(labels: path) }
            places[path] = address
        }
        let (own, live, revision) = (tools.file, tools.live, version.revision)
        tools.file = { [places] version, path in
            guard version.revision == revision, let address = places[path] else { return try await own(version, path) }
            return try await live(address)
        }
        return Subject(
            version: version, manifest: manifest, schema: schema, datasets: datasets, environment: environment,
            deployed: deployed, earlier: earlier, statuses: statuses, tip: tip, now: now, tools: tools)
    }
}

extension Model.Serving? {
    fileprivate func with(log: String? = nil, labels: String? = nil) -> Model.Serving {
        var serving = self ?? Model.Serving()
        serving.log = log ?? serving.log
        serving.labels = labels ?? serving.labels
        return serving
    }
}
