import Domain
import Testing

@testable import martlet

struct FindingsTextTests {
    @Test func `the first twenty are shown, with their places, and how many more of which verdict there are`() {
        let findings =
            [Finding(.fail, "first", file: "a.csv", line: 3), Finding(.warn, "summary")]
            + (0..<22).map { Finding($0 < 20 ? .warn : .fail, "warning \($0)") }
        let lines = FindingsText(Outcome(.fail, "summary", findings: findings)).lines
        #expect(lines.count == 21 && lines[0] == "fail: first (a.csv:3)" && lines[19] == "warn: warning 18")
        #expect(lines[20] == "… and 3 more (1 warn, 2 fail); --output json tells all")
        #expect(FindingsText(Outcome(.fail, "first", findings: [findings[0]])).lines.isEmpty)
        let few = FindingsText(Outcome(.warn, "x", findings: Array(findings.prefix(20)))).lines
        #expect(few.count == 20 && !few[19].contains("more"))
    }
}
