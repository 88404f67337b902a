/// What sorts of plug-ins manifests name.
public enum PluginSort: String, Hashable, Sendable, CaseIterable {
    case check, target, probe, forge, notifier, engine

    /// Stands in the JSON Schema of a manifest where one is named. Which there are is not known here: whoever hands out the
    /// whole schema defines it (`ManifestSchemas`).
    public var reference: JSON { ["$ref": .string(Self.definitions + rawValue)] }

    /// Before the name of a sort in a ``reference``.
    public static let definitions = "#/$defs/"

    /// The field that names the plug-in.
    public var key: String { self == .check ? "check" : "kind" }

    /// The JSON Schema of the fields that the manifest itself reads there, beside the plug-in's settings.
    public var fields: JSON {
        let recorder = SchemaRecorder()
        switch self {
        case .check: _ = try? Gate.Requirement(node: recorder)
        case .target, .probe, .engine: _ = try? PluginSettings(node: recorder)
        case .forge: _ = try? ForgeSettings(node: recorder)
        case .notifier: _ = try? NotificationSettings(node: recorder)
        }
        return recorder.schema
    }
}

extension Fields {
    /// The plug-in that the field names, or `nil` where it is absent.
    public func optional(_ key: String, _ sort: PluginSort, _ about: String) -> PluginSettings? {
        find(key, about, sort.reference) { node throws(FieldErrors) in try PluginSettings(node: node) }
    }

    /// The plug-in that the field names, which must be there.
    public func required(_ key: String, _ sort: PluginSort, _ about: String) throws(FieldErrors) -> PluginSettings {
        require(key, about, sort.reference) { node throws(FieldErrors) in try PluginSettings(node: node) }
    }
}
