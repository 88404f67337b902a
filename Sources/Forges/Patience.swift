import Domain

/// How often a request is repeated, and how long is waited before. Longer waits are left to the caller, as its failure's remedy.
struct Patience: Sendable {
    var attempts = 4
    var longest: Duration = .seconds(20)
    var pause: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    /// A number from 0 up to 1, so that many controllers do not knock at the same moment.
    var jitter: @Sendable () -> Double = { Double.random(in: 0..<1) }

    /// Doubles from half a second, less up to a half by chance.
    func backOff(after attempt: Int) -> Duration {
        .milliseconds(500).doubled(after: attempt + 1, upTo: longest) * (1 - jitter() / 2)
    }

    /// How long the forge asks to be left alone; `nil` where it does not ask.
    ///
    /// GitHub: "Rate limits for the REST API": 403 or 429; `retry-after`, else `x-ratelimit-reset` where nothing remains, else a minute.
    /// GitLab: 429 with `Retry-After`, `RateLimit-Reset`. What stands between may write `Retry-After` as a date (RFC 9110 §10.2.3).
    static func limit(_ reply: Tools.Reply, now: Timestamp) -> Duration? {
        guard [403, 429, 503].contains(reply.status) else { return nil }
        if let seconds = reply.headers["retry-after"].flatMap({ Int64($0) }) {
            return .seconds(max(1, min(seconds, 86_400)))
        }
        guard reply.headers["retry-after"] == nil else { return .seconds(60) }
        guard reply.status != 503 else { return nil }
        if (reply.headers["x-ratelimit-remaining"] ?? reply.headers["ratelimit-remaining"]) == "0" {
            let reset = (reply.headers["x-ratelimit-reset"] ?? reply.headers["ratelimit-reset"]).flatMap { Int64($0) }
            guard let reset else { return .seconds(60) }
            return max(.seconds(1), min(Timestamp(seconds: reset) - now, .seconds(86_400)))
        }
        return reply.status == 429 || isSecondary(reply) ? .seconds(60) : nil
    }

    /// GitHub tells the secondary limit, of which requests are still left, from a permission that is missing by its words alone.
    private static func isSecondary(_ reply: Tools.Reply) -> Bool {
        guard let json = try? JSON(parsing: reply.body) else { return false }
        let words = json["message"]?.string?.lowercased() ?? ""
        return json["documentation_url"]?.string?.contains("rate-limit") == true
            || ["secondary rate limit", "abuse detection"].contains { words.contains($0) }
    }
}
