/// `environments/NAME/environment.yaml`: where models run, and how they get there.
public struct Environment: Hashable, Sendable, FieldGroup {
    public static let kind = "Environment"

    /// The environments that a version must have passed; none means straight from `models/`.
    public var from: [String]
    public var gate: String?
    /// For which models another gate counts.
    public var gates: [GateRule]
    public var promotion: Promotion
    public var target: PluginSettings?
    public var windows: [Window]
    public var verify: Verify
    public var rollback: Rollback
    public var freeze: Freeze?
    /// Models that enter together, in one commit, or not at all.
    public var releaseSets: [ReleaseSet]
    public var monitors: [Monitor]
    /// What it says itself of that which `martlet.yaml` may say for all environments.
    public let own: Set<Key>

    public init(_ fields: Fields) throws(FieldErrors) {
        from = fields.value(
            "from", default: [], "the environments that a version must have passed; [] means straight from models/")
        gate = fields.optional("gate", "what must hold before a version enters")
        gates = fields.value(
            "gates", default: [], "other gates for some of the models; the first that names a model counts")
        var own: Set<Key> = []
        func mine<Value: FieldValue>(_ key: Key, _ about: String) -> Value? {
            let value: Value? = fields.optional(key.rawValue, about)
            if value != nil { own.insert(key) }
            return value
        }
        promotion = mine(.promotion, "who moves versions in, and in which order") ?? Promotion()
        target = fields.optional("target", .target, "what this environment deploys to")
        windows = fields.value("windows", default: [], "when versions may enter")
        verify = mine(.verify, "how a version proves itself after it was deployed") ?? Verify()
        rollback = mine(.rollback, "what happens when it does not") ?? Rollback()
        self.own = own
        freeze = fields.optional("freeze", "stops all promotion into this environment")
        releaseSets = fields.value("releaseSets", default: [], "models that enter together or not at all")
        monitors = fields.value("monitors", default: [], "rules on running deployments")
        let names = monitors.map(\.name)
        if Set(names).count < names.count { fields.complain(about: "monitors", "two have the same name") }
        // Without a limit of its own, what martlet.yaml says of it counts (``References``).
        for monitor in own.contains(.rollback) ? tooPatient(rollback) : [] {
            fields.complain(about: "monitors", monitor.isTooPatient)
        }
    }

    public struct Promotion: Hashable, Sendable, FieldGroup {
        public var mode: Mode = .automatic
        public var order: Order = .latest

        public init() {}

        public init(_ fields: Fields) throws(FieldErrors) {
            mode = fields.value("mode", default: .automatic, "who moves versions in")
            order = fields.value(
                "order", default: .latest,
                "latest skips to the newest, every takes one after another, batch moves all ready models in one commit")
        }
    }

    public enum Mode: String, FieldChoice {
        case automatic
        case pullRequest = "pull-request"
        case manual
    }

    /// `latest` skips to the newest, `every` takes one after another, `batch` moves all ready models in one commit.
    public enum Order: String, FieldChoice { case latest, every, batch }

    /// A time of the week, in a time zone, in which versions may enter.
    public struct Window: Hashable, Sendable, FieldGroup {
        public var allow: WeekHours
        public var zone: String

        public init(_ fields: Fields) throws(FieldErrors) {
            allow = try fields.required("allow", "days and hours, such as Mon-Thu 09:00-16:00")
            zone = fields.value("zone", default: "UTC", "a time zone such as Europe/Berlin")
        }
    }

    public struct Verify: Hashable, Sendable, FieldGroup {
        /// How long it must be healthy without a break.
        public var duration: Duration = .zero
        /// By when it must have been.
        public var timeout: Duration = .seconds(1800)
        public var interval: Duration = .seconds(10)
        /// How many probes in a row must fail before the version has failed.
        public var failureThreshold = 3
        public var probe: PluginSettings?

        public init() {}

        public init(_ fields: Fields) throws(FieldErrors) {
            duration = fields.value(
                "for", default: .zero,
                "how long it must be healthy without a break; time in which nobody looked does not count")
            let end: Duration? = fields.optional(
                "timeout", "by when it must have been; if absent, 30m, or twice 'for' where that is longer")
            timeout = end ?? max(.seconds(1800), duration * 2)
            interval = fields.value(
                "interval", default: .seconds(10), "how often it is probed; once it is verified, not within 30s")
            failureThreshold = fields.value(
                "failureThreshold", default: 3, within: .atLeast(1), "how many probes in a row must fail")
            probe = fields.optional("probe", .probe, "how its health is found out; without one, the target says")
            if interval < .milliseconds(10) { fields.complain(about: "interval", "must be at least 10ms") }
        }

        /// How long at least the version that is verified is ill before it counts as failed.
        public var patience: Duration { Environment.time(of: failureThreshold, every: pause(isVerified: true)) }

        /// How long there is between two looks.
        public func pause(isVerified: Bool) -> Duration { isVerified ? max(interval, .seconds(30)) : interval }
    }

    /// The time from the first look to the last.
    static func time(of looks: Int, every interval: Duration) -> Duration {
        // Both may be large; more than 300 years is the same as these.
        .seconds(min(Double(looks - 1) * (interval / Duration.seconds(1)), 1e10))
    }

    public struct Rollback: Hashable, Sendable, FieldGroup {
        public var onFailure: Reaction = .automatic
        public var failureAgeLimit: Duration = .seconds(1200)

        public init() {}

        public init(_ fields: Fields) throws(FieldErrors) {
            onFailure = fields.value("onFailure", default: .automatic, "whether Martlet reverts by itself")
            failureAgeLimit = fields.value(
                "failureAgeLimit", default: .seconds(1200), "an older failure waits for a person")
        }
    }

    public enum Reaction: String, FieldChoice { case automatic, manual }

    public struct Freeze: Hashable, Sendable, FieldGroup {
        public var reason: String
        public var until: Timestamp?

        public init(_ fields: Fields) throws(FieldErrors) {
            reason = try fields.required("reason", "why, for people")
            until = fields.optional("until", "when it ends by itself")
        }
    }

    public struct ReleaseSet: Hashable, Sendable, FieldGroup {
        public var name: String
        public var models: [String]

        public init(_ fields: Fields) throws(FieldErrors) {
            name = try fields.required("name", "what people call it")
            models = try fields.required("models", "the models that enter together")
        }
    }
}
