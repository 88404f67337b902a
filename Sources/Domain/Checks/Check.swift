/// Looks at one model version and gives a verdict. Changes nothing.
///
/// A check is a value: its stored properties are its settings, read from the gate. One file, one test file, one line in `BuiltIns.swift`.
public protocol Check: FieldGroup {
    /// The id, such as `model.slices`.
    static var id: String { get }
    /// Raise it whenever the same input may give another verdict: old evidence is then not used again.
    static var version: Int { get }
    /// What it finds out, in one sentence.
    static var summary: String { get }
    /// What it looks at besides the version itself; evidence is bound to all of it.
    static var looksAt: Set<CheckInput> { get }
    /// The files of a version that it reads, besides the artifact, the schema and the data.
    static var reads: [DeclaredFile] { get }

    func run(on subject: Subject) async throws -> Outcome
}

extension Check {
    public static var version: Int { 1 }
    public static var looksAt: Set<CheckInput> { [] }
    public static var reads: [DeclaredFile] { [] }
}

/// Something besides the model version that a verdict can depend on.
public enum CheckInput: String, Hashable, Sendable, CaseIterable {
    /// The version that runs in the environment now.
    case deployed
    /// The versions that ran well there before it.
    case earlier
    /// When versions were found to run well there, and in the environments before it.
    case verified
    /// The commits of the repository.
    case history
    /// The environment's own settings and deployments.
    case environment
    /// Who may sign and who people are, as the branch says.
    case signers
    /// Who was told that the model's dependencies changed.
    case notices
    /// What a tag calls the version, by which records may name it.
    case label
    /// The time of day: such evidence grows old (`freshness`).
    case clock
}

/// The known checks, in the order of the rubric.
public struct CheckRegistry: Sendable {
    public let types: [any Check.Type]

    public init(_ types: [any Check.Type]) { self.types = types }

    public var ids: [String] { types.map { $0.id } }

    public subscript(id: String) -> (any Check.Type)? { types.first { $0.id == id } }

    /// The check that a gate asks for. Throws where there is none of that id, or a setting is wrong.
    public func make(_ requirement: Gate.Requirement) throws(FieldErrors) -> any Check {
        guard let type = self[requirement.check] else {
            let near = Suggestion.nearest(to: requirement.check, in: ids)
            throw FieldErrors(
                "unknown-check", at: requirement.settings.place, "no check is called '\(requirement.check)'",
                hint: near.map { "did you mean '\($0)'?" } ?? "'martlet kinds' lists them")
        }
        return try type.init(node: requirement.settings)
    }
}
