/// The settings of a target as they are written down of a deployment.
public struct TargetRecord: Hashable, Sendable {
    public let kind: String
    public let settings: JSON

    public init(_ target: PluginSettings) { (kind, settings) = (target.kind, target.settings.json) }

    public var plugin: PluginSettings { PluginSettings(kind: kind, settings: ManifestTree(settings)) }

    public var json: JSON { ["kind": .string(kind), "settings": settings] }

    public init?(json: JSON) {
        guard let kind = json["kind"]?.string, let settings = json["settings"] else { return nil }
        (self.kind, self.settings) = (kind, settings)
    }
}
