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
        monitors.filter { $0.action == .rollback && $0.patience >= rollback.failureAgeLimit }
    }

    /// What is wrong where a failure after the verification would be too old for a rollback before it counts as one.
    var verifiesTooPatiently: String? {
        guard verify.patience > .zero, verify.patience >= rollback.failureAgeLimit else { return nil }
        return "failureThreshold looks take \(verify.patience.text), and no less than rollback.failureAgeLimit "
            + "(\(rollback.failureAgeLimit.text)), so what fails after it was verified is never rolled back"
    }
}
