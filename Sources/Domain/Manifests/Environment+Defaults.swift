extension Environment {
    /// `defaults:` in `martlet.yaml`: what counts in each environment that does not say it itself, key by key.
    public struct Defaults: Hashable, Sendable, FieldGroup {
        public var promotion: Promotion?
        public var verify: Verify?
        public var rollback: Rollback?
        /// All of it as it was written; nothing where there are none. What depends on an environment's settings depends on it.
        public private(set) var text = ""

        public init() {}

        public init(_ fields: Fields) throws(FieldErrors) {
            promotion = fields.optional("promotion", "who moves versions in, and in which order")
            verify = fields.optional("verify", "how a version proves itself after it was deployed")
            rollback = fields.optional("rollback", "what happens when it does not")
            text = fields.written.json.text()
        }
    }

    /// A setting that ``Defaults`` can give.
    public enum Key: String, Hashable, Sendable { case promotion, verify, rollback }

    /// The same environment with what it does not say itself. An own value wins as a whole: nothing is mixed.
    public func resolved(by defaults: Defaults) -> Environment {
        var environment = self
        if !own.contains(.promotion) { environment.promotion = defaults.promotion ?? Promotion() }
        if !own.contains(.verify) { environment.verify = defaults.verify ?? Verify() }
        if !own.contains(.rollback) { environment.rollback = defaults.rollback ?? Rollback() }
        return environment
    }

    /// The monitors that would find a failure too late: it would be too old for a rollback before it counts as one.
    func tooPatient(_ rollback: Rollback) -> [Monitor] {
        monitors.filter { $0.action == .rollback && $0.duration >= rollback.failureAgeLimit }
    }

    /// What makes a failure too old for a rollback before it counts as one, though each file is right by itself: the looks take too long.
    var slowLooks: [(field: [String], words: String)] {
        var found: [(field: [String], words: String)] = []
        if verify.timeout < verify.duration {
            found.append(
                (
                    ["verify", "timeout"],
                    "verify.timeout is over before the \(verify.duration.text) that 'for' asks for"
                ))
        }
        guard rollback.onFailure == .automatic else { return found }
        let limit = rollback.failureAgeLimit
        if verify.patience > .zero, verify.patience >= limit {
            found.append(
                (
                    ["verify"],
                    "failureThreshold looks take \(verify.patience.text), and no less than rollback.failureAgeLimit "
                        + "(\(limit.text)), so what fails after it was verified is never rolled back"
                ))
        }
        for monitor in monitors
        where monitor.action == .rollback && monitor.duration < limit && monitor.patience >= limit {
            found.append(
                (
                    ["monitors", monitor.name],
                    "the looks of '\(monitor.name)' take \(monitor.patience.text), and no less than "
                        + "rollback.failureAgeLimit (\(limit.text)), so it never rolls back"
                ))
        }
        return found
    }
}
