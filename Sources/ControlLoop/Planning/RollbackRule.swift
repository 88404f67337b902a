public import Domain

/// Decides whether a failed deployment goes back, and to what: a pure function.
public enum RollbackRule {
    public enum Decision: Hashable, Sendable {
        case nothing
        /// Move back to this version.
        case revert(to: DeploymentStatus.Verified)
        /// A person must decide, for this reason.
        case askPerson(String)
    }

    /// Why nothing goes back while nobody has accepted that the branch was rewritten.
    public static let rewritten =
        "the branch was rewritten, and nothing goes back before a person accepts that: martlet reconcile --accept-rewrite"

    /// - Parameter policy: The environment's rollback settings.
    public static func decide(_ status: DeploymentStatus, _ policy: Environment.Rollback, now: Timestamp) -> Decision {
        guard status.state == .failed, let pin = status.pin else { return .nothing }
        guard !status.isRollback else {
            return .askPerson("what failed is itself a rollback, and a rollback is never rolled back")
        }
        guard policy.onFailure == .automatic else { return .askPerson("rollback.onFailure is manual") }
        if let since = status.failingSince, now - since > policy.failureAgeLimit {
            return .askPerson("the failure is older than failureAgeLimit (\(policy.failureAgeLimit.text))")
        }
        let candidates = status.verified.filter { verified in
            verified.pin.revision != pin.revision && !status.rejected.contains { $0.revision == verified.pin.revision }
        }
        guard let last = candidates.first else {
            // What failed later counts as verified no more, so that nothing can be said of what there once was.
            let isRejected = status.verified.contains { $0.pin.revision != pin.revision }
            return .askPerson(
                (isRejected
                    ? "every earlier version that was verified here has been rejected"
                    : "no earlier version counts as verified here") + ", so there is nothing to go back to")
        }
        return .revert(to: last)
    }
}
