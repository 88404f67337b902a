import Domain
import Testing

@testable import Checks

@Suite struct DebuggableTests {
    private func trace(_ steps: [String]) throws -> Specimen {
        var specimen = try Specimen.version("v1")
        let lines = (0..<3).flatMap { example in
            steps.map { #"{"request_id":"r\#(example)","name":"\#($0)","output":0.\#(example + 1)}"# }
        }
        specimen.files["debug.jsonl"] = Array(lines.joined(separator: "\n").utf8)
        return specimen
    }

    @Test func `examples that can be followed pass`() async throws {
        #expect(try await trace(["scaled", "linear", "score"]).run(Debuggable.self).verdict == .pass)
    }

    @Test func `too few steps or examples fail`() async throws {
        #expect(try await trace(["score"]).run(Debuggable.self).verdict == .fail)
        #expect(
            try await trace(["a", "b"]).run(Debuggable.self, ["examples": 5]).summary.contains("3 examples are traced"))
    }

    @Test func `a replay that ends elsewhere than the log fails`() async throws {
        var specimen = try trace(["scaled", "score"]).setting("serving", to: ["log": "log.jsonl"])
        let entry = { (score: Double) in
            #"{"request_id":"r0","version":"v1","features":{"a":1},"prediction":1,"score":\#(score)}"#
        }
        specimen.files["log.jsonl"] = Array(entry(0.1).utf8)
        #expect(try await specimen.run(Debuggable.self).verdict == .pass)
        specimen.files["log.jsonl"] = Array(entry(0.4502).utf8)
        let outcome = try await specimen.run(Debuggable.self)
        #expect(
            outcome.verdict == .fail && outcome.summary.contains("replays to 0.1, the log says 0.4502"),
            "\(outcome.words)")
        specimen.files["log.jsonl"] = Array(#"{"prediction":1}"#.utf8)
        #expect(try await specimen.run(Debuggable.self).verdict == .fail)
    }

    @Test func `a broken trace is inconclusive, none is skipped`() async throws {
        var specimen = try trace(["a"])
        specimen.files["debug.jsonl"] = Array("{".utf8)
        #expect(try await specimen.run(Debuggable.self).verdict == .inconclusive)
        #expect(try await Specimen.version("v1").run(Debuggable.self).verdict == .skipped)
    }
}
