/// A file of a model version that a check reads, in words for the people who write one.
public struct DeclaredFile: Hashable, Sendable {
    /// Where it is named: a field of the model's manifest, such as `spec.training.trials`, a setting of the check, or a name that it always
    /// has.
    public let place: String
    /// What it is, such as `a table, a row for each trial`.
    public let form: String
    public let parts: [Part]
    /// Its first lines; empty for a format that other programs write.
    public let example: String

    /// A column of a table, or a member of an object.
    public struct Part: Hashable, Sendable {
        /// The first of them that is there counts.
        public let names: [String]
        public let about: String
        public let isNeeded: Bool

        public static func needed(_ names: String..., about: String) -> Part {
            Part(names: names, about: about, isNeeded: true)
        }

        public static func optional(_ names: String..., about: String) -> Part {
            Part(names: names, about: about, isNeeded: false)
        }
    }

    public init(_ place: String, _ form: String, _ parts: [Part] = [], example: String = "") {
        self.place = place
        self.form = form
        self.parts = parts
        self.example = example
    }

    public var json: JSON {
        [
            "place": .string(place), "form": .string(form),
            "parts": .array(
                parts.map { part in
                    [
                        "names": .array(part.names.map(JSON.string)), "about": .string(part.about),
                        "needed": .bool(part.isNeeded),
                    ]
                }), "example": .string(example),
        ]
    }
}
