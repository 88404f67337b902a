import Domain
import Synchronization

/// One look of a monitor at a version that runs, by a check.
struct CheckLook: Hashable, Sendable {
    let unit: Unit
    let monitor: Environment.Monitor
    let revision: ObjectID
    /// Of the watch that asks. It begins anew where the version or the monitor comes back.
    let watch: Int
}

/// Monitors that look by a check: at the version that runs, with what it serves now.
extension Controller {
    /// What a monitor finds; `nil` while its check goes on beside the passes, as one that takes minutes must not hold up the probe.
    ///
    /// - Parameter watch: The number of the watch that asks.
    func look(_ monitor: Environment.Monitor, _ watch: Int, at release: Release, _ unit: Unit) async throws
        -> ProbeResult?
    {
        switch monitor.look {
        case .probe(let settings):
            let probe = try surroundings.probes.make(settings) as? any Probe
            return await probe?.look(at: release, using: surroundings.tools)
                ?? ProbeResult(.error, "'\(settings.kind)' is no probe")
        case .check(let requirement, let files):
            let look = CheckLook(unit: unit, monitor: monitor, revision: release.pin.revision, watch: watch)
            if let found = checkLooks.removeValue(forKey: look) { return found }
            let job = SideWork.Job(key: .look(look), unit: unit) {
                await self.keep(await self.run(requirement, files, look, release), of: look)
            }
            begin(.looks, job, group: unit.description)
            guard side.ring == nil else { return nil }
            _ = await wait(for: [job.key])
            return checkLooks.removeValue(forKey: look)
        }
    }

    private func keep(_ result: ProbeResult, of look: CheckLook) {
        // Of what runs or is asked no more, nobody takes it in.
        checkLooks = checkLooks.filter { $0.key.unit != look.unit || $0.key.monitor.name != look.monitor.name }
        checkLooks[look] = result
        health[look.unit]?.nextLook = nil
        health[look.unit]?.nextProbe = nil
    }

    private func run(
        _ requirement: Gate.Requirement, _ files: [String: String], _ look: CheckLook, _ release: Release
    ) async -> ProbeResult {
        do {
            guard let subject = try await subject(of: look) else {
                return ProbeResult(.inconclusive, "\(look.revision.short) cannot be read")
            }
            let live = LiveFiles(files, of: release)
            let outcome = await evaluator.run(requirement, on: subject.reading(live), for: look.monitor.name)
            if outcome.verdict.admits, let unread = live.unread {
                return ProbeResult(.inconclusive, "\(requirement.check) reads no '\(unread)', which files names")
            }
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

/// Files that a monitor has its check read as they are now, by name: `log` and `labels` are those of `spec.serving`, all others are paths in
/// the model's folder.
private final class LiveFiles: Sendable {
    private struct Place: Sendable {
        let name: String
        let address: String
        /// Whether somebody goes on writing to it, line by line.
        let grows: Bool
    }

    /// What the check knows the log and the labels by.
    let log, labels: String?
    private let places: [String: Place]
    private let read = Mutex<Set<String>>([])

    init(_ files: [String: String], of release: Release) {
        let facts = Placeholders(release)
        var (places, paths) = ([String: Place](), [String: String]())
        for (name, written) in files.sorted(by: { $0.key < $1.key }) {
            let address = facts.fill(written, \.percentEncoded)
            // What the check says of the log names where it lies; by its ending it is read.
            let isServing = ["log", "labels"].contains(name)
            var path = isServing ? String(ShownAddress(address).description.prefix { $0 != "?" && $0 != "#" }) : name
            if places[path] != nil { path = "\(name): \(path)" }
            let grows = isServing || [".jsonl", ".ndjson", ".csv"].contains { path.hasSuffix($0) }
            places[path] = Place(name: name, address: address, grows: grows)
            paths[name] = path
        }
        self.places = places
        (log, labels) = (paths["log"], paths["labels"])
    }

    /// A name that nobody has asked for.
    var unread: String? {
        let read = read.withLock { $0 }
        return places.values.map(\.name).filter { !read.contains($0) }.min()
    }

    /// `nil` where the file is not among them.
    func content(_ path: String, _ live: Subject.Tools.Live) async throws -> Content? {
        guard let place = places[path] else { return nil }
        _ = read.withLock { $0.insert(place.name) }
        return try await live(place.address, place.grows)
    }
}

extension Subject {
    fileprivate func reading(_ files: LiveFiles) -> Subject {
        var (manifest, tools) = (manifest, tools)
        if files.log != nil || files.labels != nil {
            manifest.serving = manifest.serving.with(log: files.log, labels: files.labels)
        }
        let (own, live, revision) = (tools.file, tools.live, version.revision)
        tools.file = { version, path in
            if version.revision == revision, let content = try await files.content(path, live) { return content }
            return try await own(version, path)
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
