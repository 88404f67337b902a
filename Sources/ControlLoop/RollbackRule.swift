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
            return .askPerson(nowhere(status, pin))
        }
        return .revert(to: last)
    }

    private static func nowhere(_ status: DeploymentStatus, _ present: Pin) -> String {
        if status.verified.contains(where: { $0.pin.revision != present.revision }) {
            return "every earlier version that was verified here has been rejected, so there is nothing to go back to"
        }
        // Monitors look only at what was verified, and what fails by them counts as verified no more.
        let isVerified = !status.verified.isEmpty || status.reason.hasPrefix(MonitorWatch.prefix)
        return
            "no \(isVerified ? "earlier version" : "version") was ever verified here, so there is nothing to go back to"
    }
}
