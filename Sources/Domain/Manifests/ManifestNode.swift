/// One value of a manifest, wherever it was written: in YAML, in JSON, or nowhere yet (``SchemaRecorder``).
public protocol ManifestNode {
    /// Where the value starts.
    var place: Place { get }
    /// The text where this is a scalar; `nil` for a collection. A plain `null`, `~` or nothing is ``isNull``.
    var text: String? { get }
    /// Whether the scalar was written in quotes or as a block, and so is text whatever it looks like.
    var isQuoted: Bool { get }
    var isNull: Bool { get }
    /// The items where this is a sequence.
    var items: [any ManifestNode]? { get }
    /// The keys where this is a mapping, in the order written, each with its place.
    var keys: [(name: String, place: Place)]? { get }
    /// The value under `key`, and which key of the mapping that is, from 0; `nil` where there is none or this is no mapping.
    func find(_ key: String) -> (index: Int, value: any ManifestNode)?
    var isMapping: Bool { get }
    /// How many keys a mapping has.
    var keyCount: Int { get }
    /// The keys that are not among these.
    func keys(besides known: [String]) -> [(name: String, place: Place)]
    /// Itself, where the fields are to be noted and not read.
    var recorder: SchemaRecorder? { get }
}

extension ManifestNode {
    /// The value under `key`; `nil` where there is none or this is no mapping.
    public func member(_ key: String) -> (any ManifestNode)? { find(key)?.value }

    public var isMapping: Bool { keys != nil }

    public var keyCount: Int { keys?.count ?? 0 }

    public var recorder: SchemaRecorder? { nil }

    public func keys(besides known: [String]) -> [(name: String, place: Place)] {
        (keys ?? []).filter { !known.contains($0.name) }
    }
}

/// Something about one field that is not as it should be.
public struct FieldProblem: Hashable, Sendable {
    public var place: Place
    public var code: String
    public var message: String
    public var hint: String?

    public init(_ code: String, at place: Place, _ message: String, hint: String? = nil) {
        self.place = place
        self.code = code
        self.message = message
        self.hint = hint
    }
}

/// All that is wrong with one manifest.
public struct FieldErrors: Error, Sendable {
    public var problems: [FieldProblem]
    /// What could be read all the same, for whoever looks for more mistakes: nothing may be decided by it.
    public var partial: (any FieldValue)?

    public init(_ problems: [FieldProblem], partial: (any FieldValue)? = nil) {
        self.problems = problems
        self.partial = partial
    }

    public init(_ code: String, at place: Place, _ message: String, hint: String? = nil) {
        problems = [FieldProblem(code, at: place, message, hint: hint)]
    }
}

extension FieldErrors: CustomStringConvertible {
    public var description: String {
        problems.map { problem in
            "line \(problem.place.line), column \(problem.place.column): \(problem.message)"
                + (problem.hint.map { " (\($0))" } ?? "")
        }.joined(separator: "; ")
    }
}
