public import Domain

/// The JSON Schemas (2020-12) of manifests, for editors.
public enum ManifestSchemas {
    /// The kinds that there are.
    public static var kinds: [String] { ManifestKind.allCases.map(\.rawValue) }

    /// The schema of a whole document, or `nil` where there is no such kind.
    ///
    /// It is made of the same fields that ``YAMLManifests`` reads, so the two agree.
    public static func schema(_ kind: String) -> JSON? { ManifestKind(rawValue: kind).map(schema) }

    private static func schema(_ kind: ManifestKind) -> JSON {
        let spec = kind.specSchema
        let required = ["apiVersion", "kind", "metadata"] + (spec["required"] == nil ? [] : ["spec"])
        return [
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
