/// A plug-in that a manifest names, found where the schema of its kind says that one stands.
///
/// So it is known also where the manifest has mistakes of its own: whoever mends these is to see those of the settings at the same time.
public struct PluginMention: Hashable, Sendable {
    public let sort: PluginSort
    public let name: String
    public let settings: ManifestTree

    /// `nil` where nothing says which one it is.
    private init?(_ sort: PluginSort, _ node: any ManifestNode) {
        self.sort = sort
        if sort == .check, !node.isNull, let name = node.text {
            (self.name, settings) = (name, ManifestTree(.mapping([]), at: node.place))
            return
        }
        guard let name = node.member(sort.key)?.text else { return nil }
        self.name = name
        let own = sort.fields["properties"]?.members ?? []
        settings = own.reduce(ManifestTree(node)) { $0.without($1.key) }
    }

    /// All that a value names, by the JSON Schema that it should keep to.
    public static func all(in node: any ManifestNode, _ schema: JSON) -> [PluginMention] {
        if let reference = schema["$ref"] {
            let sort = PluginSort.allCases.first { $0.reference["$ref"] == reference }
            return [sort.flatMap { PluginMention($0, node) }].compactMap(\.self)
        }
        var found = (schema["anyOf"]?.array ?? []).flatMap { all(in: node, $0) }
        for member in schema["properties"]?.members ?? [] {
            if let value = node.member(member.key) { found += all(in: value, member.value) }
        }
        if let items = schema["items"] { found += (node.items ?? []).flatMap { all(in: $0, items) } }
        if let values = schema["additionalProperties"], values.members != nil {
            for (key, _) in node.keys ?? [] { if let value = node.member(key) { found += all(in: value, values) } }
        }
        return found
    }
}
