/// The parsed repository at one commit.
///
/// What cannot be read keeps its last valid value and is marked broken: it freezes what depends on it, and nothing else.
public struct Snapshot: Sendable {
    public var revision: ObjectID
    public var tree: ObjectID
    public var settings = RepositorySettings()
    public var models: [String: ModelEntry] = [:]
    public var datasets: [String: Entry<Dataset>] = [:]
    public var gates: [String: Entry<Gate>] = [:]
    public var environments: [String: Entry<Environment>] = [:]
    public var evidence: [String: Entry<ManualEvidence>] = [:]
    /// By environment, then by model.
    public var deployments: [String: [String: Entry<Deployment>]] = [:]
    public var waivers: [String: Entry<Waiver>] = [:]
    /// What is wrong, by file; by folder where that cannot be read.
    public var diagnostics: [String: [Diagnostic]] = [:]
    /// The files' objects that could not be read: whoever brings them again need not commit anything.
    public var damaged: Set<ObjectID> = []
    /// And those of folders. They are kept apart: an entry may say to be a file where its object is a folder.
    public var damagedFolders: Set<ObjectID> = []

    public init(revision: ObjectID, tree: ObjectID) {
        self.revision = revision
        self.tree = tree
    }

    /// One manifest: the last value that could be read, and whether the file is broken now.
    public struct Entry<Value: Hashable & Sendable>: Hashable, Sendable {
        public var blob: ObjectID
        public var value: Value
        public var isBroken: Bool

        public init(blob: ObjectID, value: Value, isBroken: Bool = false) {
            self.blob = blob
            self.value = value
            self.isBroken = isBroken
        }
    }

    /// A model's manifest and the tree of its folder.
    public struct ModelEntry: Hashable, Sendable {
        public var tree: ObjectID
        public var manifest: Entry<Model>

        public init(tree: ObjectID, manifest: Entry<Model>) {
            self.tree = tree
            self.manifest = manifest
        }
    }
}

extension Snapshot {
    public func deployment(of model: String, in environment: String) -> Entry<Deployment>? {
        deployments[environment]?[model]
    }

    /// Names all that an environment's settings come from: its file, and what `martlet.yaml` says for all of them.
    public func source(ofEnvironment name: String) -> String? {
        environments[name].map {
            settings.defaults.text.isEmpty ? "\($0.blob)" : "\($0.blob) \(settings.defaults.text)"
        }
    }

    /// What must hold before a version of the model enters.
    public func gate(of model: String, in environment: Environment) -> Entry<Gate>? {
        environment.gate(of: model).flatMap { gates[$0] }
    }

    /// The environments, each after those that it takes versions from.
    public var environmentsInOrder: [String] {
        var order: [String] = [], seen: Set<String> = []
        func visit(_ name: String) {
            guard seen.insert(name).inserted, let environment = environments[name] else { return }
            environment.value.from.sorted().forEach(visit)
            order.append(name)
        }
        environments.keys.sorted().forEach(visit)
        return order
    }

    /// What is wrong with a file, or with a folder around it that cannot be read.
    public func problem(in file: String) -> Diagnostic? {
        if let own = diagnostics[file]?.first(where: { $0.severity == .error }) { return own }
        guard !diagnostics.isEmpty else { return nil }
        var parts = file.pathParts().dropLast()
        while !parts.isEmpty {
            if let around = diagnostics[parts.joined(separator: "/")]?.first { return around }
            parts.removeLast()
        }
        return nil
    }

    public static func file(ofEnvironment name: String) -> String { "environments/\(name)/environment.yaml" }

    public static func path(ofDeployment model: String, in environment: String) -> String {
        "environments/\(environment)/\(model).yaml"
    }
}
