/// A model at a commit. Its identity is the tree: the same content is the same version, whichever commit shows it.
public struct ModelVersion: Hashable, Sendable {
    public let model: String
    /// The commit that defines the version.
    public let revision: ObjectID
    /// The tree of `models/NAME` there.
    public let tree: ObjectID
    /// What lies there at the paths of the datasets that it names: their manifests, and the files or pointers that these name.
    public let data: [String: ObjectID]
    /// `v1.4.0` where a tag `NAME@v1.4.0` marks the version.
    public var label: String?
    public let digest: Digest?

    public init(
        model: String, revision: ObjectID, tree: ObjectID, data: [String: ObjectID] = [:], label: String? = nil,
        digest: Digest? = nil
    ) {
        self.model = model
        self.revision = revision
        self.tree = tree
        self.data = data
        self.label = label
        self.digest = digest
    }

    /// Whether a commit shows the same content.
    public func isShown(at commit: ObjectID, _ reader: any ObjectReader) throws -> Bool {
        let root = try reader.commit(commit).tree
        guard try reader.entry(at: "models/\(model)", in: root)?.id == tree else { return false }
        return try data.allSatisfy { path, id in try reader.entry(at: path, in: root)?.id == id }
    }

    public var name: VersionName { VersionName(model: model, revision: revision) }

    public var pin: Pin { Pin(revision: revision, version: label, digest: digest) }

    /// `credit-risk v1.4.0`, or the short revision where there is no label.
    public var title: String { "\(model) \(label ?? revision.short)" }
}
