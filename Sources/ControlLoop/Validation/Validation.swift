public import Domain
import Synchronization

/// Finds everything that is wrong with a repository's manifests, alone and together.
public struct Validation: Sendable {
    let language: any ManifestLanguage
    let checks: CheckRegistry
    let targets: Registry
    let probes: Registry
    let forges: Registry
    let notifiers: Registry
    let engines: Registry
    let references: References

    /// Finds what is wrong between manifests, each being right by itself.
    public typealias References = @Sendable (_ snapshot: Snapshot, _ files: Files) -> [Diagnostic]

    /// What lies where the manifests lie.
    public struct Files {
        /// Reads a file, to find a place in it.
        public let bytes: (_ path: String) -> [UInt8]?
        /// Whether a model's folder has a file, by its path there.
        public let exists: (_ model: String, _ file: String) -> Bool
        /// Whether the repository has a file, by its path from the top.
        public let isThere: (_ path: String) -> Bool
    }

    /// Calls its argument for each file, with its path and a way to read it up to a limit.
    public typealias Walk = (_ visit: (_ path: String, _ read: (_ limit: Int) -> FileContent) -> Void) throws -> Void

    public init(
        language: any ManifestLanguage, checks: CheckRegistry, targets: Registry, probes: Registry,
        forges: Registry = Registry([]), notifiers: Registry = Registry([]), engines: Registry = Registry([]),
        references: @escaping References
    ) {
        self.language = language
        self.checks = checks
        self.targets = targets
        self.probes = probes
        self.forges = forges
        self.notifiers = notifiers
        self.engines = engines
        self.references = references
    }

    /// The diagnostics of a commit, sorted by file and place. Pins must name commits that have the model.
    ///
    /// - Parameter tell: Is called now and then with how many manifests were read.
    public func diagnostics(
        at revision: ObjectID, in store: any Store, tell: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) async throws -> [Diagnostic] {
        let (snapshot, crowded) = try await SnapshotBuilder(store: store, language: language).read(
            at: revision, tell: tell)
        return sorted(try await problems(of: snapshot, in: store) + crowded.map(\.diagnostic))
    }

    /// What is wrong in the files of a snapshot and between them.
    func problems(of snapshot: Snapshot, in store: any Store) async throws -> [Diagnostic] {
        let found = try await store.read { reader in
            let files = files(of: snapshot, reader), loose = loose(snapshot, files)
            let pins = PinValidation(language: language, bytes: files.bytes)
            return try pins.diagnostics(loose.snapshot, in: snapshot.revision, reader)
                + linkedFolders(snapshot.tree, reader) + related(loose, files)
                + missingBranch(snapshot, files.bytes, reader)
        }
        return snapshot.diagnostics.values.flatMap(\.self) + plugins(snapshot) + found
    }

    /// Whether a commit has any manifest at all.
    public func hasManifests(at revision: ObjectID, in store: any Store) async throws -> Bool {
        try await store.read { try !Listing(at: revision, $0).files.isEmpty }
    }

    private func files(of snapshot: Snapshot, _ reader: any ObjectReader) -> Files {
        Files { path in
            (try? reader.entry(at: path, in: snapshot.tree)).flatMap {
                try? reader.blob($0.id, atMost: ParsedFile.largest)
            }
        } exists: { model, file in
            snapshot.models[model].flatMap { try? reader.entry(at: file, in: $0.tree) } != nil
        } isThere: { path in
            ((try? reader.entry(at: path, in: snapshot.tree)) ?? nil) != nil
        }
    }

    /// The links that stand where a folder of manifests would.
    private func linkedFolders(_ tree: ObjectID, _ reader: any ObjectReader) throws -> [Diagnostic] {
        let entries = try reader.tree(tree)
        let environments = entries.first { $0.name == "environments" && $0.mode == .tree }
        // Where that cannot be read, the snapshot says so.
        let inner = (try? environments.map { try reader.tree($0.id) } ?? []) ?? []
        let links =
            entries.filter { $0.mode == .symlink }.map(\.name)
            + inner.filter { $0.mode == .symlink }.map { "environments/" + $0.name }
        return links.filter(ManifestPath.isFolder).map(Diagnostic.linkedFolder)
    }

    /// The diagnostics of files on disk. Of what is committed, only those commits of `store` are looked at that deployments name.
    ///
    /// `walk` shows every file once; `read` reads one again, to find a place in it; `exists` says whether a folder is there, too. Parsing
    /// goes on beside the walk.
    public func diagnostics(
        of walk: Walk,
        read: @Sendable @escaping (_ path: String, _ limit: Int) -> FileContent,
        exists: @Sendable @escaping (_ path: String) -> Bool, store: (any Store)? = nil
    ) async throws -> [Diagnostic] {
        let shared = SharedEdit()
        var parsing: [Task<Void, Never>] = [], batch: [RawFile] = [], misnamed: [Diagnostic] = []
        var seen: Set<String> = []
        try walk { path, read in
            guard let place = ManifestPlace(path: path) else {
                if path.hasPrefix("models/") { seen.insert(path) }
                if let warning = ManifestPath.nearMiss(path) { misnamed.append(warning) }
                if ManifestPath.isFolder(path), read(0) == .notPlain { misnamed.append(.linkedFolder(path)) }
                return
            }
            batch.append(RawFile(place, read(ParsedFile.largest)))
            guard batch.count == 100 else { return }
            parsing.append(parse(batch, into: shared))
            batch = []
        }
        parsing.append(parse(batch, into: shared))
        for task in parsing { await task.value }
        let snapshot = shared.edit.withLock { $0.snapshot }
        // A great snapshot takes longer to give back than its files to look up, and the program ends with this answer.
        _ = Unmanaged.passRetained(shared)
        let files = Files {
            read($0, ParsedFile.largest).bytes
        } exists: { [seen] in
            let path = "models/\($0)/\($1)"
            return seen.contains(path) || exists(path)
        } isThere: {
            exists($0)
        }
        let loose = loose(snapshot, files)
        let pins = try await store?.read { [language, snapshot = loose.snapshot] reader in
            let tip = try reader.resolve("HEAD")
            let bytes = { read($0, ParsedFile.largest).bytes }
            return try PinValidation(language: language, bytes: bytes).diagnostics(snapshot, in: tip, reader)
                + missingBranch(snapshot, bytes, reader)
        }
        let found = related(loose, files) + (pins ?? [])
        return sorted(misnamed + snapshot.diagnostics.values.flatMap(\.self) + plugins(snapshot) + found)
    }

