/// Tells people in one way.
public protocol Notifier: Plugin {
    /// Tells one thing. Returns when the other side has taken it, and throws a ``Failure`` where it has not.
    ///
    /// The remedy `askHuman` says that this notice was refused; anything else, that nothing can be told there for now. What is
    /// thrown never holds a secret.
    func notify(_ notice: Notice, using tools: Tools) async throws
}
