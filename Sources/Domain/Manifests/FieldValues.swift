extension String: FieldScalar {
    public static var expected: String { "text" }
    public init?(scalar text: String, quoted: Bool) { self = text }
    // Without quotes, 1.10 and true are text here, and a number and a truth value to other readers.
    public static var schema: JSON { ["type": ["string", "number", "boolean"]] }
    public static var placeholder: String { "" }
}

extension Int: FieldScalar {
    public static var expected: String { "a whole number" }
    public init?(scalar text: String, quoted: Bool) {
        guard !quoted, let value = Int(text) else { return nil }
        self = value
    }
    public static var schema: JSON { ["type": "integer"] }
    public static var placeholder: Int { 0 }
}

extension Double: FieldScalar {
    public static var expected: String { "a number" }
    public init?(scalar text: String, quoted: Bool) {
        guard !quoted, let value = Double(text), value.isFinite else { return nil }
        self = value
    }
    public static var schema: JSON { ["type": "number"] }
    public static var placeholder: Double { 0 }
}

extension Bool: FieldScalar {
    public static var expected: String { "true or false" }
    public init?(scalar text: String, quoted: Bool) {
        switch text {
        case "true", "True", "TRUE": self = true
        case "false", "False", "FALSE": self = false
        default: return nil
        }
        if quoted { return nil }
    }
    public static var schema: JSON { ["type": "boolean"] }
    public static var placeholder: Bool { false }
}

extension Duration: FieldScalar {
    public static var expected: String { "a duration such as 90s, 10m, 1h30m or 7d" }
    public init?(scalar text: String, quoted: Bool) { self.init(text: text) }
    public static var schema: JSON {
        ["type": ["string", "integer"], "pattern": "^(0|([0-9]+(ms|s|m|h|d|w))+)$", "maximum": 0, "minimum": 0]
    }
    public static var placeholder: Duration { .zero }
}

extension Timestamp: FieldScalar {
    public static var expected: String { "a moment such as 2026-11-21T09:30:00Z" }
    public init?(scalar text: String, quoted: Bool) { self.init(text) }
    public static var schema: JSON { ["type": "string", "format": "date-time"] }
    public static var placeholder: Timestamp { Timestamp(milliseconds: 0) }
}

extension Digest: FieldScalar {
    public static var expected: String { "a SHA-256 digest of 64 hexadecimal digits" }
    public init?(scalar text: String, quoted: Bool) { self.init(text) }
    public static var schema: JSON {
        ["type": ["string", "number"], "pattern": "^(sha256:)?[0-9a-fA-F]{64}$", "minimum": 0]
    }
    public static var placeholder: Digest { Digest(String(repeating: "0", count: 64))! }
}

extension ObjectID: FieldScalar {
    public static var expected: String { "a commit id of 40 hexadecimal digits" }
    public init?(scalar text: String, quoted: Bool) { self.init(text) }
    public static var schema: JSON { ["type": ["string", "number"], "pattern": "^[0-9a-fA-F]{40}$", "minimum": 0] }
    public static var placeholder: ObjectID { .zero }
}

extension Array: FieldValue where Element: FieldValue {
    public init(node: any ManifestNode) throws(FieldErrors) {
        guard let items = node.items else {
            throw FieldErrors(
                "wrong-type", at: node.place, "expected a list, found \(node.kindOfValue)",
                hint: "write it as [a, b] or one '- a' a line")
        }
        var problems: [FieldProblem] = []
        var elements: [Element] = []
        for item in items {
            do throws(FieldErrors) { elements.append(try Element(node: item)) } catch { problems += error.problems }
        }
        if !problems.isEmpty { throw FieldErrors(problems) }
        self = elements
    }

    public static var schema: JSON { ["type": "array", "items": Element.schema] }
    public static var placeholder: [Element] { [] }
}

extension Dictionary: FieldValue where Key == String, Value: FieldValue {
    public init(node: any ManifestNode) throws(FieldErrors) {
        guard let keys = node.keys else {
            throw FieldErrors(
                "wrong-type", at: node.place, "expected a mapping (key: value), found \(node.kindOfValue)")
        }
        var problems: [FieldProblem] = []
        self = [:]
        for (name, _) in keys {
            guard let value = node.member(name) else { continue }
            do throws(FieldErrors) { self[name] = try Value(node: value) } catch { problems += error.problems }
        }
        if !problems.isEmpty { throw FieldErrors(problems) }
    }

    public static var schema: JSON { ["type": "object", "additionalProperties": Value.schema] }
    public static var placeholder: [String: Value] { [:] }
}
