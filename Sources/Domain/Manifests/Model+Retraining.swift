extension Model {
    /// `training.retrain:`: the command that trains the model anew, where a monitor's `action: retrain` asks for that.
    ///
    ///     retrain: {command: [./start-pipeline.sh], coolDown: 7d, timeLimit: 2h, secrets: [RETRAIN_TOKEN]}
    public struct Retraining: Hashable, Sendable, FieldGroup {
        public var command: [String]
        /// How long after one has begun the next may begin.
        public var coolDown: Duration
        public var timeLimit: Duration
        public var memoryLimit: ByteSize
        public var secrets: [String]

        /// How secrets have to be called: so whoever runs Martlet decides which of his are for the commands of models.
        public static let secretPrefix = "RETRAIN_"

        public init(_ fields: Fields) throws(FieldErrors) {
            command = try fields.required(
                "command",
                nonEmpty:
                    "the command, started in a copy of the model's folder as Git has it; it sees MARTLET_MODEL, MARTLET_ENVIRONMENT, "
                    + "MARTLET_REVISION and MARTLET_VERSION (of what runs), MARTLET_MONITOR, MARTLET_REASON, MARTLET_BRANCH, "
                    + "MARTLET_RUN (names this run), PATH and an empty HOME")
            coolDown = fields.value(
                "coolDown", default: .seconds(7 * 86_400), "how long after one has begun the next may begin")
            timeLimit = fields.value(
                "timeLimit", default: .seconds(3600), "how long the command may take; it can start a pipeline and end")
            memoryLimit = fields.value(
                "memoryLimit", default: ByteSize(bytes: 2 << 30), "how much memory each process of the command may use")
            secrets = fields.value(
                "secrets", default: [],
                "secrets that it gets as environment variables of the same name, which begins with \(Self.secretPrefix)"
            )
            if coolDown <= .zero { fields.complain(about: "coolDown", "must be longer than nothing") }
            if timeLimit <= .zero { fields.complain(about: "timeLimit", "must be longer than nothing") }
            for name in secrets where !Self.isForCommands(name) {
                fields.complain(
                    about: "secrets", "'\(Excerpt.line(name))' must begin with \(Self.secretPrefix) (A-Z, 0-9, _)",
                    hint:
                        "whoever runs Martlet sets such a variable for the commands of models; no other is given to them"
                )
            }
        }

        private static func isForCommands(_ name: String) -> Bool {
            name.hasPrefix(secretPrefix)
                && name.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                        UInt8(ascii: "_"):
                        true
                    default: false
                    }
                }
        }
    }
}
