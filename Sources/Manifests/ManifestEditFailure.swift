public import Domain

/// Why a manifest's text was left as it is.
public struct ManifestEditFailure: Failure, Hashable {
    public enum Reason: String, Sendable {
        /// The file has errors of its own.
        case broken
        /// It holds no such deployment, or more than one.
        case notFound = "not-found"
        /// It is written in a way that cannot be edited without touching something else.
        case unsupported
    }

    public let reason: Reason
    public let file: String
    public let description: String

    init(_ reason: Reason, file: String, _ message: String) {
        self.reason = reason
        self.file = file
        description = "\(file) cannot be edited: \(message)"
    }

    public var remedy: Remedy { .askHuman }
}
