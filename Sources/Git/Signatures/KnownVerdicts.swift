import Domain

/// What signatures were found to be worth. Forgets what can become otherwise by itself.
actor KnownVerdicts {
    struct Question: Hashable {
        let object: ObjectID
        let signers: Digest
    }

    private static let most = 10_000
    private let now: @Sendable () -> ContinuousClock.Instant
    private var verdicts: [Question: (verdict: SignatureVerdict, until: ContinuousClock.Instant?)] = [:]

    init(now: @escaping @Sendable () -> ContinuousClock.Instant) { self.now = now }

    subscript(question: Question) -> SignatureVerdict? {
        guard let known = verdicts[question] else { return nil }
        if let until = known.until, until < now() { return nil }
        return known.verdict
    }

    /// - Parameter time: For how long; `nil` for good.
    func note(_ verdict: SignatureVerdict, on question: Question, for time: Duration?) {
        if verdicts.count >= Self.most { verdicts = [:] }
        verdicts[question] = (verdict, time.map { now() + $0 })
    }
}
