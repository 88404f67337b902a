public import Domain

/// Parses the repository at a commit: all of it once, then only what a commit changed.
public struct SnapshotBuilder: Sendable {
    let store: any Store
    let language: any ManifestLanguage

    public init(store: any Store, language: any ManifestLanguage) {
        self.store = store
        self.language = language
    }

    /// The snapshot at `revision`, parsed from scratch.
    public func build(at revision: ObjectID) async throws -> Snapshot { try await read(at: revision).snapshot }

    /// The same, with the folders that have too many entries.
    ///
    /// - Parameter tell: Is called now and then with how many of its manifests were read.
    func read(
        at revision: ObjectID, tell: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) async throws -> (snapshot: Snapshot, crowded: [CrowdedFolder]) {
        let listing = try await store.read { reader in try Listing(at: revision, reader) }
        var snapshot = Snapshot(revision: revision, tree: listing.tree)
        for (name, tree) in listing.modelTrees {
            snapshot.models[name] = Snapshot.ModelEntry(
                tree: tree, manifest: .init(blob: .zero, value: .unread, isBroken: true))
        }
        var edit = SnapshotEdit(snapshot)
        let files = try await ManifestPipeline(store: store, language: language).map(listing.files, tell: tell) { $0 }
        for (listed, file) in zip(listing.files, files) { edit.put(file, isFormer: listed.isFormer) }
        for damage in listing.damage { edit.put(damage) }
        let mended = try await mendFromHistory(edit.snapshot, broken: edit.unreadable)
        return (try await keepGone(mended).0, listing.crowded)
    }

    /// The snapshot at `revision`, made from an older one and the difference between the two trees.
    public func update(_ old: consuming Snapshot, to revision: ObjectID) async throws -> SnapshotUpdate {
        let oldTree = old.tree
        let (language, gone) = (language, KnownGone(old))
        // What changed in a folder that cannot be read cannot be told: all is then read anew.
        let difference = try? await store.read {
            reader -> (ObjectID, [ParsedFile], [String: ObjectID?], Set<String>, Bool)? in
            let tree = try reader.commit(revision).tree
            let changes = try reader.changes(from: oldTree, to: tree, prefix: "")
            let nesting = ModelNesting(old: oldTree, new: tree)
            guard try !changes.contains(where: { try nesting.isMoved(by: $0, reader) }) else {
                return nil
            }
            var files: [ParsedFile] = []
            var models: [String: ObjectID?] = [:]
            for change in changes {
                for name in ModelFolders.names(containing: change.path) {
                    guard models[name] == nil else { continue }
                    let folder =
                        try nesting.isModel(name, in: tree, reader)
                        ? try reader.entry(at: "models/\(name)", in: tree) : nil
                    if try folder != nil || nesting.isModel(name, in: oldTree, reader) {
                        models.updateValue(folder?.id, forKey: name)
                    }
                }
                guard let place = ManifestPlace(path: change.path), try nesting.isListed(place, reader) else {
                    continue
                }
                files.append(try ParsedFile.read(place, change.new, reader, language))
            }
            let others = Set(changes.map(\.path).filter { $0.hasPrefix("data/") && ManifestPlace(path: $0) == nil })
            return (tree, files, models, others, changes.contains { Signers.isPart($0.path) })
        }
        // A folder that becomes a model hides what lies below it, and shows it again when it is none any more.
        guard let (tree, changed, models, others, signersMoved) = difference ?? nil else {
            return SnapshotUpdate(snapshot: try await build(at: revision), touched: .all)
        }
        var edit = SnapshotEdit(consume old)
        edit.snapshot.revision = revision
        edit.snapshot.tree = tree
        for (name, folder) in models { edit.setTree(folder, ofModel: name) }
        for file in changed { edit.put(file) }
        var touched = Touched(changed.map(\.place), models: models.keys)
        let hasData =
            !others.isEmpty
            && edit.snapshot.datasets.contains { name, entry in
                !others.isDisjoint(with: entry.value.files(as: name))
            }
        touched.everything = touched.everything || signersMoved || hasData
        let mended = try await mendFromHistory(edit.snapshot, broken: edit.unreadable)
        let (snapshot, ended) = try await keepGone(mended, gone)
        touched.environments.formUnion(ended.union(gone.unread))
        return SnapshotUpdate(snapshot: snapshot, touched: touched)
    }

    /// Gives each file that cannot be read its last valid value, so that a restart stands where the running loop stood.
    private func mendFromHistory(_ snapshot: Snapshot, broken: [ManifestPlace]) async throws -> Snapshot {
        guard !broken.isEmpty else { return snapshot }
        let (language, revision) = (language, snapshot.revision)
        let mended = try await store.read { reader in
            try broken.compactMap { try ParsedFile.lastValid($0, before: revision, reader, language) }
        }
        var edit = SnapshotEdit(snapshot)
        for file in mended { edit.mend(file) }
        return edit.snapshot
    }
}

/// A snapshot, and what may stand differently in it.
public struct SnapshotUpdate: Sendable {
    public let snapshot: Snapshot
    public let touched: Touched
}

/// The models and environments that a change may concern.
public struct Touched: Hashable, Sendable {
    public var models: Set<String> = []
    public var environments: Set<String> = []
    /// Something that may concern everything: the repository's settings, a gate, a dataset (its manifest or its bytes) or a waiver.
    public var everything = false

    public init() {}

    init(_ places: [ManifestPlace], models names: some Sequence<String>) {
        models = Set(names)
        for place in places {
            switch place.kind {
            case Deployment.kind: models.insert(place.name)
            case Environment.kind: environments.insert(place.name)
            case RepositorySettings.kind, Gate.kind, Dataset.kind, ManualEvidence.kind, Waiver.kind: everything = true
            default: break
            }
        }
    }

    public static let all: Touched = {
        var touched = Touched()
        touched.everything = true
        return touched
    }()

    /// Whether all deployments of a model may stand differently.
    func includesModel(_ name: String) -> Bool { everything || models.contains(name) }

    /// Adds what another one names.
    public mutating func formUnion(_ other: Touched) {
        models.formUnion(other.models)
        environments.formUnion(other.environments)
        everything = everything || other.everything
    }
}
