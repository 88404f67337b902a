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

    /// What the model is trained by: the columns, wherever they stand in the file.
    public var described: Schema {
        var schema = self
        for index in schema.columns.indices { schema.columns[index].place = Place(line: 1, column: 1) }
        (schema.mappings, schema.rules, schema.rows.place) = ([], [], nil)
        return schema
    }

    /// So many are looked at: untrusted files may hold a great many, and each is held against every row.
    private static let most = (mappings: 50, rules: 500, from: 16)

    /// Notes what mappings and rules say of columns that the schema does not describe so.
    func complain(to fields: Fields) {
        let names = columns.map(\.name), known = Set(names)
        if mappings.count > Self.most.mappings {
            return fields.complain(
                about: "mappings", "\(mappings.count) of them, at most \(Self.most.mappings) are taken")
        }
        if rules.count > Self.most.rules {
            return fields.complain(about: "rules", "\(rules.count) of them, at most \(Self.most.rules) are taken")
        }
        for mapping in mappings {
            guard mapping.from.count <= Self.most.from, Set(mapping.from).count == mapping.from.count else {
                fields.complain(
                    about: "mappings", at: mapping.place,
                    "'from' names a column twice, or more than \(Self.most.from) columns")
                continue
            }
            for name in mapping.from + [mapping.to] where !known.contains(name) {
                // Among thousands the search would take long.
                let near = names.count > 2000 ? nil : Suggestion.nearest(to: name, in: names)
                fields.complain(
                    about: "mappings", at: mapping.place, "there is no column '\(Excerpt.line(name))'",
                    hint: near.map { "did you mean '\($0)'?" })
            }
            if mapping.from.contains(mapping.to) {
                fields.complain(about: "mappings", at: mapping.place, "'\(mapping.to)' always follows from itself")
            }
        }
        let byName = Dictionary(columns.map { ($0.name, $0) }) { first, _ in first }
        let conditions = rules.map { ($0.assert, false) } + rules.compactMap { $0.where.map { ($0, true) } }
        for (condition, mayBeConstant) in conditions {
            do throws(RowProgram.Problem) {
                let program = try condition.program(over: byName)
                if program.columns.isEmpty, !mayBeConstant {
                    throw RowProgram.Problem(1, "it looks at no column", hint: "such as open <= close")
                }
            } catch {
                fields.complain(
                    about: "rules", at: condition.place,
                    "'\(Excerpt.line(condition.text))', character \(error.column): \(error.message)", hint: error.hint)
            }
        }
    }
}
