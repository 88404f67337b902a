/// The repository that everybody pushes to, as the controller reaches it.
public protocol Remote: Sendable {
    /// What the references that match (`refs/heads/main`, `refs/martlet/*`) point to there now.
    func references(_ patterns: [String]) async throws -> [String: ObjectID]
    /// Brings the objects of these references into the local store, and the local references of the same names with them.
    func fetch(_ patterns: [String]) async throws
    /// Moves references there, all or none, each only if it still is where `old` says.
    func push(_ updates: [ReferenceUpdate]) async throws -> PushOutcome
}

/// A reference that is to move, and from where: `nil` stands for none, before or after.
public struct ReferenceUpdate: Hashable, Sendable {
    public var name: String
    public var old: ObjectID?
    public var new: ObjectID?

    public init(_ name: String, from old: ObjectID?, to new: ObjectID?) {
        self.name = name
        self.old = old
        self.new = new
    }
}

/// What became of a push. That a remote cannot be reached is an error instead.
public enum PushOutcome: Hashable, Sendable {
    case done
    /// Somebody was faster: look again, decide again.
    case moved
    /// A hook or a rule there said no, in these words.
    case refused(String)
}
