/// A model at a commit. Its identity is the tree: the same content is the same version, whichever commit shows it.
public struct ModelVersion: Hashable, Sendable {
    public let model: String
    /// The commit that defines the version.
    public let revision: ObjectID
    /// The tree of `models/NAME` there.
    public let tree: ObjectID
    /// The blobs of the dataset manifests that it names there, by name.
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

    public var name: VersionName { VersionName(model: model, revision: revision) }

    public var pin: Pin { Pin(revision: revision, version: label, digest: digest) }

    /// `credit-risk v1.4.0`, or the short revision where there is no label.
    public var title: String { "\(model) \(label ?? revision.short)" }
}
