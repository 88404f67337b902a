import Domain
import Testing

@testable import Checks

@Suite struct PipelineIntegrationTests {
    private let stages = ["data", "features", "train", "evaluate", "package", "serve", "predict"]

    private func specimen(_ change: (Int, String) -> String = { $1 }, day: String = "2026-11-20") throws -> Specimen {
        var specimen = try Specimen.version("v1")
        let lines = stages.enumerated().map { index, stage in
            change(
                index,
                #"{"stage":"\#(stage)","status":"passed","inputs":["d\#(index)"],"outputs":["d\#(index + 1)"],"start":"\#(day)T0\#(index):00:00Z","end":"\#(day)T0\#(index):30:00Z"}"#
            )
        }
        specimen.files["pipeline.jsonl"] = Array(lines.joined(separator: "\n").utf8)
        return specimen
    }

    @Test func `a whole run passes`() async throws {
        let outcome = try await specimen().run(PipelineIntegration.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.summary == "all 7 stages passed in 6h30m")
    }

    @Test func `a missing, failed, or disconnected stage fails`() async throws {
        let missing = try await specimen { $0 == 4 ? "" : $1 }.run(PipelineIntegration.self)
        #expect(missing.verdict == .fail && missing.summary.contains("stage \"package\" was not run"))
        let failed = try await specimen { $0 == 2 ? $1.replacing("passed", with: "failed") : $1 }.run(
            PipelineIntegration.self)
        #expect(failed.summary.contains("stage \"train\" ended as failed"))
        let cut = try await specimen { $0 == 3 ? $1.replacing("d3", with: "x") : $1 }.run(PipelineIntegration.self)
        #expect(cut.summary.contains("\"evaluate\" took nothing that \"train\" made"), "\(cut.words)")
    }

    @Test func `a record without digests is a warning: what a stage took is not known`() async throws {
        let none = try await specimen { $1.replacing("inputs", with: "took").replacing("outputs", with: "made") }.run(
            PipelineIntegration.self)
        #expect(none.verdict == .warn && none.words.contains("\"features\" took what \"data\" made"), "\(none.words)")
        let one = try await specimen { $0 == 3 ? $1.replacing("inputs", with: "took") : $1 }.run(
            PipelineIntegration.self)
        #expect(one.verdict == .warn && one.findings.count == 1, "\(one.words)")
        #expect(one.words.contains("\"evaluate\" took what \"train\" made") && !one.words.contains("\"data\" made"))
    }

    @Test func `what a stage says that was run again counts no more`() async throws {
        let zeros = String(repeating: "0", count: 64), commit = String(repeating: "1", count: 40)
        let old = #"{"stage":"data","status":"failed","artifact_digest":"\#(zeros)","commit":"\#(commit)"}"#
        let outcome = try await specimen { $0 == 0 ? old + "\n" + $1 : $1 }.run(PipelineIntegration.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test func `an old or slow run fails`() async throws {
        #expect(try await specimen(day: "2026-10-01").run(PipelineIntegration.self).verdict == .fail)
        #expect(try await specimen().run(PipelineIntegration.self, ["maxDuration": "1h"]).verdict == .fail)
    }

    @Test func `a broken record is inconclusive, none is skipped`() async throws {
        #expect(try await specimen { _, _ in "{" }.run(PipelineIntegration.self).verdict == .inconclusive)
        #expect(try await specimen { _, _ in "" }.run(PipelineIntegration.self).verdict == .inconclusive)
        #expect(try await Specimen.version("v1").run(PipelineIntegration.self).verdict == .skipped)
    }

    @Test func `a run that lies ahead, or whose stages are in disorder, does not pass`() async throws {
        let ahead = try await specimen(day: "2099-01-01").run(PipelineIntegration.self)
        #expect(ahead.verdict == .inconclusive && ahead.summary.contains("lies ahead"), "\(ahead.words)")
        let reversed = try await specimen { index, line in
            line.replacing("T0\(index):", with: "T0\(8 - index):").replacing("\"inputs\"", with: "\"took\"")
        }.run(PipelineIntegration.self)
        #expect(reversed.verdict == .fail, "\(reversed.words)")
        #expect(reversed.summary.contains("stage \"features\" started before \"data\" had ended"), "\(reversed.words)")
        let backwards = try await specimen { $0 == 1 ? $1.replacing("T01:30", with: "T00:45") : $1 }.run(
            PipelineIntegration.self)
        #expect(backwards.words.contains("stage \"features\" ended before it started"), "\(backwards.words)")
    }

    @Test func `a run of another commit or artifact does not count`() async throws {
        let store = MemoryStore()
        let trained = try store.commit("train", ["a": "1"]), other = try store.commit("other", ["a": "2"])
        func outcome(_ member: String) async throws -> Outcome {
            var specimen = try specimen { $0 == 4 ? $1.replacing("}", with: ",\(member)}") : $1 }
            specimen.store = store
            specimen.revision = try store.commit("record", ["b": "1"], on: [trained])
            return try await specimen.run(PipelineIntegration.self)
        }
        #expect(try await outcome(#""commit":"\#(trained)""#).verdict == .pass)
        let elsewhere = try await outcome(#""commit":"\#(other)""#)
        #expect(elsewhere.verdict == .fail && elsewhere.summary.contains("not in the history"), "\(elsewhere.words)")
        #expect(try await outcome(#""commit":"yesterday""#).verdict == .inconclusive)
        let digest = SHA256.digest(of: try Fixture.bytes("tumor/versions/v1/model.onnx"))
        #expect(try await outcome(#""artifact_digest":"\#(digest)""#).verdict == .pass)
        let stale = try await outcome(#""artifact_digest":"\#(String(repeating: "0", count: 64))""#)
        #expect(stale.verdict == .inconclusive && stale.summary.contains("about the artifact 0000"), "\(stale.words)")
    }
}
