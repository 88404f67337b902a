public import Domain

/// Why an HTTP request got no answer.
public struct HTTPFailure: Failure, Hashable {
    public enum Reason: String, Sendable {
        /// The request itself is malformed.
        case invalid
        /// Nobody answered, or not to the end.
        case unreachable
        case timedOut = "timed-out"
        /// The other side could not prove who it is.
        case untrusted
        case tooLarge = "too-large"
        /// It answered that it will not give the file (status 4xx).
        case refused
        /// The `curl` program is missing.
        case noProgram = "no-program"
    }

    public let reason: Reason
    /// Names the host and path, never the query, which may hold a token.
    public let description: String

    init(_ reason: Reason, _ description: String) {
        self.reason = reason
        self.description = description
    }

    public var remedy: Remedy { reason == .unreachable || reason == .timedOut ? .retry : .askHuman }
    public var isTimeout: Bool { reason == .timedOut }
    public var isOutage: Bool { [.unreachable, .timedOut, .untrusted, .noProgram].contains(reason) }
}
