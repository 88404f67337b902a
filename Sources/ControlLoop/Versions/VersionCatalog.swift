public import Domain

/// Finds model versions: the one that a pin names, the one at the branch's tip, and those in between.
public actor VersionCatalog {
    private static let room = 5_000

    private let store: any Store
    private let language: any ManifestLanguage
    /// What was asked for last, with the round of labels in which its label was read; and what was before that.
    private var newer: [VersionName: (version: KnownVersion, round: Int)] = [:]
    private var older: [VersionName: (version: KnownVersion, round: Int)] = [:]
    private var round = 0
    /// The labels of each model's versions, with the round in which they were read.
    private var labels: [String: (labels: VersionLabels, round: Int)] = [:]

    public init(store: any Store, language: any ManifestLanguage) {
        self.store = store
        self.language = language
    }

    /// The version of `model` at a commit, or `nil` where that commit has no such model or none that can be read.
    public func version(of model: String, at revision: ObjectID) async throws -> KnownVersion? {
        let name = VersionName(model: model, revision: revision)
        let (language, round, known, last) = (language, round, newer[name] ?? older[name], labels[model])
        if let known, known.round == round { return known.version }
        let (version, labels) = try await store.read { reader -> (KnownVersion?, VersionLabels?) in
            guard var version = try known?.version ?? KnownVersion.read(name, reader, language) else {
                return (nil, nil)
            }
            let labels =
                try last.flatMap { $0.round == round ? $0.labels : nil }
                ?? VersionLabels(of: model, knowing: last?.labels, reader)
            version.version.label = labels.label(of: version.version.tree)
            return (version, labels)
        }
        if let labels {
            if self.labels.count >= Self.room { self.labels = [:] }
            self.labels[model] = (labels, round)
        }
        if newer.count >= Self.room { (older, newer) = (newer, [:]) }
        newer[name] = version.map { ($0, round) }
        return version
    }

    /// The versions of `model` at these commits, without those that can no longer be read.
    func versions(of model: String, at revisions: [ObjectID]) async throws -> [KnownVersion] {
        var versions: [KnownVersion] = []
        for revision in revisions {
            if let known = try? await version(of: model, at: revision) { versions.append(known) }
        }
        return versions
    }

    /// Has the labels read again, because tags may have moved.
    public func forgetLabels() { round += 1 }

    /// Whether at the first of each dataset's paths that is there lies what a version had there, and nothing where it had nothing.
    func shows(_ data: [String: ObjectID], in paths: [[String]], at revision: ObjectID) async throws -> Bool {
        try await store.read { reader in
            let root = try reader.commit(revision).tree
            return try paths.allSatisfy { paths in
                for path in paths {
                    guard let entry = try reader.entry(at: path, in: root) else { continue }
                    return data[path] == entry.id
                }
                return paths.allSatisfy { data[$0] == nil }
            }
        }
    }

    /// The newest version of `model` on the branch: the commit that brought its present content.
    ///
    /// After a `git pull` that merges, that is the branch's own commit and not the merge.
    public func newest(of model: String, at tip: ObjectID, of branch: String) async throws -> KnownVersion? {
        guard let present = try await version(of: model, at: tip) else { return nil }
        let data = Array(present.version.data.keys)
        let revision = try await store.read { reader in
            var origin = try reader.commit(tip)
            let identity = try VersionIdentity(of: model, at: origin, data: data, reader)
            func shows(_ commit: Commit) throws -> Bool {
                try VersionIdentity(of: model, at: commit, data: data, reader) == identity
            }
            while let first = origin.parents.first {
                let older = try reader.commit(first)
                if try shows(older) {
                    origin = older
                    continue
                }
                // Which side of a merge was the branch matters only where another one shows it.
                guard try origin.parents.dropFirst().contains(where: { try shows(reader.commit($0)) }),
                    let before = try reader.branch(branch, before: origin).map(reader.commit), try shows(before)
                else { break }
                origin = before
            }
            return origin.id
        }
        return try await version(of: model, at: revision)
    }

    /// The versions of `model` that came after the commit `start`, up to `tip`, oldest first.
    public func versions(of model: String, after start: ObjectID, to tip: ObjectID) async throws -> [KnownVersion] {
        guard let present = try await version(of: model, at: tip) else { return [] }
        let revisions = try await store.read { reader in
            var origins: [(ObjectID, VersionIdentity)] = []
            let data = Array(present.version.data.keys)
            let base = try reader.base(of: tip, over: start)
            var line = BranchLine(reader, over: start, leadsToStart: false, of: nil)
            try reader.walk(from: tip, &line) { commit in
                guard commit.id != base else { return false }
                let identity = try VersionIdentity(of: model, at: commit, data: data, reader)
                if origins.last?.1 == identity { origins.removeLast() }
                if identity.tree != nil { origins.append((commit.id, identity)) }
                return true
            }
            return origins.map(\.0)
        }
        var versions: [KnownVersion] = []
        for revision in revisions.reversed() {
            if let version = try await version(of: model, at: revision) { versions.append(version) }
        }
        return versions
    }

    /// Whether `revision` lies strictly before `other`. Commits that are not there, which people may have named, lie nowhere.
    public func isOlder(_ revision: ObjectID, than other: ObjectID) async throws -> Bool {
        guard revision != other else { return false }
        return try await store.read { reader in
            guard (try? reader.commit(revision)) != nil, (try? reader.commit(other)) != nil else { return false }
            return try reader.reaches(revision, from: other)
        }
    }
}

