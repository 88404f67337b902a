public import Domain
import Glibc

/// Why the sandbox cannot hold what a command needs.
public struct SandboxFailure: Failure, Hashable {
    public let description: String
    public var remedy: Remedy { .askHuman }

    init(_ description: String) { self.description = description }

    init(_ what: String, code: Int32) { description = "\(what): \(String(cString: strerror(code)))" }
}
