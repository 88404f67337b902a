/// The fields of one mapping while it is read.
///
/// A type says once which fields it has, by reading them. From that come the values, the complaints about unknown fields
/// with their suggestions, and the JSON Schema (``SchemaRecorder``). Problems are collected, so that one look names them all.
public final class Fields {
    private let node: any ManifestNode
    private let recorder: SchemaRecorder?
    private var asked: [String] = []
    /// Which of the first 64 keys were asked for: where that is all of them, names need not be compared.
    private var met: UInt64 = 0
    private var isEverythingKnown = false
    private var problems: [FieldProblem] = []

    /// Throws where `node` is no mapping.
    public init(_ node: any ManifestNode) throws(FieldErrors) {
        self.node = node
        recorder = node.recorder
        asked.reserveCapacity(16)
        guard recorder != nil || node.isMapping else {
            throw FieldErrors(
                "wrong-type", at: node.place, "expected a mapping (key: value), found \(node.kindOfValue)")
        }
    }

    /// Where the mapping starts.
    public var place: Place { node.place }

    /// The field, or `nil` where it is absent or null. A value that cannot be read is noted and counts as absent.
    public func optional<Value: FieldValue>(_ key: String, _ about: String, as type: Value.Type = Value.self) -> Value?
    {
        find(key, about, Value.schema) { node throws(FieldErrors) in try Value(node: node) }
    }

    /// Reads the field, or notes its schema where one is recorded.
    func find<Value>(
        _ key: String, _ about: String, required: Bool = false, _ schema: @autoclosure () -> JSON,
        _ read: (any ManifestNode) throws(FieldErrors) -> Value
    ) -> Value? {
        asked.append(key)
        if let recorder {
            recorder.note(key, schema(), about, required: required)
            return nil
        }
        guard let (index, value) = node.find(key) else { return nil }
        if index < 64 { met |= 1 << UInt64(index) }
        if value.isNull { return nil }
        do throws(FieldErrors) {
            return try read(value)
        } catch {
            problems += error.problems.map { problem in
                var problem = problem
                problem.message = "\(key): \(problem.message)"
                return problem
            }
            return nil
        }
    }

    /// The field, or `standard` where it is absent.
    public func value<Value: FieldValue>(_ key: String, default standard: Value, _ about: String) -> Value {
        defer { note(default: standard, of: key) }
        return optional(key, about) ?? standard
    }

    /// Notes in the schema what counts where the field is absent.
    func note(default standard: some FieldValue, of key: String) { recorder?.note(default: standard, of: key) }

    /// The field, which must be there. Where it is not, that is noted, and a placeholder stands in until ``close()``
    /// throws: so the other fields are looked at too.
    public func required<Value: FieldValue>(_ key: String, _ about: String, as type: Value.Type = Value.self)
        throws(FieldErrors) -> Value
    {
        require(key, about, Value.schema) { node throws(FieldErrors) in try Value(node: node) }
    }

    /// Reads the field, or notes that it is missing.
    func require<Value: FieldValue>(
        _ key: String, _ about: String, _ schema: @autoclosure () -> JSON,
        _ read: (any ManifestNode) throws(FieldErrors) -> Value
    ) -> Value {
        let before = problems.count
        if let value = find(key, about, required: true, schema(), read) { return value }
        if recorder == nil, problems.count == before {
            problems.append(FieldProblem("missing-field", at: node.place, "missing field '\(key)'", hint: about))
        }
        return Value.placeholder
    }

    /// Notes that the value of `key`, or what stands at a place in it, is not right, though it could be read.
    public func complain(about key: String, at place: Place? = nil, _ message: String, hint: String? = nil) {
        let place =
            place ?? node.keys?.first { $0.name == key }.map { node.member($0.name)?.place ?? $0.place } ?? node.place
        problems.append(FieldProblem("invalid-value", at: place, "\(key): \(message)", hint: hint))
    }

    /// Whether none of these fields is there. A value that cannot be read is told of already, and is not missing as well.
    public func lacks(_ keys: String...) -> Bool {
        recorder == nil && keys.allSatisfy { node.find($0)?.value.isNull ?? true }
    }

    /// Sees to it that exactly one of two fields is there; the schema says so, too.
    ///
    /// - Parameter words: How people name the two, such as "a path or a uri".
    public func expectOne(of one: String, or other: String, _ words: String, hint: String? = nil) {
        if let recorder { return recorder.note(oneOf: one, other) }
        switch (lacks(one), lacks(other)) {
        case (true, true): complain(about: one, "give \(words)", hint: hint)
        case (false, false): complain(about: other, "give \(words), not both")
        default: break
        }
    }

    /// The whole mapping as it stands.
    var written: ManifestTree { ManifestTree(node) }

    /// The whole mapping as it stands, for settings that a plug-in will read later. Marks every field as known.
    public func everything() -> ManifestTree {
        isEverythingKnown = true
        return written
    }

    /// Throws what was noted, and each field that nobody asked for.
    public func close() throws(FieldErrors) {
        guard recorder == nil else { return }
        for (name, place) in isEverythingKnown || met.nonzeroBitCount == node.keyCount ? [] : node.keys(besides: asked)
        {
            // Looking for a near word takes time, and nobody reads hundreds of them.
            let near = problems.count < 100 ? Suggestion.nearest(to: name, in: asked) : nil
            let hint =
                near.map { "did you mean '\($0)'?" }
                ?? (asked.isEmpty
                    ? "no fields are known here" : "known fields: \(asked.sorted().joined(separator: ", "))")
            problems.append(
                FieldProblem("unknown-field", at: place, "unknown field '\(Excerpt.line(name))'", hint: hint))
        }
        if !problems.isEmpty { throw FieldErrors(problems) }
    }
}

extension ManifestNode {
    /// What kind of value stands here, for messages.
    public var kindOfValue: String {
        if isNull { return "nothing" }
        if keys != nil { return "a mapping" }
        if items != nil { return "a list" }
        guard let text else { return "nothing" }
        return "'\(Excerpt.line(text))'"
    }
}
