extension Environment {
    /// A rule on a deployment that runs and is verified: a look, how often it must find it ill, and what then happens.
    public struct Monitor: Hashable, Sendable, FieldGroup {
        public var name: String
        public var probe: PluginSettings
        public var interval: Duration
        /// How many looks in a row must find it ill, and for how long at least.
        public var failureThreshold: Int
        public var duration: Duration
        public var action: Action

        public init(_ fields: Fields) throws(FieldErrors) {
            name = try fields.required("name", "what people call it")
            probe = try fields.required("probe", .probe, "how it looks")
            interval = fields.value("interval", default: .seconds(30), "how often it looks")
            failureThreshold = fields.value(
                "failureThreshold", default: 3, within: .atLeast(1), "how many looks in a row must find it ill")
            duration = fields.value("for", default: .zero, "for how long it must be ill without a break")
            action = try fields.required("action", "what happens then")
            if interval < .milliseconds(10) { fields.complain(about: "interval", "must be at least 10ms") }
        }

        /// What is wrong where its failure would be too old for a rollback before it counts as one.
        var isTooPatient: String {
            "'\(name)' waits longer than rollback.failureAgeLimit, so it never rolls back"
        }

        /// `rollback` goes back to the version that was verified last, `hold` keeps this one from going any further,
        /// `alert` only tells people.
        public enum Action: String, FieldChoice { case rollback, hold, alert }

        /// How long at least the version is ill before that counts.
        public var patience: Duration { max(duration, Environment.time(of: failureThreshold, every: interval)) }
    }
}
