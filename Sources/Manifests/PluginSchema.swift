public import Domain

/// A plug-in as the schemas of manifests show it.
public struct PluginSchema: Sendable {
    let name: String
    let summary: String
    /// The JSON Schema of its settings.
    let settings: JSON

    public init(name: String, summary: String, settings: JSON) {
        self.name = name
        self.summary = summary
        self.settings = settings
    }
}

extension PluginSort {
    /// The JSON Schema of a place that names one of `known`: the name is one of theirs, and the settings are that one's.
    ///
    /// Where none is known, nothing is said of names and settings.
    func definition(_ known: [PluginSchema]) -> JSON {
        let fields = fields
        guard !known.isEmpty else {
            let open = JSON.object((fields.members ?? []).filter { $0.key != "additionalProperties" })
            return self == .check ? ["anyOf": [String.schema, open]] : open
        }
        let names = known.map { JSON.string($0.name) }
        let name = (fields["properties"]?[key] ?? [:]).with("enum", .array(names))
        let settings = known.map { plugin -> JSON in
            let name: JSON = ["const": .string(plugin.name)]
            let isThat: JSON = ["properties": .object([(key, name)]), "required": [.string(key)]]
            return JSON.object([("if", isThat), ("then", plugin.schema(beside: fields, key))])
        }
        let choice: JSON = [
            "type": "object", "required": [.string(key)], "properties": .object([(key, name)]),
            "allOf": .array(settings),
        ]
        guard self == .check else { return choice }
        let bare = known.filter { $0.settings["required"] == nil }.map { JSON.string($0.name) }
        return ["anyOf": [["enum": .array(bare), "description": "a check without settings"], choice]]
    }
}

extension PluginSchema {
    /// The whole mapping: what the manifest reads there, and the settings. Of two fields of one name the manifest's counts.
    fileprivate func schema(beside fields: JSON, _ key: String) -> JSON {
        let own = fields["properties"]?.members ?? []
        let rest = (settings["properties"]?.members ?? []).filter { member in !own.contains { $0.key == member.key } }
        let needed = (settings["required"]?.array ?? []).filter { name in rest.contains { $0.key == name.string } }
        return settings.with("description", .string(summary)).with("properties", .object(own + rest))
            .with("required", .array((fields["required"]?.array ?? []) + needed))
    }
}

extension JSON {
    /// The same object with one member more, or another value of it.
    fileprivate func with(_ key: String, _ value: JSON) -> JSON {
        .object((members ?? []).filter { $0.key != key } + [.init(key, value)])
    }
}
