/// `environments/ENV/MODEL.yaml`: which version of a model an environment runs.
public struct Deployment: Hashable, Sendable, FieldGroup {
    public static let kind = "Deployment"

    public var model: String
    /// The version; `nil` before the first promotion.
    public var pin: Pin?
    public var rollout: Rollout?

    public init(model: String, pin: Pin? = nil) {
        self.model = model
        self.pin = pin
    }

    public init(_ fields: Fields) throws(FieldErrors) {
        model = try fields.required("model", "the model, as its folder below models/ is called")
        let revision: ObjectID? = fields.optional("revision", "the commit that defines the version; the only authority")
        let version: String? = fields.optional("version", "the version's label, for people")
        let digest: Digest? = fields.optional("digest", "the SHA-256 of the artifact that must run")
        rollout = fields.optional("rollout", "how traffic moves to a new version")
        pin = revision.map { Pin(revision: $0, version: version, digest: digest) }
        if fields.lacks("revision"), version != nil || digest != nil {
            fields.complain(
                about: version != nil ? "version" : "digest", "needs a revision: that alone says which version runs")
        }
    }
}

/// One model version as a deployment names it.
public struct Pin: Hashable, Sendable {
    public var revision: ObjectID
    public var version: String?
    public var digest: Digest?

    public init(revision: ObjectID, version: String? = nil, digest: Digest? = nil) {
        self.revision = revision
        self.version = version
        self.digest = digest
    }

    /// The label beside the short revision, which it is only a name for: `v1.4.0 (c0fb87b)`.
    public var fullLabel: String { version.map { "\(Excerpt.line($0)) (\(revision.short))" } ?? revision.short }

    /// The label, or the short revision where there is none.
    public var label: String { version ?? revision.short }
}
