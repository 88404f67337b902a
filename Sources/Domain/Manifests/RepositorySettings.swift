/// `martlet.yaml`: what holds for the whole repository.
public struct RepositorySettings: Hashable, Sendable, FieldGroup {
    public static let kind = "Repository"

    /// Where it stands in the repository.
    public static let file = "martlet.yaml"

    /// The protected branch, the single source of truth; `nil` where it is the repository's default branch.
    public var branch: String?
    /// Where Martlet keeps evidence, status and lease.
    public var references = "refs/martlet"
    /// Who has to have signed these, as `allowed_signers` names them; where it names nobody, records need no signature.
    public var recordSigners: [String] = []
    /// The share of an environment's deployments that one step may remove without a person.
    public var maxRemovedShare = 0.25
    /// Whether a pull request may move versions and change gates, environments, signers or these settings at once.
    public var policyWithVersions = false
    public var author = Author()
    /// The people of each team, as `allowed_signers` names them. Gates ask for approvals from people and teams.
    public var teams: [String: [String]] = [:]
    /// Whether tags of GTO's grammar, `MODEL#ENV#N`, tell what each environment runs.
    public var stageTags = false
    /// Whether tags of GTO's grammar, `MODEL@v1.4.0`, register the versions that deployments call so.
    public var versionTags = false
    /// What counts in environments that do not say it themselves.
    public var defaults = Environment.Defaults()
    public var forge: ForgeSettings?
    /// What runs the commands of models; `nil` where that is this machine.
    public var engine: PluginSettings?
    /// Who is told of what, and how.
    public var notifications: [NotificationSettings] = []

    public init() {}

    public init(_ fields: Fields) throws(FieldErrors) {
        branch = fields.optional("branch", "the protected branch; without it, the repository's default branch")
        references = fields.value(
            "references", default: "refs/martlet", "where Martlet keeps evidence, status and lease")
        recordSigners = fields.value(
            "recordSigners", default: [],
            "whose signatures Martlet's records need, as allowed_signers names them; without it, they need none")
        if recordSigners.contains("") { fields.complain(about: "recordSigners", "an empty name is nobody's") }
        maxRemovedShare = fields.value(
            "maxRemovedShare", default: 0.25, within: .between(0, 1),
            "the share of an environment's deployments that one step may remove without a person")
        policyWithVersions = fields.value(
            "policyWithVersions", default: false,
            "whether a pull request may move versions and change gates, environments or who may sign at once")
        author = fields.optional("author", "who Martlet's commits are by") ?? Author()
        teams = fields.value(
            "teams", default: [:], "the people of each team, as allowed_signers names them; gates ask teams to approve")
        stageTags = fields.value(
            "stageTags", default: false,
            "whether annotated tags of GTO's grammar, MODEL#ENV#N, tell what each environment runs")
        versionTags = fields.value(
            "versionTags", default: false,
            "whether annotated tags of GTO's grammar, MODEL@v1.4.0, register the versions that deployments call so")
        defaults = fields.optional("defaults", "what counts in environments that do not say it themselves") ?? .init()
        forge = fields.optional("forge", "the hosting service that shows requests as pull requests")
        engine = fields.optional("engine", .engine, "what runs the commands of models; this machine, if absent")
        notifications = fields.value("notifications", default: [], "who is told of what, and how")
        for name in NotificationSettings.doubles(in: notifications) {
            fields.complain(
                about: "notifications", "two are called '\(name)'", hint: "give each a 'name' of its own")
        }
        if !references.hasPrefix("refs/") { fields.complain(about: "references", "must start with refs/") }
    }

    public struct Author: Hashable, Sendable, FieldGroup {
        public var name = "Martlet"
        public var email = "martlet@localhost"

        public init() {}

        public init(_ fields: Fields) throws(FieldErrors) {
            name = fields.value("name", default: "Martlet", "the name")
            email = fields.value("email", default: "martlet@localhost", "the e-mail address")
        }
    }
}
