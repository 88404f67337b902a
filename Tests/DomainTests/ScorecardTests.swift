import Domain
import Testing

@Suite struct ScorecardTests {
    private let measured: JSON = ["n": 1]

    private func all(_ verdict: Verdict, measurements: JSON = .empty) -> [String: Scorecard.Entry] {
        Dictionary(
            uniqueKeysWithValues: Rubric.checks.map {
                ($0, Scorecard.Entry(Outcome(verdict, "as found", measurements: measurements)))
            })
    }

    @Test func `the score is the least section, not the sum`() {
        var entries = all(.pass)
        #expect(Scorecard(entries).score == 7)
        for check in Rubric.sections[2].checks.prefix(5) { entries[check] = nil }
        let card = Scorecard(entries)
        #expect(card.score == 2)
        #expect(card.sections.map(\.score) == [7, 7, 2, 7])
        #expect(card.raisers.map(\.number) == ["I1", "I2", "I3", "I4", "I5"])
    }

    @Test func `a test that runs and fails has its point, but does not pass`() {
        let card = Scorecard(all(.fail, measurements: measured))
        #expect(card.score == 7)
        #expect(card.passing == 0)
        #expect(card.rows.allSatisfy { $0.remedy == "a version that passes" })
    }

    @Test(arguments: [Verdict.error, .skipped, .inconclusive, .warn, .fail])
    func `a test that measured nothing was not run`(verdict: Verdict) {
        let card = Scorecard(all(verdict))
        #expect(card.score == 0)
        #expect(card.passing == 0)
        #expect(card.rows[0].remedy == Scorecard.plainRemedy)
    }

    @Test func `one that measured and cannot tell was run, and one that warns passes`() {
        let unsure = Scorecard(all(.inconclusive, measurements: measured))
        #expect(unsure.score == 7 && unsure.passing == 0)
        let warned = Scorecard(all(.warn, measurements: measured))
        #expect(warned.score == 7 && warned.passing == 7)
    }

    @Test func `work by hand is half a point, never added to the automatic one`() {
        var entries = all(.pass)
        let check = "data.privacy"
        let manual = Scorecard.Manual(passed: true, by: "ada@example.com", file: "evidence/privacy.yaml")
        entries[check]?.manual = [manual]
        #expect(Scorecard(entries).sections[0].score == 7)
        entries[check]?.outcome = nil
        #expect(Scorecard(entries).sections[0].score == 6.5)
        entries[check]?.outcome = Outcome(.skipped, "no dataset configured")
        let row = Scorecard(entries).rows[4]
        #expect(row.points == 0.5)
        #expect(row.note == "by hand, ada@example.com (evidence/privacy.yaml)")
        #expect(row.remedy == "no dataset configured")
    }

    @Test func `work by hand that found a fault is work, and does not pass; another's that passed does`() {
        let failed = Scorecard.Manual(passed: false, by: "ada", file: "a")
        let passed = Scorecard.Manual(passed: true, by: "grace", file: "b")
        func row(_ manual: [Scorecard.Manual]) -> Scorecard.Row {
            Scorecard(["data.schema": Scorecard.Entry(manual: manual)]).rows[0]
        }
        #expect(row([failed]).points == 0.5 && row([failed]).passingPoints == 0)
        #expect(row([failed, passed]).passingPoints == 0.5)
        let run = Scorecard.Entry(Outcome(.fail, "found", measurements: measured), manual: [passed])
        let both = Scorecard(["data.schema": run]).rows[0]
        #expect(both.points == 1 && both.passingPoints == 0.5)
    }

    @Test func `work by hand that does not count says why`() {
        let refused = Scorecard.Manual(passed: true, by: "ada", file: "evidence/a.yaml", refusal: "it has expired")
        let row = Scorecard(["data.schema": Scorecard.Entry(Outcome(.skipped, "no schema"), manual: [refused])]).rows[0]
        #expect(row.points == 0)
        #expect(row.note == "no schema")
        #expect(row.remedy == "evidence/a.yaml does not count: it has expired")
    }

    @Test func `as JSON it has the two numbers, the reading and 28 tests with their numbers`() throws {
        let json = Scorecard(all(.pass)).json
        #expect(json["score"]?.double == 7 && json["passing"]?.double == 7)
        #expect(json["interpretation"]?.string?.contains("exceptional") == true)
        let sections = try #require(json["sections"]?.members)
        #expect(sections.map(\.key) == ["data", "model", "infrastructure", "monitoring"])
        let numbers = sections.flatMap { $0.value["tests"]?.array ?? [] }.compactMap { $0["number"]?.string }
        #expect(numbers == ["D", "M", "I", "O"].flatMap { letter in (1...7).map { "\(letter)\($0)" } })
    }
}
