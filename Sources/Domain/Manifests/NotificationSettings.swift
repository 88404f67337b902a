/// One of `notifications:` in `martlet.yaml`: how people are told, and of what.
///
///     notifications:
///       - {kind: chat-webhook, url: {env: SLACK_URL}, on: [failed, needs-person], environments: [production], models: [lending/*]}
public struct NotificationSettings: Hashable, Sendable, FieldValue {
    public var plugin: PluginSettings
    /// Under this name it is remembered what was told.
    public var name: String
    /// The events that it is for; none named means all.
    public var on: [Notice.Event]
    public var environments: [String]
    /// Names of models, or of folders of models: `lending/*`.
    public var models: [String]
    /// An address for people, in which `{commit}`, `{model}` and `{environment}` are filled in.
    public var link: String?

    public init(node: any ManifestNode) throws(FieldErrors) {
        let fields = try Fields(node)
        let kind: String = try fields.required("kind", "which notifier; 'martlet kinds' lists them")
        let pattern = JSON.Member("pattern", .string(ManifestName.segmentPattern))
        let given: String? = fields.find(
            "name", "under this name it is remembered what was told; the kind, if absent",
            .object((String.schema.members ?? []) + [pattern])
        ) { node throws(FieldErrors) in try String(node: node) }
        name = given ?? kind
        on = fields.value("on", default: [], "the events that it is for; all where none is named")
        environments = fields.value(
            "environments", default: [], "the environments that it is for; all where none is named")
        models = fields.value(
            "models", default: [],
            "the models that it is for, or folders of models such as lending/*; all where none is named")
        link = fields.optional("link", "an address for people; {commit}, {model}, {environment} are filled in")
        if let given, !ManifestName.isValid(given) || given.contains("/") {
            fields.complain(
                about: "name", "must be letters, digits, '-' and '_', starting and ending with a letter or digit")
        }
        var rest = fields.everything()
        for own in ["kind", "name", "on", "environments", "models", "link"] { rest = rest.without(own) }
        try fields.close()
        plugin = PluginSettings(kind: kind, settings: rest)
    }

    private init() {
        (plugin, name, on, environments, models) = (.placeholder, "", [], [], [])
    }

    public static var schema: JSON { PluginSort.notifier.reference }

    public static var placeholder: NotificationSettings { NotificationSettings() }

    /// Whether its people are told of this.
    public func accepts(_ notice: Notice) -> Bool {
        if !on.isEmpty, !on.contains(notice.event) { return false }
        if !environments.isEmpty, !notice.environments.isEmpty, Set(environments).isDisjoint(with: notice.environments)
        {
            return false
        }
        guard !models.isEmpty, let model = notice.model else { return true }
        return models.contains { ModelName.means(model, by: $0) }
    }

    /// The notice with the link that these settings ask for.
    public func addressed(_ notice: Notice) -> Notice {
        guard let link, let commit = notice.commit else { return notice }
        var notice = notice
        let values = [
            ("commit", commit.description), ("model", notice.model ?? ""),
            ("environment", notice.environments.first ?? ""),
        ]
        notice.link = values.reduce(link) { $0.replacing("{\($1.0)}", with: $1.1) }
        return notice
    }

    /// The names that are there twice.
    static func doubles(in all: [NotificationSettings]) -> [String] {
        var seen: Set<String> = []
        return all.map(\.name).filter { !seen.insert($0).inserted }
    }
}
