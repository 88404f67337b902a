import Domain
import TestSupport
import Testing

@testable import Forges

struct RequestCommentTests {
    private func evidence(
        _ check: String, _ verdict: Verdict, _ summary: String = "found", _ measurements: JSON = .empty
    ) throws -> Evidence {
        let id = try #require(ObjectID(String(repeating: "a", count: 40)))
        return Evidence(
            check: check, key: SHA256.digest(of: check.utf8), model: "credit-risk", revision: id, tree: id,
            outcome: Outcome(verdict, summary, measurements: measurements), time: Timestamp(seconds: 0), inputs: [:])
    }

    private func part(_ name: String = "credit-risk") throws -> RequestReport.Part {
        let slices: JSON = [
            "metric": "accuracy", "overall": ["value": 0.9], "greater_is_better": true,
            "slices": [
                "band": [
                    "low": ["n": 120, "accuracy": ["value": 0.91]],
                    "mid": ["n": 73, "accuracy": ["value": 0.7534, "low": 0.64, "high": 0.84]],
                ]
            ],
        ]
        return RequestReport.Part(
            model: name, candidate: "v1.4.0", running: "v1.3.0",
            blockers: [
                Blocker(
                    .check, "model.slices", "fail: slice band=mid: 0.7534 < 0.87",
                    unblockedBy: "a new version that passes"),
                Blocker(
                    .soak, "staging", "2 of 24 h", unblockedBy: "waiting", nextLook: Timestamp("2026-11-22T09:00:00Z")),
            ],
            evidence: [
                try evidence(
                    "infra.quality-gate", .pass, "auc 0.9742",
                    ["rows": 470, "auc": ["value": 0.9742, "low": 0.951, "high": 0.9866]]),
                try evidence("model.slices", .fail, "slice band=mid | bad", slices),
                try evidence(
                    "monitor.train-serve-skew", .warn, "age drifts",
                    ["age": ["effect": 0.12, "p_value": 0.003], "sex": ["effect": 0.3, "p_value": 0.0001]]),
            ],
            before: [try evidence("infra.quality-gate", .pass, "", ["auc": ["value": 0.98]])],
            sections: [.init("Data", points: 3.5, of: 7)])
    }

    private func comment(_ parts: [RequestReport.Part]) -> String {
        RequestComment(RequestReport(environment: "production", parts: parts)).markdown(after: "<!-- m -->")
    }

    @Test func `says what is missing, who can unblock it, and how metrics changed`() throws {
        let text = comment([try part()])
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines[0] == "<!-- m -->")
        #expect(lines[1] == "### ⏳ 2 things are missing for <code>production</code>")
        #expect(
            lines.contains("**<code>credit-risk</code>** <code>v1&#46;3.0</code> → <code>v1&#46;4.0</code>")
                || text.contains("v1.3.0"))
        #expect(text.contains("unblocked by: <code>a new version that passes</code>"))
        #expect(text.contains("looked at again at 2026-11-22T09:00:00Z"))
        #expect(lines.contains("| <code>auc</code> | 0.98 | **0.9742** | -0.0058 | 0.951 – 0.9866 |"))
        #expect(lines.contains("| <code>Data</code> | 3.5 of 7 | █████░░░░░ |"))
        let mid = try #require(lines.firstIndex { $0.contains("band&#61;mid</code> | 73") })
        let low = try #require(lines.firstIndex { $0.contains("band&#61;low</code> | 120") })
        #expect(mid < low, "the worst slice comes first")
        let sex = try #require(lines.firstIndex { $0.contains("<code>sex</code> | 0.3") })
        let age = try #require(lines.firstIndex { $0.contains("<code>age</code> | 0.12 | 0.003") })
        #expect(sex < age, "the greatest drift comes first")
        #expect(lines.contains("    x-axis [\"1 band=mid\", \"2 band=low\"]") && lines.contains("    line [0.9, 0.9]"))
        #expect(lines.contains("    x-axis [\"1 sex\", \"2 age\"]") && lines.contains("    bar [0.3, 0.12]"))
        #expect(
            text.contains("| ❌ fail | <code>model&#46;slices</code> | <code>slice band&#61;mid &#124; bad</code> |"))
    }

    @Test func `of an error, the greatest is the worst`() throws {
        var part = RequestReport.Part(model: "m", candidate: "v1")
        let slices: JSON = [
            "metric": "rmse", "greater_is_better": false, "overall": ["value": 2],
            "slices": ["band": ["low": ["n": 90, "rmse": ["value": 1]], "mid": ["n": 73, "rmse": ["value": 3.5]]]],
        ]
        part.evidence = [try evidence("model.slices", .pass, "", slices)]
        let text = comment([part])
        #expect(text.contains("x-axis [\"1 band=mid\", \"2 band=low\"]\n    y-axis 0 --> 3.5\n    bar [3.5, 1.0]"))
    }

    @Test func `nothing missing is ready`() {
        let text = comment([.init(model: "m", candidate: "v1")])
        #expect(text == "<!-- m -->\n### ✅ Ready for <code>production</code>\n\n**<code>m</code>** <code>v1</code>")
    }

    @Test func `the same report is the same text`() throws {
        let one = comment([try part()])
        for _ in 0..<5 { #expect(comment([try part()]) == one) }
    }

    @Test(arguments: [1, 40, 200, 2000]) func `never grows beyond what a forge takes, and is never cut inside a row`(
        count: Int
    ) throws {
        var parts: [RequestReport.Part] = []
        for number in 0..<count {
            var part = try part("model-\(number)")
            part.evidence += try (0..<40).map {
                try evidence("check.\($0)", .fail, String(repeating: "|<@\u{1F600}", count: 200))
            }
            parts.append(part)
        }
        let text = comment(parts)
        #expect(text.utf8.count <= RequestComment.limit)
        #expect(text.contains("More did not fit here"))
        #expect(text.components(of: "<details>") == text.components(of: "</details>"))
        for line in text.split(separator: "\n") where line.hasPrefix("|") { #expect(line.hasSuffix("|")) }
    }

    @Test func `is a page of tables and folded parts, by the program that GitHub's own Markdown is made with`() throws {
        let ended = try spawn(
            ["cmark-gfm", "--unsafe", "-e", "table"], environment: ["PATH": "/usr/bin:/bin"],
            input: Array(comment([try part()]).utf8))
        let html = String(decoding: ended.output, as: UTF8.self)
        #expect(html.components(of: "<table>") == 5 && html.components(of: "<details>") == 3)
        #expect(html.components(of: "<code class=\"language-mermaid\">") == 2)
        #expect(html.components(of: "<li>") == 2 && html.components(of: "<h3>") == 1)
    }
}

extension String {
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
