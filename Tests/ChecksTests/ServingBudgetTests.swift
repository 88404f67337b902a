import Domain
import Testing

@testable import Checks

@Suite struct ServingBudgetTests {
    @Test func `answers within the budget pass, slower ones fail`() async throws {
        let fast = try Specimen.version("v1").setting("serving", to: ["latencyBudget": "50ms"])
        let outcome = try await fast.run(ServingBudget.self)
        #expect(
            outcome.verdict == .pass && outcome.summary.contains("0.1054 ms of 50ms (metrics.json)"), "\(outcome.words)"
        )
        var slow = fast
        slow.files["metrics.json"] = Array(#"{"latency_ms": {"p99": 51}}"#.utf8)
        #expect(try await slow.run(ServingBudget.self).verdict == .fail)
        slow.files["metrics.json"] = Array(#"{"latency_ms": {"p99": NaN}}"#.utf8)
        #expect(try await slow.run(ServingBudget.self).verdict != .pass)
    }

    @Test func `the serving log stands in`() async throws {
        var specimen = try Specimen.version("v2", of: "penguins").setting(
            "serving", to: ["latencyBudget": "1ms", "log": "log.jsonl"])
        specimen.files["metrics.json"] = nil
        specimen.files["log.jsonl"] = try Fixture.bytes("penguins/serving/serving-log.jsonl")
        let outcome = try await specimen.run(ServingBudget.self)
        #expect(outcome.verdict == .fail, "\(outcome.words)")
    }

    @Test func `one slow answer in a hundred is not the 99th percentile`() async throws {
        var specimen = try Specimen.version("v1").setting(
            "serving", to: ["latencyBudget": "50ms", "log": "log.jsonl"])
        specimen.files["metrics.json"] = nil
        let lines = (0..<100).map { #"{"request_id":"r\#($0)","latency_ms":\#($0 == 0 ? 900 : 5)}"# }
        specimen.files["log.jsonl"] = Array(lines.joined(separator: "\n").utf8)
        let outcome = try await specimen.run(ServingBudget.self)
        #expect(outcome.verdict == .pass && outcome.summary == "5 ms of 50ms (log.jsonl)", "\(outcome.words)")
        #expect(try await specimen.run(ServingBudget.self, ["quantile": 1]).verdict == .fail)
    }

    @Test func `what was measured before excuses no slow answers since`() async throws {
        var specimen = try Specimen.version("v1").setting(
            "serving", to: ["latencyBudget": "50ms", "log": "log.jsonl"])
        let lines = (0..<100).map { #"{"request_id":"r\#($0)","latency_ms":500}"# }
        specimen.files["log.jsonl"] = Array(lines.joined(separator: "\n").utf8)
        let outcome = try await specimen.run(ServingBudget.self)
        #expect(
            outcome.verdict == .fail && outcome.summary == "log.jsonl: answers take 500 ms, the budget is 50ms",
            "\(outcome.words)")
    }

    @Test func `memory has its budget, too`() async throws {
        var specimen = try Specimen.version("v1").setting("serving", to: ["memoryBudget": "512MiB"])
        #expect(try await specimen.run(ServingBudget.self).verdict == .inconclusive)
        specimen.files["metrics.json"] = Array(#"{"peak_memory_bytes": 600000000}"#.utf8)
        let outcome = try await specimen.run(ServingBudget.self)
        #expect(
            outcome.verdict == .fail && outcome.summary.contains("572.2 MiB, the budget is 512.0 MiB"),
            "\(outcome.words)")
        #expect(try await Specimen.version("v1").run(ServingBudget.self).verdict == .skipped)
    }
}
