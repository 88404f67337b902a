/// Something that one field of a manifest can hold.
public protocol FieldValue: Sendable {
    init(node: any ManifestNode) throws(FieldErrors)
    /// The JSON Schema (2020-12) of the value.
    static var schema: JSON { get }
    /// Any value of the type, for when a schema is recorded and none was read.
    static var placeholder: Self { get }
}

/// A mapping with known fields. Reading the fields is all that a type has to write.
public protocol FieldGroup: FieldValue {
    init(_ fields: Fields) throws(FieldErrors)
}

extension FieldGroup {
    public init(node: any ManifestNode) throws(FieldErrors) {
        let fields = try Fields(node)
        let value = try Self(fields)
        do throws(FieldErrors) { try fields.close() } catch { throw FieldErrors(error.problems, partial: value) }
        self = value
    }

    public static var schema: JSON { recorded.schema }

    public static var placeholder: Self { recorded.value }

    private static var recorded: (schema: JSON, value: Self) {
        let recorder = SchemaRecorder()
        guard let fields = try? Fields(recorder), let value = try? Self(fields) else {
            preconditionFailure("\(Self.self) refuses the placeholders of its own fields")
        }
        return (recorder.schema, value)
    }
}

/// A word out of a fixed list.
public protocol FieldChoice: FieldValue, CaseIterable, Hashable, RawRepresentable where RawValue == String {}

extension FieldChoice {
    public init(node: any ManifestNode) throws(FieldErrors) {
        let known = Self.allCases.map(\.rawValue)
        guard let text = node.text, let value = Self(rawValue: text) else {
            let near = node.text.flatMap { Suggestion.nearest(to: $0, in: known) }
            throw FieldErrors(
                "unknown-value", at: node.place,
                "expected one of \(known.joined(separator: ", ")), found \(node.kindOfValue)",
                hint: near.map { "did you mean '\($0)'?" })
        }
        self = value
    }

    public static var schema: JSON { ["enum": .array(allCases.map { .string($0.rawValue) })] }

    public static var placeholder: Self { allCases[allCases.startIndex] }
}

/// A value written as one word or number.
public protocol FieldScalar: FieldValue {
    /// What to say when the text is not one, such as "a duration such as 10m".
    static var expected: String { get }
    init?(scalar text: String, quoted: Bool)
}

extension FieldScalar {
    public init(node: any ManifestNode) throws(FieldErrors) {
        guard let text = node.text, let value = Self(scalar: text, quoted: node.isQuoted) else {
            throw FieldErrors("wrong-type", at: node.place, "expected \(Self.expected), found \(node.kindOfValue)")
        }
        self = value
    }
}
