/// `forge:` in `martlet.yaml`: which hosting service shows requests as pull requests, and what it may decide.
///
///     forge: {kind: github, repository: acme/models, token: {env: GITHUB_TOKEN}, reviews: true, people: {ada-l: ada@example.com}}
public struct ForgeSettings: Hashable, Sendable, FieldValue {
    public var plugin: PluginSettings
    /// Whether a review there counts as an approval by the person of that name.
    public var reviews: Bool
    public var merge: Merge
    /// Persons as `allowed_signers` and teams name them, by their login there. Nobody else's review counts.
    public var people: [String: String]

    /// Who moves the branch: Martlet's own push of exactly what was judged, or the forge at the head that was judged.
    public enum Merge: String, FieldChoice { case martlet, forge }

    public init(plugin: PluginSettings, reviews: Bool = false, merge: Merge = .martlet, people: [String: String] = [:])
    {
        self.plugin = plugin
        self.reviews = reviews
        self.merge = merge
        self.people = people
    }

    public init(node: any ManifestNode) throws(FieldErrors) {
        let fields = try Fields(node)
        let kind: String = try fields.required("kind", "which forge; 'martlet kinds' lists them")
        reviews = fields.value("reviews", default: false, "whether reviews there count as approvals")
        merge = fields.value("merge", default: .martlet, "who moves the branch: martlet or forge")
        people = fields.value(
            "people", default: [:], "who a login there is, as allowed_signers and teams name them: {LOGIN: PERSON}")
        let rest = fields.everything().without("kind").without("reviews").without("merge").without("people")
        try fields.close()
        plugin = PluginSettings(kind: kind, settings: rest)
    }

    public static var schema: JSON { PluginSort.forge.reference }

    public static var placeholder: ForgeSettings { ForgeSettings(plugin: .placeholder) }
}
