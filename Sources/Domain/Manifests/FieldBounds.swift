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

/// The least and the greatest number that a field takes, each included or not.
public struct FieldBounds<Value: FieldNumber>: Sendable {
    private let least: Value
    private let most: Value?
    private var isLeastIn = true
    private var isMostIn = true

    /// From `least` on.
    public static func atLeast(_ least: Value) -> FieldBounds { FieldBounds(least: least, most: nil) }

    /// From `least` to `most`, with both.
    public static func between(_ least: Value, _ most: Value) -> FieldBounds { FieldBounds(least: least, most: most) }

    /// From `least`, itself excluded, to `most` where there is one.
    public static func above(_ least: Value, upTo most: Value? = nil) -> FieldBounds {
        FieldBounds(least: least, most: most, isLeastIn: false)
    }

    /// From `least` to `most`, without both.
    public static func inside(_ least: Value, _ most: Value) -> FieldBounds {
        FieldBounds(least: least, most: most, isLeastIn: false, isMostIn: false)
    }

    func read(_ node: any ManifestNode) throws(FieldErrors) -> Value {
        let value = try Value(node: node)
        let isHighEnough = isLeastIn ? value >= least : value > least
        let isLowEnough = most.map { isMostIn ? value <= $0 : value < $0 } ?? true
        guard isHighEnough, isLowEnough else {
            throw FieldErrors(
                "out-of-range", at: node.place, "expected \(Value.expected) \(words), found \(node.kindOfValue)")
        }
        return value
    }

    private var words: String {
        switch (isLeastIn, most) {
        case (true, let most?): "from \(least.brief) to \(most.brief)"
        case (true, nil): "of at least \(least.brief)"
        case (false, let most?) where isMostIn: "above \(least.brief) and at most \(most.brief)"
        case (false, let most?): "above \(least.brief) and below \(most.brief)"
        case (false, nil): "above \(least.brief)"
        }
    }

    /// The JSON Schema of what is inside.
    var schema: JSON {
        let bounds: [(String, Value?)] = [
            (isLeastIn ? "minimum" : "exclusiveMinimum", least), (isMostIn ? "maximum" : "exclusiveMaximum", most),
        ]
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
        defer { note(default: standard, of: key) }
        return optional(key, within: bounds, about) ?? standard
    }

    /// The number, which must be there.
    public func required<Value: FieldNumber>(_ key: String, within bounds: FieldBounds<Value>, _ about: String)
        throws(FieldErrors) -> Value
    {
        require(key, about, bounds.schema, bounds.read)
    }

    /// The text, which must be there and say something.
    public func required(_ key: String, notBlank about: String) throws(FieldErrors) -> String {
        require(key, about, .object((String.schema.members ?? []) + [JSON.Member("minLength", 1)])) {
            node throws(FieldErrors) in
            let text = try String(node: node)
            if text.allSatisfy(\.isWhitespace) {
                throw FieldErrors("out-of-range", at: node.place, "must not be empty")
            }
            return text
        }
    }

    /// The list, or `standard` where it is absent. One with nothing in it is noted and counts as absent.
    public func value<Element: FieldValue>(_ key: String, nonEmpty standard: [Element], _ about: String) -> [Element] {
        defer { note(default: standard, of: key) }
        return find(key, about, Self.nonEmpty([Element].self), Self.readNonEmpty) ?? standard
    }

    /// The list, which must be there and have something in it.
    public func required<Element: FieldValue>(_ key: String, nonEmpty about: String) throws(FieldErrors) -> [Element] {
        require(key, about, Self.nonEmpty([Element].self), Self.readNonEmpty)
    }

    private static func nonEmpty<Element: FieldValue>(_: [Element].Type) -> JSON {
        .object(([Element].schema.members ?? []) + [JSON.Member("minItems", 1)])
    }

    private static func readNonEmpty<Element: FieldValue>(_ node: any ManifestNode) throws(FieldErrors) -> [Element] {
        let list = try [Element](node: node)
        if list.isEmpty { throw FieldErrors("out-of-range", at: node.place, "expected at least one, found none") }
        return list
    }
}
