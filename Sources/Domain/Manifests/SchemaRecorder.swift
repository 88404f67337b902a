/// Stands in for a manifest and notes which fields a type asks for: that is the type's JSON Schema.
public final class SchemaRecorder: ManifestNode {
    private var properties: [(String, JSON)] = []
    private var required: [String] = []
    private var alternatives: [String] = []

    public init() {}

    public var place: Place { Place(line: 1, column: 1) }
    public var text: String? { nil }
    public var isQuoted: Bool { false }
    public var isNull: Bool { false }
    public var items: [any ManifestNode]? { nil }
    public var keys: [(name: String, place: Place)]? { [] }
    public func find(_ key: String) -> (index: Int, value: any ManifestNode)? { nil }
    public var recorder: SchemaRecorder? { self }

    func note(_ key: String, _ schema: JSON, _ about: String, required isRequired: Bool) {
        guard !properties.contains(where: { $0.0 == key }) else { return }
        let schema = isRequired ? schema : schema.allowingNull
        let described = schema.members.map { JSON.object($0 + [.init("description", .string(about))]) } ?? schema
        properties.append((key, about.isEmpty ? schema : described))
        if isRequired { required.append(key) }
    }

    /// Adds the value that counts where the field is absent, where one word or number says it.
    func note(default standard: some FieldValue, of key: String) {
        guard let word = Self.word(standard), let index = properties.firstIndex(where: { $0.0 == key }),
            let members = properties[index].1.members, !members.contains(where: { $0.key == "default" })
        else { return }
        properties[index].1 = .object(members + [.init("default", word)])
    }

    /// Notes that exactly one of two fields is there.
    func note(oneOf one: String, _ other: String) { alternatives = [one, other] }

    private static func word(_ value: some FieldValue) -> JSON? {
        switch value {
        case let value as any FieldNumber: value.json
        case let value as Bool: .bool(value)
        case let value as String where !value.isEmpty: .string(value)
        case let value as Duration: .string(value.text)
        case let value as ByteSize: .string(value.text)
        case let value as any FieldChoice: .string(value.rawValue)
        case let value as [String] where !value.isEmpty: .array(value.map(JSON.string))
        case let value as [Int] where !value.isEmpty: .array(value.map { .int($0) })
        default: nil
        }
    }

    public var schema: JSON {
        var members: [(String, JSON)] = [
            ("type", "object"), ("properties", .object(properties)), ("additionalProperties", false),
        ]
        if !required.isEmpty { members.append(("required", .array(required.map(JSON.string)))) }
        if !alternatives.isEmpty {
            // One that is null counts as absent.
            let there: JSON = ["not": ["type": "null"]]
            let ways = alternatives.map { key in
                JSON.object([
                    ("type", "object"), ("required", .array([.string(key)])), ("properties", .object([(key, there)])),
                ])
            }
            members.append(("oneOf", .array(ways)))
        }
        return .object(members)
    }
}

extension JSON {
    /// The schema of a value that may be left empty, which is the same as leaving it out.
    var allowingNull: JSON {
        guard let members else { return self }
        // What a reference stands for is written elsewhere, and may be required there.
        if members.contains(where: { $0.key == "$ref" }) { return ["anyOf": [self, ["type": "null"]]] }
        return .object(
            members.map { member in
                switch (member.key, member.value) {
                case ("type", .string(let type)): .init("type", [.string(type), "null"])
                case ("type", .array(let types)): .init("type", .array(types + ["null"]))
                case ("enum", .array(let words)): .init("enum", .array(words + [.null]))
                case ("oneOf", .array(let ways)): .init("oneOf", .array(ways + [["type": "null"]]))
                case ("anyOf", .array(let ways)): .init("anyOf", .array(ways + [["type": "null"]]))
                default: member
                }
            })
    }
}
