public import Domain

/// What was found ill at the last look, and counts for nothing yet, as that takes several looks in a row.
extension Controller {
    public struct Suspicion: Hashable, Sendable {
        public let message: String
        /// When the next look is due.
        public let next: Timestamp?
    }

    public var suspicions: [Unit: Suspicion] {
        var found: [Unit: Suspicion] = [:]
        for unit in health.keys { found[unit] = suspicion(of: unit) }
        return found
    }

    func suspicion(of unit: Unit) -> Suspicion? {
        guard let memory = health[unit], let state = ledger[unit]?.state, state == .verified || state == .verifying
        else { return nil }
        let monitors = snapshot?.environments[unit.environment]?.value.monitors ?? []
        let ill = monitors.first { monitor in
            memory.monitors[monitor.name].map { $0.failures > 0 && $0.alarm == nil } ?? false
        }
        let isIll = memory.failures > 0 && memory.unclear == 0
        guard isIll || ill != nil else { return nil }
        let message =
            isIll
            ? memory.lastMessage
            : ill.map { "monitor \($0.name): \(memory.monitors[$0.name]?.lastMessage ?? "")" }
        return Suspicion(message: Excerpt.line(message ?? ""), next: memory.nextLook)
    }

    /// Looks on where a look found something ill, until that has failed or is well again, or the next look would come after `limit`.
    ///
    /// For one that goes around once: what it knows of looks that failed ends with it.
    public func lookOn(for limit: Duration, sleep: @Sendable (Duration) async throws -> Void) async throws {
        let end = surroundings.tools.now() + limit
        while let next = suspicions.values.compactMap(\.next).min(), next <= end {
            let before = health
            let wait = next - surroundings.tools.now()
            if wait > .zero { try await sleep(wait + .milliseconds(1)) }
            try await settle()
            // Where nobody could look, nothing comes of waiting.
            guard health != before else { return }
        }
    }
}
