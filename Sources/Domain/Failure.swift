/// An error that says what helps.
public protocol Failure: Error, CustomStringConvertible, Sendable {
    var remedy: Remedy { get }
    /// Whether no answer came in time: then nobody knows what it would have been.
    var isTimeout: Bool { get }
    /// Whether the machinery failed, and says nothing of what it was asked for.
    var isOutage: Bool { get }
}

extension Failure {
    public var isTimeout: Bool { false }
    public var isOutage: Bool { remedy != .askHuman }
}

/// What to do after a failure. The loop looks at nothing else.
public enum Remedy: Hashable, Sendable {
    case retry
    case wait(Duration)
    case askHuman
}
