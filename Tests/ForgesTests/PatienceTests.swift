import Domain
import Testing

@testable import Forges

struct PatienceTests {
    private let now = Timestamp(seconds: 1_000_000)

    private func limit(_ status: Int, _ headers: [String: String] = [:], _ body: String = "") -> Duration? {
        Patience.limit(Tools.Reply(status: status, headers: headers, body: Array(body.utf8)), now: now)
    }

    @Test func `waits as long as the forge asks, in its several words`() {
        #expect(limit(429, ["retry-after": "7"]) == .seconds(7))
        #expect(limit(403, ["retry-after": "60"]) == .seconds(60))
        #expect(limit(503, ["retry-after": "5"]) == .seconds(5))
        #expect(limit(403, ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "1000090"]) == .seconds(90))
        #expect(limit(429, ["ratelimit-remaining": "0", "ratelimit-reset": "1000030"]) == .seconds(30))
        #expect(limit(403, ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "5"]) == .seconds(1))
        #expect(limit(403, ["x-ratelimit-remaining": "0"]) == .seconds(60))
        #expect(limit(429) == .seconds(60))
        let secondary = #"{"documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"}"#
        #expect(limit(403, [:], secondary) == .seconds(60))
        #expect(limit(429, ["retry-after": "99999999999"]) == .seconds(86_400))
    }

    @Test(arguments: [
        "You have exceeded a secondary rate limit and have been temporarily blocked from content creation.",
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
        "You have triggered an abuse detection mechanism.",
    ]) func `GitHub's secondary limit is one, where its words alone tell it`(words: String) {
        let headers = ["x-ratelimit-remaining": "4000", "x-ratelimit-reset": "1000090"]
        #expect(limit(403, headers, #"{"message": "\#(words)"}"#) == .seconds(60))
    }

    @Test func `a time that is written as a date is waited for a minute, not taken for a refusal`() {
        for status in [403, 429, 503] {
            #expect(limit(status, ["retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"]) == .seconds(60))
        }
    }

    @Test func `what is no limit is none`() {
        #expect(limit(403, ["x-ratelimit-remaining": "4000"]) == nil)
        #expect(limit(403, [:], #"{"message": "Resource not accessible by personal access token"}"#) == nil)
        #expect(limit(403) == nil && limit(503) == nil && limit(200, ["retry-after": "3"]) == nil)
    }

    @Test func `backs off twice as long each time, less by chance, and never longer than its longest`() {
        let calm = Patience(jitter: { 0 }), hasty = Patience(jitter: { 1 })
        #expect((0..<7).map { calm.backOff(after: $0).milliseconds } == [500, 1000, 2000, 4000, 8000, 16000, 20000])
        #expect(hasty.backOff(after: 2) == .milliseconds(1000))
    }
}
