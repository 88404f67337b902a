import Domain
import Testing

@testable import Checks

@Suite struct PipelineIntegrationTests {
    private let stages = ["data", "features", "train", "evaluate", "package", "predict"]

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
        #expect(outcome.summary == "all 6 stages passed in 5h30m")
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

    @Test func `an old or slow run fails`() async throws {
        #expect(try await specimen(day: "2026-10-01").run(PipelineIntegration.self).verdict == .fail)
        #expect(try await specimen().run(PipelineIntegration.self, ["maxDuration": "1h"]).verdict == .fail)
    }

    @Test func `a broken record is inconclusive, none is skipped`() async throws {
        #expect(try await specimen { _, _ in "{" }.run(PipelineIntegration.self).verdict == .inconclusive)
        #expect(try await specimen { _, _ in "" }.run(PipelineIntegration.self).verdict == .inconclusive)
        #expect(try await Specimen.version("v1").run(PipelineIntegration.self).verdict == .skipped)
    }
}
