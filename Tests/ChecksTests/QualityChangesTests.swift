import Domain
import Testing

@testable import Checks

@Suite struct QualityChangesTests {
    private let settings: JSON = ["metrics": ["accuracy": ["min": 0.5]]]

    /// Of 8,000 rows that many are right: those of a worse version are right in a better one, too.
    private func version(
        _ label: String, right: Int, of rows: Int = 8_000, ids prefix: String = "r"
    ) throws -> Specimen {
        var specimen = try Specimen.version("v1")
        specimen.label = label
        let rows = (0..<rows).map { "\(prefix)\($0),\($0 % 2),\($0 < right ? $0 % 2 : 1 - $0 % 2),0.5\n" }
        specimen.files["predictions.csv"] = Array(("row_id,label,prediction,score\n" + rows.joined()).utf8)
        return specimen
    }

    private func outcome(
        _ candidate: Specimen, _ deployed: Specimen, _ earlier: [Specimen], _ more: JSON = .empty
    ) async throws -> Outcome {
        var candidate = candidate
        candidate.deployed = try deployed.subject()
        candidate.earlier = try earlier.map { try $0.subject() }
        return try await candidate.run(
            QualityGate.self, .object((settings.members ?? []) + (more.members ?? [])))
    }

    /// How many versions get in, of which each is half a percent worse than the one before.
    private func stepsDown(_ more: JSON) async throws -> Int {
        var ran = [try version("s0", right: 3_800, of: 4_000)]
        for step in 1...10 {
            let next = try version("s\(step)", right: 3_800 - 19 * step, of: 4_000)
            guard try await outcome(next, ran[0], Array(ran.dropFirst()), more).verdict == .pass else { break }
            ran.insert(next, at: 0)
        }
        return ran.count - 1
    }

    @Test func `ten small losses do not pass, though each of them would`() async throws {
        #expect(try await stepsDown(.empty) == 1)
        #expect(try await stepsDown(["bestOf": 1]) == 10)
    }

    @Test func `the best of the last versions is named, with what was lost since`() async throws {
        let now = try version("now", right: 7_560), best = try version("top", right: 7_600)
        let old = try version("old", right: 7_200)
        let outcome = try await outcome(try version("next", right: 7_500), now, [old, best])
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(
            outcome.summary.contains("worse than 0.95, of tumor top, the best of the last versions"),
            "\(outcome.summary)")
        let change = try #require(outcome.measurements["accuracy"]?["change_from_best"])
        #expect(change["from"]?.string == (try best.subject().version.revision.description))
        #expect(abs((change["gain"]?.double ?? 0) + 0.0125) < 1e-12)
        #expect((outcome.measurements["accuracy"]?["change"]?["gain"]?.double ?? 0) > -0.0095)
        let short = try await self.outcome(try version("next", right: 7_500), now, [old, best], ["bestOf": 2])
        #expect(short.verdict == .pass, "\(short.words)")
    }

    @Test func `a better version is compared with the one that runs now alone`() async throws {
        let now = try version("now", right: 7_200), old = try version("old", right: 6_800)
        let outcome = try await outcome(try version("next", right: 7_240), now, [old])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["accuracy"]?["change_from_best"] == nil)
    }

    @Test func `an earlier version that says nothing of these rows does not count`() async throws {
        let now = try version("now", right: 7_200)
        var gone = try version("gone", right: 7_960)
        gone.files["predictions.csv"] = nil
        let served = try version("served", right: 7_960).setting("evaluation", "predictions", to: .null)
            .setting("evaluation", "endpoint", to: "http://localhost:1")
        let others = [try version("other", right: 7_960, ids: "x"), gone, served]
        let outcome = try await outcome(try version("next", right: 7_200), now, others)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }
}
