/// One document of a manifest file, by its kind.
public indirect enum Manifest: Hashable, Sendable {
    case repository(RepositorySettings)
    case model(Model)
    case schema(Schema)
    case dataset(Dataset)
    case gate(Gate)
    case environment(Environment)
    case deployment(Deployment)
    case evidence(ManualEvidence)
    case waiver(Waiver)

    public static let apiVersion = "martlet.dev/v1"

    public var kind: String {
        switch self {
        case .repository: RepositorySettings.kind
        case .model: Model.kind
        case .schema: Schema.kind
        case .dataset: Dataset.kind
        case .gate: Gate.kind
        case .environment: Environment.kind
        case .deployment: Deployment.kind
        case .evidence: ManualEvidence.kind
        case .waiver: Waiver.kind
        }
    }
}

extension Manifest {
    /// `nil` where it is no kind of manifest.
    public init?(_ value: any FieldValue) {
        switch value {
        case let value as RepositorySettings: self = .repository(value)
        case let value as Model: self = .model(value)
        case let value as Schema: self = .schema(value)
        case let value as Dataset: self = .dataset(value)
        case let value as Gate: self = .gate(value)
        case let value as Environment: self = .environment(value)
        case let value as Deployment: self = .deployment(value)
        case let value as ManualEvidence: self = .evidence(value)
        case let value as Waiver: self = .waiver(value)
        default: return nil
        }
    }
}

/// A manifest with the name that its metadata give it.
public struct NamedManifest: Hashable, Sendable {
    public var name: String
    public var manifest: Manifest
    /// Where its document starts.
    public var place: Place

    public init(name: String, manifest: Manifest, place: Place) {
        self.name = name
        self.manifest = manifest
        self.place = place
    }
}

/// What reading one file gave: the documents that are whole, and what is wrong with the others.
public struct ManifestFile: Hashable, Sendable {
    public var documents: [NamedManifest]
    public var diagnostics: [Diagnostic]
    /// Where something is wrong: all documents as far as they can be read. Nothing may be decided by them.
    public var partial: [Manifest] = []
    /// And the plug-ins that they name, whose settings may be wrong, too.
    public var mentions: [PluginMention] = []

    public init(documents: [NamedManifest], diagnostics: [Diagnostic]) {
        self.documents = documents
        self.diagnostics = diagnostics
    }
}

/// Reads and edits the text of manifests.
public protocol ManifestLanguage: Sendable {
    /// Reads every document of a file. Nothing is thrown: what is wrong is in the result.
    func read(_ bytes: [UInt8], path: String) -> ManifestFile

    /// Where a file says something: follows keys, as far as they are there. `nil` where it holds nothing of the kind that its path names.
    func place(of fields: [String], in bytes: [UInt8], path: String) -> Place?

    /// The same bytes with the deployment's pin replaced, inserted or removed, and nothing else changed.
    ///
    /// Proved by reading the result again; throws where the text cannot be edited safely.
    func setting(_ pin: Pin?, in bytes: [UInt8], path: String) throws -> [UInt8]
}
