/// One model version with all that a check may look at.
public final class Subject: Sendable {
    public let version: ModelVersion
    public let manifest: Model
    public let schema: Schema?
    public let datasets: [String: Dataset]
    /// The environment that it would enter, with its name; `nil` outside a gate.
    public let environment: (name: String, settings: Environment)?
    /// The version that runs in that environment now.
    public let deployed: Subject?
    /// Versions that ran well there before that one, newest first, at most ``mostEarlier``.
    public let earlier: [Subject]
    /// What is known of the model's deployments, by environment: the one that it would enter, and those before it.
    public let statuses: [String: DeploymentStatus]
    /// The branch's tip, whose history is the repository's.
    public let tip: ObjectID
    public let now: Timestamp
    public let tools: Tools
    /// What its checks share.
    public let memo = Memo()

    /// So many of ``earlier`` are known.
    public static let mostEarlier = 9

    public init(
        version: ModelVersion, manifest: Model, schema: Schema?, datasets: [String: Dataset],
        environment: (name: String, settings: Environment)?, deployed: Subject?, earlier: [Subject] = [],
        statuses: [String: DeploymentStatus] = [:], tip: ObjectID, now: Timestamp, tools: Tools
    ) {
        self.version = version
        self.manifest = manifest
        self.schema = schema
        self.datasets = datasets
        self.environment = environment
        self.deployed = deployed
        self.earlier = earlier
        self.statuses = statuses
        self.tip = tip
        self.now = now
        self.tools = tools
    }

    /// Whether the version is part of the branch, by its commit or, as what a CI system merges for a look, by its content; else it is
    /// what somebody proposes.
    public func isOnBranch() async throws -> Bool {
        let (version, tip) = (version, tip)
        guard version.revision != tip else { return true }
        return try await tools.store.read { reader in
            if try reader.reaches(version.revision, from: tip) { return true }
            return try version.isShown(at: tip, reader)
        }
    }

    /// What a check may use of the world outside.
    public struct Tools: Sendable {
        /// A file of the model, by its path in the model's folder: the bytes themselves, whatever pointer stands for them.
        /// `nil` where the version has no such file.
        public var file: @Sendable (_ version: ModelVersion, _ path: String) async throws -> Content?
        /// The artifact with its digest verified; throws an ``ArtifactFailure`` where it cannot be had.
        public var artifact: @Sendable (_ version: ModelVersion, _ pointer: ArtifactPointer) async throws -> Artifact
        /// The rows of a dataset, its digest verified.
        public var data: @Sendable (_ version: ModelVersion, _ name: String) async throws -> Content
        /// The version's predictions: its file, or what its command writes. Computed once per version.
        public var predictions: @Sendable (_ subject: Subject) async throws -> Content
        public var store: any Store
        /// Asks a server. Only what the branch's own manifests name may be asked.
        public var send: @Sendable (Domain.Tools.Call) async throws -> Domain.Tools.Reply
        /// Reads a manifest as it stood at some commit; nothing where nobody says how.
        public var read: @Sendable (_ bytes: [UInt8], _ path: String) -> ManifestFile = { _, _ in
            ManifestFile(documents: [], diagnostics: [])
        }
        /// What the signature of a commit is worth.
        public var verify: VerifySignature = { _, _ in .rejected("signatures are not verified here") }
        /// What is known of changes of a model's dependencies; `nil` where nobody looks for them.
        public var dependencies: @Sendable (_ model: String) async throws -> DependencyRecord? = { _ in nil }
        /// What was found out of a version before: the newest evidence of each check; nothing where nobody keeps any.
        public var evidence: @Sendable (_ version: ModelVersion) async throws -> [Evidence] = { _ in [] }
        /// What the branch was before a merge of its history; its first parent where nobody knows better.
        public var branchBefore: @Sendable (_ merge: Commit, _ reader: any ObjectReader) throws -> ObjectID? = {
            merge, _ in merge.parents.first
        }
        /// Gives what an address, `file:///` or `https://`, holds now; no digest is promised of it. Of one that `grows` a line that is
        /// still being written is left out.
        public typealias Live = @Sendable (_ address: String, _ grows: Bool) async throws -> Content
        public var live: Live = { address, _ in
            throw ArtifactFailure(.unreachable, "\(ShownAddress(address)): it cannot be read from here")
        }
        /// Lets go of an artifact's copy on this machine that proved not to be what its digest says: it is fetched anew.
        public var forget: @Sendable (_ artifact: Artifact) async -> Void = { _ in }

        public init(
            file: @escaping @Sendable (ModelVersion, String) async throws -> Content?,
            artifact: @escaping @Sendable (ModelVersion, ArtifactPointer) async throws -> Artifact,
            data: @escaping @Sendable (ModelVersion, String) async throws -> Content,
            predictions: @escaping @Sendable (Subject) async throws -> Content, store: any Store,
            send: @escaping @Sendable (Domain.Tools.Call) async throws -> Domain.Tools.Reply = {
                throw ArtifactFailure(.unreachable, "\($0.url): no server can be asked from here")
            }
        ) {
            self.file = file
            self.artifact = artifact
            self.data = data
            self.predictions = predictions
            self.store = store
            self.send = send
        }
    }
}
