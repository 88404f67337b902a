/// A number that a field can be held to a range of.
public protocol FieldNumber: FieldScalar, Comparable {
    var json: JSON { get }
}

extension FieldNumber {
    /// Without a fraction where there is none.
    fileprivate var brief: String {
        let text = json.text()
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

extension Int: FieldNumber {
    public var json: JSON { .int(self) }
}

extension Double: FieldNumber {
    public var json: JSON { JSON(self) }
}

/// The least and the greatest number that a field takes, both included.
public struct FieldBounds<Value: FieldNumber>: Sendable {
    private let least: Value
    private let most: Value?

    public static func atLeast(_ least: Value) -> FieldBounds { FieldBounds(least: least, most: nil) }

    public static func between(_ least: Value, _ most: Value) -> FieldBounds { FieldBounds(least: least, most: most) }

    func read(_ node: any ManifestNode) throws(FieldErrors) -> Value {
        let value = try Value(node: node)
        guard value >= least, value <= most ?? value else {
            let bounds = most.map { "from \(least.brief) to \($0.brief)" } ?? "of at least \(least.brief)"
            throw FieldErrors(
                "out-of-range", at: node.place, "expected \(Value.expected) \(bounds), found \(node.kindOfValue)")
        }
        return value
    }

    /// The JSON Schema of what is inside.
    var schema: JSON {
        let bounds: [(String, Value?)] = [("minimum", least), ("maximum", most)]
        let members = bounds.compactMap { word, bound in bound.map { JSON.Member(word, $0.json) } }
        return .object((Value.schema.members ?? []) + members)
    }
}

extension Fields {
    /// The number, or `nil` where it is absent or null. One that is out of bounds is noted and counts as absent.
    public func optional<Value: FieldNumber>(_ key: String, within bounds: FieldBounds<Value>, _ about: String)
        -> Value?
    {
        find(key, about, bounds.schema, bounds.read)
    }

    /// The number, or `standard` where it is absent.
    public func value<Value: FieldNumber>(
        _ key: String, default standard: Value, within bounds: FieldBounds<Value>, _ about: String
    ) -> Value {
        optional(key, within: bounds, about) ?? standard
    }

    /// The number, which must be there.
    public func required<Value: FieldNumber>(_ key: String, within bounds: FieldBounds<Value>, _ about: String)
        throws(FieldErrors) -> Value
    {
        require(key, about, bounds.schema, bounds.read)
    }
}
