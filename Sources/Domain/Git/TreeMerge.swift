/// What a merge of trees gave.
public enum TreeMerge: Hashable, Sendable {
    case merged(ObjectID)
    /// The paths that both sides changed in ways that do not go together.
    case conflicts([String])

    public var tree: ObjectID? { if case .merged(let tree) = self { tree } else { nil } }
}
