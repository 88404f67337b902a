/// What one check of a subject found out and others need, too; kept as long as the subject is.
public actor Memo {
    private var values: [String: any Sendable] = [:]

    public init() {}

    /// What is kept by that name.
    public subscript(name: String) -> (any Sendable)? { values[name] }

    public func keep(_ value: any Sendable, as name: String) { values[name] = value }
}
