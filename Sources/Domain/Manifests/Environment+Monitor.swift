extension Environment {
    /// A rule on a deployment that runs and is verified: a look, how often it must find it ill, and what then happens.
    public struct Monitor: Hashable, Sendable, FieldGroup {
        public var name: String
        public var look: Look
        public var interval: Duration
        /// How many looks in a row must find it ill, and for how long at least.
        public var failureThreshold: Int
        public var duration: Duration
        public var action: Action

        public init(_ fields: Fields) throws(FieldErrors) {
            name = try fields.required("name", "what people call it")
            look = Look(fields)
            let often: Duration? = fields.optional(
                "interval", "how often it looks; 30s, or with a check 10m, by default")
            interval = often ?? look.usualInterval
            let most: Int? = fields.optional(
                "failureThreshold", within: .atLeast(1),
                "how many looks in a row must find it ill; 3, or with a check 1, by default")
            failureThreshold = most ?? look.usualThreshold
            duration = fields.value("for", default: .zero, "for how long it must be ill without a break")
            action = try fields.required("action", "what happens then")
            if interval < .milliseconds(10) { fields.complain(about: "interval", "must be at least 10ms") }
        }

        /// What is wrong where its failure would be too old for a rollback before it counts as one.
        var isTooPatient: String {
            "'\(name)' waits longer than rollback.failureAgeLimit, so it never rolls back"
        }

        /// `rollback` goes back to the version that was verified last, `hold` keeps this one from going any further,
        /// `retrain` has the model trained anew while this version runs on, `alert` only tells people.
        public enum Action: String, FieldChoice {
            case rollback, hold, retrain, alert

            /// Whether it stops the version that runs, or keeps it from going on.
            public var isAgainstVersion: Bool { self == .rollback || self == .hold }
        }

        /// How it looks.
        public enum Look: Hashable, Sendable {
            case probe(PluginSettings)
            /// A check of the version that runs, on files as they are now, by name: `log` and `labels` are those of `spec.serving`, all others
            /// paths in the model's folder.
            case check(Gate.Requirement, files: [String: String])

            init(_ fields: Fields) {
                let probe = fields.optional("probe", .probe, "how it looks")
                let check: Gate.Requirement? = fields.optional(
                    "check",
                    "or the check that the version that runs has to pass: its id, or check: with its settings, as in a gate"
                )
                let files = fields.value(
                    "files", default: [:] as [String: String],
                    "where the check finds what is served now, by name: log and labels of spec.serving, or a path in the model's folder; "
                        + "file:// or https://, with \(Placeholders.listed)")
                fields.expectOne(of: "probe", or: "check", "a probe or a check", hint: "probe: {kind: http, url: …}")
                if fields.lacks("check"), !files.isEmpty { fields.complain(about: "files", "only a check reads files") }
                if check?.required == false {
                    fields.complain(about: "check", "required: a monitor's action says what follows")
                }
                for (name, address) in files.sorted(by: { $0.key < $1.key })
                where !["file:///", "https://", "http://"].contains(where: address.hasPrefix) {
                    fields.complain(about: "files", "\(name): must begin with file:/// or https:// (or http://)")
                }
                self = check.map { .check($0, files: files) } ?? .probe(probe ?? .placeholder)
            }

            var usualInterval: Duration { if case .check = self { .seconds(600) } else { .seconds(30) } }
            /// A check's verdict is about many requests; one look of a probe is about one moment.
            var usualThreshold: Int { if case .check = self { 1 } else { 3 } }
        }

        /// How long at least the version is ill before that counts.
        public var patience: Duration { max(duration, Environment.time(of: failureThreshold, every: interval)) }
    }
}