    /// The diagnostics of one file by itself, with the settings of the plug-ins that it names.
    ///
    /// - Parameter reader: Where there is one, a deployment's pin must name a commit that it has.
    public func diagnostics(of bytes: [UInt8], path: String, _ reader: (any ObjectReader)? = nil) -> [Diagnostic] {
        guard let place = ManifestPlace(path: path) else { return [] }
        let file = ParsedFile(place: place, blob: .zero, file: language.read(bytes, path: path))
        var edit = SnapshotEdit(Snapshot(revision: .zero, tree: .zero))
        edit.put(file)
        let found = plugins(edit.snapshot) + diagnostics(of: file.file.mentions, in: path)
        edit.put(partial: file.file, at: place)
        let pins = PinValidation(language: language) { _ in bytes }
        let dangling = reader.map { pins.diagnostics(edit.snapshot, in: nil, $0) } ?? []
        return sorted(file.file.diagnostics + found + unknownChecks(edit.snapshot) + dangling)
    }

    /// Where parsed files go, whichever comes first.
    private final class SharedEdit: Sendable {
        let edit = Mutex(SnapshotEdit(Snapshot(revision: .zero, tree: .zero)))
    }

    /// Nothing of a file outlives this but what the snapshot takes: fresh memory costs as much as parsing.
    private func parse(_ files: [RawFile], into shared: SharedEdit) -> Task<Void, Never> {
        let language = language
        return Task {
            let parsed = files.indices.map { files[$0].parsed(by: language) }
            shared.edit.withLock { edit in
                for file in parsed {
                    if file.place.kind == Model.kind { edit.setTree(.zero, ofModel: file.place.name) }
                    edit.put(file)
                }
            }
        }
    }

    private func plugins(_ snapshot: Snapshot) -> [Diagnostic] {
        let shared = SharedTargets(snapshot, targets)
        var diagnostics = shared.diagnostics(snapshot) + shared.twins(snapshot)
        // What a broken file said before stands in no file now.
        let isBroken = snapshot.diagnostics[RepositorySettings.file]?.contains { $0.severity == .error } ?? false
        let settings = isBroken ? RepositorySettings() : snapshot.settings
        func look(_ file: String, _ make: () throws(FieldErrors) -> Void) {
            do throws(FieldErrors) { try make() } catch {
                diagnostics += error.problems.map { Diagnostic(file: file, $0) }
            }
        }
        if let forge = settings.forge, !forges.kinds.isEmpty {
            look(RepositorySettings.file) { () throws(FieldErrors) in _ = try forges.make(forge.plugin) }
        }
        for one in settings.notifications {
            look(RepositorySettings.file) { () throws(FieldErrors) in _ = try notifiers.make(one.plugin) }
        }
        if let engine = settings.engine, !engines.kinds.isEmpty {
            look(RepositorySettings.file) { () throws(FieldErrors) in _ = try engines.make(engine) }
        }
        if let probe = settings.defaults.verify?.probe {
            look(RepositorySettings.file) { () throws(FieldErrors) in _ = try probes.make(probe) }
        }
        for (name, gate) in snapshot.gates where !gate.isBroken {
            for requirement in gate.value.checks {
                look("gates/\(name).yaml") { () throws(FieldErrors) in _ = try checks.make(requirement) }
            }
        }
        for (name, environment) in snapshot.environments where !environment.isBroken {
            let file = Snapshot.file(ofEnvironment: name)
            if let target = environment.value.target {
                look(file) { () throws(FieldErrors) in _ = try targets.make(target) }
            }
            // One that comes from martlet.yaml stands there.
            let own = environment.value.own.contains(.verify) ? environment.value.verify.probe : nil
            for probe in environment.value.monitors.map(\.look) + [own.map { .probe($0) }].compactMap(\.self) {
                look(file) { () throws(FieldErrors) in
                    switch probe {
                    case .probe(let settings): _ = try probes.make(settings)
                    case .check(let requirement, _): _ = try checks.make(requirement)
                    }
                }
            }
        }
        return diagnostics
    }

    func sorted(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        Set(diagnostics).sorted { one, other in
            (one.file, one.place.line, one.place.column, one.message) < (
                other.file, other.place.line, other.place.column, other.message
            )
        }
    }
}

extension Diagnostic {
    /// Manifests that a link leads to are not read, on disk no more than by Git: it may lead anywhere.
    fileprivate static func linkedFolder(_ path: String) -> Diagnostic {
        Diagnostic(
            file: path, code: "not-a-folder", message: "links are not followed, so no manifest below it is read",
            hint: "replace it by the folder itself")
    }
}
