public import Domain

/// Why a forge did not do or say what was asked. Never holds a token.
public struct ForgeFailure: ForgeTrouble, Hashable {
    public enum Reason: String, Sendable {
        /// A token or key is not where the settings say, or cannot be used.
        case noSecret = "no-secret"
        /// The forge does not know the token.
        case unauthorized
        case forbidden
        case missing
        /// Too many requests for now.
        case limited
        /// The head is no longer the one that was judged.
        case moved
        /// It cannot be merged as things stand there.
        case unmergeable
        /// The forge refuses what was sent.
        case refused
        /// The answer is not what this interface promises.
        case unreadable
        case unreachable
    }

    public let reason: Reason
    public let description: String
    public let remedy: Remedy

    public var isGeneral: Bool { [.noSecret, .unauthorized, .limited, .unreachable].contains(reason) }

    init(_ reason: Reason, _ description: String, _ remedy: Remedy) {
        self.reason = reason
        self.description = description
        self.remedy = remedy
    }
}
