import Domain

/// Publishes references all at once, or not at all.
struct Publisher: Sendable {
    let remote: any Remote
    let step: @Sendable (String) -> Void

    /// One whose old and new are the same says only where its reference must be.
    func publish(_ updates: [ReferenceUpdate]) async throws -> Bool {
        guard updates.contains(where: { $0.old != $0.new }) else { return true }
        step("before-push")
        let outcome = try await remote.push(updates)
        step("after-push")
        switch outcome {
        case .done: return true
        case .moved: return false
        case .refused(let words): throw LoopError.refused(PushRefusal.explained(words))
        }
    }
}
