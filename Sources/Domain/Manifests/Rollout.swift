/// How traffic moves to a new version: for the system that a target drives. No built-in target reads one.
public struct Rollout: Hashable, Sendable, FieldValue {
    public var kind: String
    public var settings: ManifestTree

    public init(node: any ManifestNode) throws(FieldErrors) {
        let fields = try Fields(node)
        kind = try fields.required("kind", "what the target's system calls it, such as canary")
        settings = fields.everything().without("kind")
        try fields.close()
    }

    private init() { (kind, settings) = ("", .placeholder) }

    public static var schema: JSON { PluginSettings.schema }

    public static var placeholder: Rollout { Rollout() }
}