/// What makes two commits show the same version of a model.
struct VersionIdentity: Hashable {
    let tree: ObjectID?
    let data: [String: ObjectID]

    /// - Parameter data: The paths of what its datasets are.
    init(of model: String, at revision: ObjectID, data: [String], _ reader: any ObjectReader) throws {
        try self.init(of: model, at: reader.commit(revision), data: data, reader)
    }

    init(of model: String, at commit: Commit, data: [String], _ reader: any ObjectReader) throws {
        tree = try reader.entry(at: "models/\(model)", in: commit.tree)?.id
        var blobs: [String: ObjectID] = [:]
        for path in data { blobs[path] = try reader.entry(at: path, in: commit.tree)?.id }
        self.data = blobs
    }
}

/// A model version with its manifests, as they were at its commit.
public struct KnownVersion: Hashable, Sendable {
    public fileprivate(set) var version: ModelVersion
    /// When its commit was made.
    public let time: Timestamp
    public let manifest: Model
    public let schema: Schema?
    public let datasets: [String: Dataset]

    /// Whether both are the same content, whichever commit shows it.
    public func isSameContent(as other: KnownVersion) -> Bool {
        version.tree == other.version.tree && version.data == other.version.data
    }

    /// The version without its label.
    static func read(_ name: VersionName, _ reader: any ObjectReader, _ language: any ManifestLanguage) throws
        -> KnownVersion?
    {
        let commit = try reader.commit(name.revision)
        let root = commit.tree
        guard let folder = try reader.entry(at: "models/\(name.model)", in: root), folder.mode == .tree,
            case .model(let manifest)? = try document(
                "models/\(name.model)/model.yaml", in: root, Model.kind, reader, language)
        else { return nil }
        var schema: Schema?
        if let path = manifest.schema,
            case .schema(let value)? = try document(
                "models/\(name.model)/\(path)", in: root, Schema.kind, reader, language)
        {
            schema = value
        }
        var blobs: [String: ObjectID] = [:], datasets: [String: Dataset] = [:]
        for dataset in manifest.datasets {
            let path = Dataset.path(of: dataset)
            blobs[path] = try reader.entry(at: path, in: root)?.id
            if case .dataset(let value)? = try document(path, in: root, Dataset.kind, reader, language) {
                datasets[dataset] = value
                if let path = value.profilePath(as: dataset) { blobs[path] = try reader.entry(at: path, in: root)?.id }
                for path in value.paths(as: dataset) {
                    guard let entry = try reader.entry(at: path, in: root) else { continue }
                    blobs[path] = entry.id
                    break
                }
            }
        }
        let version = ModelVersion(
            model: name.model, revision: name.revision, tree: folder.id, data: blobs, label: nil,
            digest: manifest.artifact.sha256)
        return KnownVersion(
            version: version, time: commit.committer.time, manifest: manifest, schema: schema, datasets: datasets)
    }

    private static func document(
        _ path: String, in root: ObjectID, _ kind: String, _ reader: any ObjectReader, _ language: any ManifestLanguage
    ) throws -> Manifest? {
        guard let entry = try reader.entry(at: path, in: root), entry.mode == .file || entry.mode == .executable else {
            return nil
        }
        let file = language.read(try reader.blob(entry.id, atMost: ParsedFile.largest), path: path)
        guard !file.diagnostics.contains(where: { $0.severity == .error }) else { return nil }
        return file.documents.first { $0.manifest.kind == kind }?.manifest
    }
}

extension Model {
    /// The names of the datasets that it was trained and is evaluated on.
    var datasets: Set<String> { Set(training.data + [evaluation?.data].compactMap(\.self)) }
}
