import Domain
import Testing

@testable import Gates

@Suite struct ScorecardTests {
    private let now = Timestamp("2026-11-21T12:00:00Z")!

    private func evidence(_ check: String, _ verdict: Verdict, daysAgo: Int64 = 0) -> Evidence {
        Evidence(
            check: check, key: Digest(String(repeating: "0", count: 64))!, model: "m", revision: .zero, tree: .zero,
            outcome: Outcome(verdict, "as found"), time: Timestamp(seconds: now.seconds - daysAgo * 86_400), inputs: [:]
        )
    }

    private func all(_ verdict: Verdict, daysAgo: Int64 = 0) -> [String: Scorecard.Entry] {
        Dictionary(
            uniqueKeysWithValues: Scorecard.rubric.flatMap(\.checks).map {
                ($0, Scorecard.Entry(evidence: evidence($0, verdict, daysAgo: daysAgo)))
            })
    }

    @Test func `there are four sections of seven tests`() {
        #expect(Scorecard.rubric.map(\.checks.count) == [7, 7, 7, 7])
        #expect(Set(Scorecard.rubric.flatMap(\.checks)).count == 28)
    }

    @Test func `the score is the least section, not the sum`() {
        var entries = all(.pass)
        #expect(Scorecard(entries, now: now).score == 7)
        for check in Scorecard.rubric[2].checks.prefix(5) { entries[check] = nil }
        #expect(Scorecard(entries, now: now).score == 2)
    }

    @Test func `a test that runs and fails has its point, but does not pass`() {
        let card = Scorecard(all(.fail), now: now)
        #expect(card.score == 7)
        #expect(card.passing == 0)
    }

    @Test(arguments: [Verdict.error, .skipped]) func `a test that only errs or is skipped has none`(verdict: Verdict) {
        #expect(Scorecard(all(verdict), now: now).score == 0)
    }

    @Test func `old runs do not count, unless they are younger than the promotion`() {
        let card = Scorecard(all(.pass, daysAgo: 20), now: now)
        #expect(card.sections.map(\.score) == [7, 7, 7, 0])
        let since = Timestamp(seconds: now.seconds - 25 * 86_400)
        #expect(Scorecard(all(.pass, daysAgo: 20), now: now, since: since).score == 7)
    }

    @Test func `work by hand is half a point, never added to the automatic one, and expires`() {
        var entries = all(.pass)
        let check = "data.privacy"
        entries[check]?.manual = Scorecard.Manual(passed: true, by: "ada@example.com")
        #expect(Scorecard(entries, now: now).sections[0].score == 7)
        entries[check]?.evidence = nil
        #expect(Scorecard(entries, now: now).sections[0].score == 6.5)
        entries[check]?.manual?.expires = now
        #expect(Scorecard(entries, now: now).sections[0].score == 6)
        entries[check]?.manual = Scorecard.Manual(passed: false, by: "ada@example.com")
        #expect(Scorecard(entries, now: now).sections[0].score == 6.5)
        #expect(Scorecard(entries, now: now).sections[0].passing == 6)
    }

    @Test(arguments: [
        (0.0, "research project"), (0.5, "not totally untested"), (1.0, "not totally untested"), (1.5, "first pass"),
        (2.0, "first pass"), (3.0, "reasonably tested"), (3.5, "strong"), (5.0, "strong"), (5.5, "exceptional"),
    ])
    func `scores are read as in the paper's Table V`(score: Double, words: String) {
        #expect(Scorecard.interpretation(of: score).contains(words))
    }
}
