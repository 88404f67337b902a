/// An error that says what helps.
public protocol Failure: Error, CustomStringConvertible, Sendable {
    var remedy: Remedy { get }
}

/// What to do after a failure. The loop looks at nothing else.
public enum Remedy: Hashable, Sendable {
    case retry
    case wait(Duration)
    case askHuman
}
