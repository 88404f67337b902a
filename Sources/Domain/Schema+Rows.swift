extension Schema {
    /// Columns of which one follows from the others: no two rows may agree in those and differ in this one.
    public struct Mapping: Hashable, Sendable, FieldGroup {
        public var from: [String]
        public var to: String
        public var description: String?
        /// Where it stands in the schema's file.
        public var place: Place

        public init(_ fields: Fields) throws(FieldErrors) {
            place = fields.place
            from = try fields.required("from", "the columns that decide it: one, or a list", as: Names.self).all
            to = try fields.required("to", "the column that has at most one value for each value of them")
            description = fields.optional("description", "what it means, for people")
        }

        /// One name, or a list of them.
        private struct Names: FieldValue {
            let all: [String]

            init(node: any ManifestNode) throws(FieldErrors) {
                if let name = node.text { all = [name] } else { all = try [String](node: node) }
                if all.isEmpty { throw FieldErrors("invalid-value", at: node.place, "names no column") }
            }

            private init() { all = [] }

            static var schema: JSON { ["oneOf": [String.schema, ["type": "array", "items": String.schema]]] }
            static var placeholder: Names { Names() }
        }
    }

    /// What must hold for the columns of each row.
    public struct Rule: Hashable, Sendable, FieldGroup {
        public var assert: RowCondition
        /// Which rows it is about; all where there is none.
        public var `where`: RowCondition?
        public var description: String?
        /// Where it stands in the schema's file.
        public var place: Place

        public init(_ fields: Fields) throws(FieldErrors) {
            place = fields.place
            assert = try fields.required(
                "assert",
                "what must hold for each row, such as open <= close; where a value is missing it is unknown, which is no offence"
            )
            `where` = fields.optional("where", "which rows it is about, such as kind == 'bond'; without it all")
            description = fields.optional("description", "what it means, for people")
        }
    }

    /// Notes what mappings and rules say of columns that the schema does not describe so.
    func complain(to fields: Fields) {
        let names = columns.map(\.name)
        for mapping in mappings {
            for name in mapping.from + [mapping.to] where !names.contains(name) {
                let near = Suggestion.nearest(to: name, in: names)
                fields.complain(
                    about: "mappings", at: mapping.place, "there is no column '\(Excerpt.line(name))'",
                    hint: near.map { "did you mean '\($0)'?" })
            }
            if mapping.from.contains(mapping.to) {
                fields.complain(about: "mappings", at: mapping.place, "'\(mapping.to)' always follows from itself")
            }
        }
        for condition in rules.flatMap({ [$0.assert, $0.where].compactMap(\.self) }) {
            do throws(RowProgram.Problem) { _ = try condition.program(over: columns) } catch {
                fields.complain(
                    about: "rules", at: condition.place,
                    "'\(Excerpt.line(condition.text))', character \(error.column): \(error.message)", hint: error.hint)
            }
        }
    }
}
