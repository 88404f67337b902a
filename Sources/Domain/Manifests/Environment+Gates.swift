extension Environment {
    /// A gate of their own for some of an environment's models.
    public struct GateRule: Hashable, Sendable, FieldGroup {
        /// Names of models, or of folders of models: `lending/*`.
        public var models: [String]
        public var gate: String

        public init(_ fields: Fields) throws(FieldErrors) {
            models = try fields.required(
                "models", nonEmpty: "the models that it is for, or folders of models such as lending/*")
            gate = try fields.required("gate", "what must hold before a version of theirs enters")
        }
    }

    /// What must hold before a version of the model enters: what the first rule that names it says, else what `gate` says.
    public func gate(of model: String) -> String? {
        gates.first { rule in rule.models.contains { ModelName.means(model, by: $0) } }?.gate ?? gate
    }

    /// The gates that it names, each once.
    public var everyGate: [String] { Set([gate].compactMap(\.self) + gates.map(\.gate)).sorted() }
}

enum ModelName {
    /// Whether a name, or a folder of models such as `lending/*`, means this model.
    static func means(_ model: String, by name: String) -> Bool {
        name == model || name.hasSuffix("/*") && model.hasPrefix(name.dropLast())
    }
}
