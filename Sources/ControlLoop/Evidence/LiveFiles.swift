import Domain
import Synchronization

/// Files that a monitor has its check read as they are now, by name: `log` and `labels` are those of `spec.serving`, all others are paths in
/// the model's folder.
final class LiveFiles: Sendable {
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
    /// The same with these files in place of its own.
    func reading(_ files: LiveFiles) -> Subject {
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
