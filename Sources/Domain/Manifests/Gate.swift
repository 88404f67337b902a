/// `gates/NAME.yaml`: what must hold before a version enters an environment.
public struct Gate: Hashable, Sendable, FieldGroup {
    public static let kind = "Gate"

    public var checks: [Requirement]
    public var score: Score?
    public var approvals: Approvals?
    /// Who may let a version in although a check says no; without it, nobody.
    public var waivers: Waivers?
    /// How long the version must have been verified in each environment that it comes from.
    public var soakFor: Duration

    public init(_ fields: Fields) throws(FieldErrors) {
        checks = fields.value("checks", default: [], "the checks that must pass, each with its settings")
        score = fields.optional("score", "the least ML Test Score")
        approvals = fields.optional("approvals", "how many people must agree")
        waivers = fields.optional("waivers", "who may let a version in although a check says no; without it, nobody")
        soakFor = fields.value(
            "soakFor", default: .zero,
            "how long it must have run well in each environment before this one; time in which nobody knew that does not count"
        )
    }

    /// Whether a version enters without anything having been looked at: no check is asked for, and no score.
    public var asksForNoCheck: Bool { checks.isEmpty && score == nil }

    /// One check that a gate asks for. Every field but `check`, `required` and `timeLimit` is a setting of the check.
    public struct Requirement: Hashable, Sendable, FieldValue {
        public var check: String
        /// Whether anything but pass and warn blocks; otherwise the verdict is only shown.
        public var required: Bool
        /// How long it may take; `nil` leaves that to the loop. No verdict depends on it.
        public var timeLimit: Duration?
        public var settings: ManifestTree

        /// More is as good as no limit.
        public static let longest = Duration.seconds(7 * 86_400)

        public init(
            check: String, required: Bool = true, timeLimit: Duration? = nil, settings: ManifestTree = .placeholder
        ) {
            self.check = check
            self.required = required
            self.timeLimit = timeLimit
            self.settings = settings
        }

        /// Reads a mapping, or the bare id of a check.
        public init(node: any ManifestNode) throws(FieldErrors) {
            if let id = node.text, !node.isNull {
                self.init(check: id, settings: ManifestTree(.mapping([]), at: node.place))
                return
            }
            let fields = try Fields(node)
            let check: String = try fields.required("check", "the check's id, such as model.slices")
            let required = fields.value("required", default: true, "whether it blocks")
            let timeLimit: Duration? = fields.optional("timeLimit", "how long it may take; 30m by default")
            if let timeLimit, timeLimit <= .zero || timeLimit > Self.longest {
                fields.complain(about: "timeLimit", "must be above 0s and at most \(Self.longest.text)")
            }
            let settings = fields.everything().without("check").without("required").without("timeLimit")
            try fields.close()
            self.init(check: check, required: required, timeLimit: timeLimit, settings: settings)
        }

        public static var schema: JSON { PluginSort.check.reference }

        public static var placeholder: Requirement { Requirement(check: "") }
    }

    public struct Score: Hashable, Sendable, FieldGroup {
        public var least: Double

        public init(_ fields: Fields) throws(FieldErrors) {
            least = try fields.required("least", within: .between(0, 7), "the least score that may enter, 0 to 7")
        }
    }

    public struct Waivers: Hashable, Sendable, FieldGroup {
        public var from: [String]

        public init(_ fields: Fields) throws(FieldErrors) {
            from = try fields.required("from", "the people or teams whose signed waivers count")
        }
    }

    public struct Approvals: Hashable, Sendable, FieldGroup {
        public var count: Int
        public var from: [String]

        public init(_ fields: Fields) throws(FieldErrors) {
            count = fields.value("count", default: 1, within: .atLeast(1), "how many people must agree")
            from = fields.value(
                "from", default: [], "the people or teams that count; empty means anyone in allowed_signers")
        }
    }
}
