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

    @Test func `too few steps fail, too few examples are no trace`() async throws {
        #expect(try await trace(["score"]).run(Debuggable.self).verdict == .fail)
        let few = try await trace(["a", "b"]).run(Debuggable.self, ["examples": 5])
        #expect(few.verdict == .inconclusive && few.summary.contains("3 examples are traced"), "\(few.words)")
        #expect(!few.isRun, "a point for nothing")
    }

    @Test func `a replay that ends elsewhere than the log fails`() async throws {
        var specimen = try trace(["scaled", "score"]).setting("serving", to: ["log": "log.jsonl"])
        let entry = { (score: Double) in
            (0..<3).map { example in
                #"{"request_id":"r\#(example)","version":"v1","features":{"a":1},"prediction":1,"score":"#
                    + "\(example == 0 ? score : Double(example + 1) / 10)}"
            }.joined(separator: "\n")
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

    @Test func `a trace of requests that the log does not have, or without outputs, replays nothing`() async throws {
        var specimen = try trace(["scaled", "score"]).setting("serving", to: ["log": "log.jsonl"])
        let entry = #"{"request_id":"other","version":"v1","features":{"a":1},"score":0.1}"#
        specimen.files["log.jsonl"] = Array(entry.utf8)
        let other = try await specimen.run(Debuggable.self)
        #expect(other.verdict == .inconclusive && other.summary.contains("0 of 3 traced requests"), "\(other.words)")
        let bare = (0..<3).flatMap { example in ["a", "b"].map { #"{"request_id":"r\#(example)","name":"\#($0)"}"# } }
        specimen.files["debug.jsonl"] = Array(bare.joined(separator: "\n").utf8)
        specimen.files["log.jsonl"] = Array(
            (0..<3).map { entry.replacing("other", with: "r\($0)") }.joined(separator: "\n").utf8)
        let silent = try await specimen.run(Debuggable.self)
        #expect(silent.verdict == .inconclusive && silent.summary.contains("0 of 3 traced requests"), "\(silent.words)")
    }

    @Test func `a trace may name its requests by any of the ids`() async throws {
        var specimen = try trace([]).setting("serving", to: ["log": "log.jsonl"])
        specimen.files["log.jsonl"] = Array(
            (0..<3).map { #"{"request_id":"r\#($0)","version":"v1","features":{"a":1},"score":0.1}"# }
                .joined(separator: "\n").utf8)
        for id in [#""id":"r\#("N")""#, #""example":"N","request_id":"rN""#] {
            let steps = (0..<3).flatMap { example in
                ["a", "b"].map { #"{\#(id.replacing("N", with: "\(example)")),"name":"\#($0)","output":0.1}"# }
            }
            specimen.files["debug.jsonl"] = Array(steps.joined(separator: "\n").utf8)
            let outcome = try await specimen.run(Debuggable.self)
            #expect(outcome.verdict == .pass, "\(outcome.words)")
        }
    }

    @Test func `a broken trace is inconclusive, none is skipped`() async throws {
        var specimen = try trace(["a"])
        specimen.files["debug.jsonl"] = Array("{".utf8)
        #expect(try await specimen.run(Debuggable.self).verdict == .inconclusive)
        #expect(try await Specimen.version("v1").run(Debuggable.self).verdict == .skipped)
    }

    private func served(
        _ fault: OpenInferenceServer.Fault, _ changed: (Int, inout [JSON.Member]) -> Void = { _, _ in }
    ) async throws -> Outcome {
        try await Specimen.version("v1").served(by: OpenInferenceServer(fault)).logged(5, changed).run(Debuggable.self)
    }

    @Test func `a server that gives its steps and answers as it did passes`() async throws {
        let outcome = try await served(.traces)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["replayed"]?.int == 3)
        #expect(outcome.measurements["server_steps"] == ["scaled", "margin"])
    }

    @Test(arguments: [
        (
            OpenInferenceServer.Fault.none,
            "with parameters {trace: true} the server gives intermediate outputs: none; 2 are expected"
        ),
        (.tracesOtherwise, "request r2: the output 'predict_proba' is another where a trace is asked for"),
        (.tracesNothing, "request r2: the server's answer names the request 'made-up'"),
        (.isAnother, "; intermediate outputs: none"),
    ])
    func `one that does not fails`(fault: OpenInferenceServer.Fault, words: String) async throws {
        let outcome = try await served(fault)
        #expect(outcome.verdict == .fail && outcome.words.contains(words), "\(outcome.words)")
    }

    @Test func `an answer that is not the logged one fails, with both`() async throws {
        let outcome = try await served(.traces) { row, members in
            if row == 4 { members[4] = JSON.Member("score", 0.4502) }
        }
        #expect(outcome.verdict == .fail && outcome.findings.count == 1, "\(outcome.words)")
        #expect(outcome.summary.contains("request r4 replays to 0.") && outcome.summary.contains("the log says 0.4502"))
        #expect(outcome.findings.first?.line == 5)
        let flipped = try await served(.traces) { row, members in
            if row == 3 { members[3] = JSON.Member("prediction", .int(1 - (members[3].value.int ?? 0))) }
        }
        #expect(flipped.verdict == .fail && flipped.summary.contains("request r3 replays to"), "\(flipped.words)")
    }

    @Test func `where a file has the steps the server need not give them, but must answer as it did`() async throws {
        var specimen = try Specimen.version("v1").served(by: OpenInferenceServer()).logged()
        let log = String(decoding: specimen.files["log.jsonl"] ?? [], as: UTF8.self).split(separator: "\n")
        let steps = try log.prefix(3).flatMap { line in
            let entry = try JSON(parsing: Array(line.utf8))
            return ["scaled", "score"].map {
                #"{"request_id":"\#(entry["request_id"]?.string ?? "")","name":"\#($0)","output":\#(entry["score"]?.double ?? 0)}"#
            }
        }
        specimen.files["debug.jsonl"] = Array(steps.joined(separator: "\n").utf8)
        let outcome = try await specimen.run(Debuggable.self)
        #expect(outcome.verdict == .pass && outcome.summary.contains("3 logged requests"), "\(outcome.words)")
        let other = try specimen.served(by: OpenInferenceServer(.isAnother))
        #expect(try await other.run(Debuggable.self).verdict == .fail)
    }

    @Test func `a log of too few answers, or without a feature, is inconclusive; a server that is down an error`()
        async throws
    {
        let specimen = try Specimen.version("v1").served(by: OpenInferenceServer(.traces))
        let few = try await specimen.logged(2).run(Debuggable.self)
        #expect(
            few.verdict == .inconclusive && few.summary.contains("2 requests say what was answered"), "\(few.words)")
        let bare = try await specimen.logged(5) { $1[2] = JSON.Member("features", ["mean_radius": 1]) }.run(
            Debuggable.self)
        #expect(bare.verdict == .inconclusive && bare.summary.contains("no feature 'mean_texture'"), "\(bare.words)")
        let mute = try await specimen.logged(5) { $1.removeFirst() }.run(Debuggable.self)
        #expect(mute.verdict == .fail && mute.summary.contains("cannot be replayed"), "\(mute.words)")
        #expect(try await served(.isDown).verdict == .error)
    }
}
