/// What a check says of a model version.
public enum Verdict: String, Hashable, Sendable, CaseIterable {
    case pass
    case warn
    case fail
    /// The evidence is missing or too thin to tell.
    case inconclusive
    /// Martlet or the infrastructure failed.
    case error
    /// Nothing was configured to be checked.
    case skipped

    /// Whether a required check with this verdict lets a version in.
    public var admits: Bool { self == .pass || self == .warn }

    /// The worse of two findings about the same thing; a skipped part says nothing.
    public func combined(with other: Verdict) -> Verdict {
        let order: [Verdict] = [.skipped, .pass, .warn, .inconclusive, .error, .fail]
        return order.firstIndex(of: self)! >= order.firstIndex(of: other)! ? self : other
    }
}
