/// A mapping that names a plug-in by `kind`, with that plug-in's settings.
public struct PluginSettings: Hashable, Sendable, FieldValue {
    public var kind: String
    public var settings: ManifestTree

    public init(kind: String, settings: ManifestTree = .placeholder) {
        self.kind = kind
        self.settings = settings
    }

    public init(node: any ManifestNode) throws(FieldErrors) {
        let fields = try Fields(node)
        kind = try fields.required("kind", "which plug-in; 'martlet kinds' lists them")
        settings = fields.everything().without("kind")
        try fields.close()
    }

    public static var schema: JSON {
        ["type": "object", "required": ["kind"], "properties": ["kind": String.schema]]
    }

    public static var placeholder: PluginSettings { PluginSettings(kind: "") }
}
