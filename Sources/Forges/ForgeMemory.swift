import Domain

/// What a forge's client need not ask again. All of it can be lost: the next requests find it out anew.
actor ForgeMemory {
    private static let limit = 2000
    private static let mostBytes = 64 << 20
    private static let burst = 20

    private var replies: [String: Tools.Reply] = [:]
    private var order: [String] = []
    private var bytes = 0
    private var known: [String: String] = [:]
    private var nextWrite: Timestamp?
    private var tokens: [String: (text: String, until: Timestamp)] = [:]
    private var shown: [String: (presentation: RequestPresentation, result: PullRequest?, until: Timestamp)] = [:]

    /// The last answer with an `ETag` to that address.
    func reply(to url: String) -> Tools.Reply? { replies[url] }

    func keep(_ reply: Tools.Reply, to url: String) {
        guard reply.headers["etag"] != nil else { return }
        bytes += reply.body.count
        if let last = replies.updateValue(reply, forKey: url) { bytes -= last.body.count } else { order.append(url) }
        while order.count > Self.limit || bytes > Self.mostBytes, let oldest = order.first { forget(oldest) }
    }

    func forget(_ url: String) {
        guard let reply = replies.removeValue(forKey: url) else { return }
        bytes -= reply.body.count
        order.removeAll { $0 == url }
    }

    /// A fact that does not change, such as our own name there.
    func fact(_ name: String, _ find: @Sendable () async throws -> String) async throws -> String {
        if let fact = known[name] { return fact }
        let fact = try await find()
        if known.count > Self.limit { known = [:] }
        known[name] = fact
        return fact
    }

    /// A token that is still good, or a new one.
    func token(
        _ name: String, at now: Timestamp, _ make: @Sendable () async throws -> (text: String, until: Timestamp)
    ) async throws -> String {
        if let token = tokens[name], token.until > now { return token.text }
        let token = try await make()
        tokens[name] = token
        return token.text
    }

    /// Forgets who we are, too: a new token may be another account's.
    func forgetTokens() { (tokens, known) = ([:], [:]) }

    /// How long to wait before something is written: a few come at once, the rest one by one.
    func pauseBeforeWriting(at now: Timestamp, apart: Duration) -> Duration {
        guard apart > .zero else { return .zero }
        let slot = max(nextWrite ?? now, now)
        nextWrite = slot + apart
        return max(.zero, slot - now - apart * (Self.burst - 1))
    }

    /// What was the result of showing exactly this, where that was less than an hour ago: then it is looked at again, because
    /// somebody may have changed it there.
    func result(of presentation: RequestPresentation, at now: Timestamp) -> PullRequest?? {
        guard let last = shown[Self.place(presentation)], last.presentation == presentation, last.until > now else {
            return nil
        }
        return .some(last.result)
    }

    func keep(
        _ result: PullRequest?, of presentation: RequestPresentation, at now: Timestamp,
        for time: Duration = .seconds(3600)
    ) {
        if shown.count > Self.limit { shown = shown.filter { $0.value.until > now } }
        shown[Self.place(presentation)] = (presentation, result, now + time)
    }

    private static func place(_ presentation: RequestPresentation) -> String {
        "\(presentation.branch)\n\(presentation.base)"
    }
}
