import Artifacts
import Domain
import Engines
import Git
import Manifests

/// Gives checks and targets the bytes that a model version names, pointers followed and digests verified.
struct ModelMaterials: Sendable {
    private let workspace: Workspace
    private let artifacts: ArtifactStore
    private let runs: PredictionRuns
    private let curl: Curl
    /// Where Git LFS keeps objects: of the repository here, and of the one that people push to.
    private let lfsFolders: [String]

    init(_ workspace: Workspace, curl: Curl, runsProposed: Bool) {
        self.workspace = workspace
        self.curl = curl
        let origin = workspace.origin.flatMap { $0 == workspace.store.path ? nil : $0 }
        lfsFolders =
            [workspace.store.lfsFolder]
            + (origin.map { [(try? GitStore(opening: $0))?.lfsFolder ?? $0 + "/lfs/objects"] } ?? [])
        runs = PredictionRuns(runsProposed: runsProposed)
        let access = FileAccess(folders: ProcessFacts.environment["MARTLET_FILES"])
        artifacts = ArtifactStore(
            folder: workspace.cache + "/objects", access: access, now: Timestamp.now,
            look: { await Self.look(at: $0, by: curl) }, yaml: { try YAMLManifests.tree($0) }
        ) { url, path, limit in
            try await curl.download(url, to: path, atMost: limit)
        }
    }

    /// What tells a file that changed, without fetching it; `nil` where the server does not say. A size alone does not.
    static func look(at url: String, by curl: Curl) async -> String? {
        guard let reply = try? await curl.send(Tools.Call("HEAD", url, timeout: .seconds(15))), reply.status == 200,
            reply.headers["etag"] ?? reply.headers["last-modified"] != nil
        else { return nil }
        return ["etag", "last-modified", "content-length"].map { reply.headers[$0] ?? "" }.joined(separator: "\n")
    }

    /// Lets go of the artifacts that were used longest ago, where they take more than that.
    func prune(to limit: ByteSize) async throws { _ = try await artifacts.prune(to: limit.bytes) }

    var tools: Subject.Tools {
        var tools = Subject.Tools(
            file: { version, path in
                let folder = "models/\(version.model)"
                return try await artifacts.content("\(folder)/\(path)", in: folder, of: files(at: version.revision))
            },
            artifact: { try await artifacts.artifact($1, in: "models/\($0.model)", of: files(at: $0.revision)) },
            data: { try await data(of: $0, $1) }, predictions: { try await predictions(of: $0) },
            store: workspace.store,
            send: { try await curl.send($0) })
        tools.live = { try await artifacts.live($0, grows: $1) }
        tools.forget = { await artifacts.forget($0) }
        return tools
    }

    /// The repository's files at a version's commit, with the stores of large files beside it.
    private func files(at revision: ObjectID) async throws -> RepositoryFiles {
        let tree = try await workspace.store.read { try $0.commit(revision).tree }
        var files = RepositoryFiles(
            of: workspace.store, at: tree, lfsFolders: lfsFolders, workTree: workspace.workTree)
        // A clone is its own origin for those who only look at what is here.
        files.pushedTo = workspace.origin.flatMap { $0 == workspace.store.path && !workspace.store.isBare ? nil : $0 }
        return files
    }

    private func data(of version: ModelVersion, _ name: String) async throws -> Content {
        let files = try await files(at: version.revision)
        let path = Dataset.path(of: name)
        guard case .bytes(let text)? = try await files.blob(path) else {
            throw ArtifactFailure(
                .missing, "\(version.title) names the dataset '\(name)', but there is no \(path) at its commit")
        }
        let manifest = Workspace.language.read(text, path: path)
        guard case .dataset(let dataset)? = manifest.documents.first?.manifest else {
            throw ArtifactFailure(.invalid, manifest.diagnostics.first?.description ?? "\(path) is no dataset")
        }
        let folder = path.pathParts().dropLast().joined(separator: "/")
        let artifact = try await artifacts.artifact(dataset.pointer, in: folder, of: files)
        guard !artifact.isFolder else {
            throw ArtifactFailure(.unsupported, "the dataset '\(name)' is a folder, not one table")
        }
        return .file(path: artifact.path, size: artifact.size)
    }

    private func predictions(of subject: Subject) async throws -> Content {
        guard let evaluation = subject.manifest.evaluation else {
            throw ArtifactFailure(
                .missing, "\(subject.version.title) has no spec.evaluation, so nothing says how good it is")
        }
        if let path = evaluation.predictions {
            let content = try await subject.tools.file(subject.version, path)
            guard let content else {
                throw ArtifactFailure(
                    .missing, "\(subject.version.title) names the predictions '\(path)', but there is no such file")
            }
            return content
        }
        return try await runs.predictions(of: subject, evaluation, tools, workspace)
    }
}
