import CLibgit2
public import Domain

/// Something that Git could not do, with the words that help.
public struct GitError: Failure, Hashable {
    public enum Code: Hashable, Sendable {
        /// An object, reference or repository that must be there is not.
        case notFound
        /// Stored bytes are not what their name says, or break Git's formats.
        case corrupt
        /// A kind of repository that Martlet does not work in.
        case unsupported
        /// The repository belongs to another user.
        case foreignOwner
        /// Another process holds a lock file.
        case locked
        /// A hook tried to move a reference while the push is in quarantine.
        case quarantined
        /// More bytes than the caller allows.
        case tooLarge
        /// The caller's own argument cannot be right.
        case invalid
        /// A reference has a name that another one needs for a folder, or the other way around.
        case occupied
        /// The remote wants other credentials.
        case authentication
        /// The remote does not answer.
        case unreachable
        /// The git program ran out of its time.
        case timedOut
        /// This machine lacks something for the moment: file descriptors or memory. What was to be read may be whole.
        case exhausted
        case unknown
    }

    public let code: Code
    /// What was tried, as it stands after "cannot".
    public let operation: String
    public let message: String
    /// What a person can do about it.
    public let hint: String?

    init(_ code: Code, _ operation: String, _ message: String, hint: String? = nil) {
        self.code = code
        self.operation = operation
        self.message = message
        self.hint = hint
    }

    public var description: String { "cannot \(operation): \(message)" + (hint.map { "; \($0)" } ?? "") }

    public var remedy: Remedy {
        switch code {
        case .locked, .exhausted, .unknown: .retry
        case .unreachable, .timedOut: .wait(.seconds(10))
        case .notFound, .corrupt, .unsupported, .foreignOwner, .quarantined, .tooLarge, .invalid, .occupied,
            .authentication:
            .askHuman
        }
    }
}

/// Throws the calling thread's libgit2 error where `code` is negative.
///
/// libgit2 keeps its message per thread: this function and its callers are therefore never `async`.
func check(_ code: Int32, _ operation: @autoclosure () -> String) throws(GitError) {
    guard code < 0 else { return }
    let last = git_error_last()?.pointee
    let reason = last?.message.map { String(cString: $0) } ?? "libgit2 code \(code)"
    throw GitError(GitError.Code(code, class: last?.klass ?? 0, reason), operation(), reason)
}

extension GitError.Code {
    fileprivate init(_ code: Int32, class kind: Int32, _ reason: String) {
        switch git_error_code(rawValue: code) {
        case GIT_ENOTFOUND: self = .notFound
        case GIT_ELOCKED: self = .locked
        case GIT_EOWNER: self = .foreignOwner
        case GIT_EMISMATCH: self = .corrupt
        case GIT_EINVALIDSPEC, GIT_EINVALID, GIT_EEXISTS: self = .invalid
        default:
            guard !Shortage.isNamed(in: reason, class: kind) else {
                self = .exhausted
                return
            }
            let damage = [GIT_ERROR_ZLIB, GIT_ERROR_ODB, GIT_ERROR_OBJECT, GIT_ERROR_TREE, GIT_ERROR_INDEX]
            self = damage.contains { Int32($0.rawValue) == kind } ? .corrupt : .unknown
        }
    }
}
