public import Domain

/// The JSON Schemas (2020-12) of manifests, for editors.
public enum ManifestSchemas {
    /// The kinds that there are.
    public static var kinds: [String] { ManifestKind.allCases.map(\.rawValue) }

    /// The schema of a whole document, or `nil` where there is no such kind.
    ///
    /// It is made of the same fields that ``YAMLManifests`` and the plug-ins read, so they agree.
    ///
    /// - Parameter plugins: Those that there are; of a sort that is not among them, any name and settings are taken.
    public static func schema(_ kind: String, plugins: [PluginSort: [PluginSchema]] = [:]) -> JSON? {
        ManifestKind(rawValue: kind).map { schema($0, plugins) }
    }

    private static func schema(_ kind: ManifestKind, _ plugins: [PluginSort: [PluginSchema]]) -> JSON {
        let spec = kind.specSchema
        let named = PluginSort.allCases.filter { spec.refers(to: $0) }
        let required = ["apiVersion", "kind", "metadata"] + (spec["required"] == nil ? [] : ["spec"])
        let document: JSON = [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": .string("https://martlet.dev/schemas/v1/\(kind.rawValue).json"),
            "title": .string(kind.rawValue),
            "description": .string(kind.summary),
            "type": "object",
            "required": .array(required.map(JSON.string)),
            "additionalProperties": false,
            "properties": [
                "apiVersion": ["const": .string(Manifest.apiVersion)],
                "kind": ["const": .string(kind.rawValue)],
                "metadata": metadata(kind),
                "spec": spec,
            ],
        ]
        guard !named.isEmpty else { return document }
        let definitions = named.map { ($0.rawValue, $0.definition(plugins[$0] ?? [])) }
        return .object((document.members ?? []) + [.init("$defs", .object(definitions))])
    }

    private static func metadata(_ kind: ManifestKind) -> JSON {
        let pattern = kind == .environment ? ManifestName.segmentPattern : ManifestName.pattern
        let name: JSON = [
            "type": ["string", "number", "boolean"], "pattern": .string(pattern), "maxLength": .int(ManifestName.limit),
            "description": .string(ManifestName.rule),
        ]
        let labels: JSON = [
            "type": "object", "additionalProperties": ["type": ["string", "number", "boolean", "null"]],
            "description": "free words, for people and for selecting",
        ]
        return [
            "type": "object", "required": ["name"], "additionalProperties": false,
            "properties": ["name": name, "labels": labels],
        ]
    }
}

extension JSON {
    /// Whether the schema names plug-ins of that sort somewhere.
    fileprivate func refers(to sort: PluginSort) -> Bool {
        switch self {
        case .string(let text): text == PluginSort.definitions + sort.rawValue
        case .object(let members): members.contains { $0.value.refers(to: sort) }
        case .array(let items): items.contains { $0.refers(to: sort) }
        default: false
        }
    }
}
