import Domain
import Testing

@testable import Checks

/// What slices lost against the version that runs now.
@Suite struct SliceChangeTests {
    /// Rows of one slice, wrong where that is said; `label` is another where the two tables shall not match.
    private func specimen(
        _ rows: Range<Int> = 0..<1000, slice: String = "g", isWrong: (Int) -> Bool
    ) throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("evaluation", "slices", to: ["g"])
        let lines = rows.map { "r\($0),\($0 % 2),\(isWrong($0) ? 1 - $0 % 2 : $0 % 2),0.5,\(slice)\n" }
        specimen.files["predictions.csv"] = Array(("row_id,label,prediction,score,g\n" + lines.joined()).utf8)
        return specimen
    }

    /// Of each forty rows one is wrong that was right, of each fifty one right that was wrong; or more are wrong.
    private func changed(_ rows: Range<Int> = 0..<1000, wrong every: Int = 40) throws -> Specimen {
        var candidate = try specimen(rows) { $0 % every == 0 }
        candidate.deployed = try specimen(rows) { $0 % 50 == 1 }.subject()
        return candidate
    }

    private func change(_ outcome: Outcome) -> JSON? { outcome.measurements["slices"]?["g"]?["g"]?["change"] }

    @Test(arguments: [(40, -0.005, -0.01644652295337617), (10, -0.08, -0.09824134791755214)])
    func `the change and its lower bound are the reference's`(every: Int, gain: Double, low: Double) async throws {
        let found = try #require(change(try await changed(wrong: every).run(Slices.self)))
        #expect(abs((found["gain"]?.double ?? 0) - gain) <= 1e-9 * abs(gain))
        #expect(abs((found["gain_low"]?.double ?? 0) - low) <= 1e-6 * abs(low), "\(found)")
        #expect(found["rows"]?.int == 1000)
    }

    @Test func `two points are allowed where no drop is named`() async throws {
        let slight = try await changed().run(Slices.self)
        #expect(slight.verdict == .pass, "\(slight.words)")
        let deep = try await changed(wrong: 10).run(Slices.self)
        #expect(deep.verdict == .fail, "\(deep.words)")
        #expect(deep.summary.contains("at most 0.02 is allowed") && deep.findings.first?.threshold == 0.02)
        #expect(try await changed(wrong: 10).run(Slices.self, ["maxDrop": 0.2]).verdict == .pass)
        let first = try await specimen { $0 % 10 == 0 }.run(Slices.self)
        #expect(
            first.verdict == .pass && change(first) == nil, "nothing runs that it could be worse than: \(first.words)")
    }

    @Test func `rows too few to exclude a drop are a warning, whichever way the change goes`() async throws {
        // 5 of 200 lost, 4 gained: half a point, and as much as 3 by chance.
        let open = try await changed(0..<200).run(Slices.self)
        #expect(open.verdict == .warn, "\(open.words)")
        #expect(open.summary.contains("too few to exclude a drop of more than 0.02"), "\(open.words)")
        let same = try specimen(0..<200) { $0 % 40 == 0 }
        var twin = same
        twin.deployed = try same.subject()
        #expect(try await twin.run(Slices.self).verdict == .pass, "the very same answers have lost nothing")
    }

    @Test func `what cannot be compared is a warning, and inconclusive where a drop is named`() async throws {
        var gone = try specimen { $0 % 40 == 0 }
        var before = gone
        before.files["predictions.csv"] = nil
        gone.deployed = try before.subject()
        var renamed = gone
        renamed.deployed = try specimen(slice: "h") { $0 % 40 == 0 }.subject()
        var sparse = gone
        sparse.deployed = try specimen(0..<30) { $0 % 40 == 0 }.subject()
        for (candidate, words) in [
            (gone, "the change of slices from"), (renamed, "it has no such rows"),
            (sparse, "30 rows in common, fewer than 100"),
        ] {
            let open = try await candidate.run(Slices.self)
            #expect(open.verdict == .warn && open.summary.contains(words), "\(open.words)")
            let asked = try await candidate.run(Slices.self, ["maxDrop": 0.02])
            #expect(asked.verdict == .inconclusive && asked.summary.contains(words), "\(asked.words)")
        }
    }

    @Test func `of a regression two hundredths of the whole's error are allowed`() async throws {
        func regression(_ error: Double) throws -> Specimen {
            var specimen = try Specimen.version("v1").setting("evaluation", "slices", to: ["g"])
                .setting("task", to: "regression").setting("evaluation", "columns", to: ["id": "row_id"])
            let lines = (0..<400).map { "r\($0),\($0),\(Double($0) + error),g\n" }
            specimen.files["predictions.csv"] = Array(("row_id,label,prediction,g\n" + lines.joined()).utf8)
            return specimen
        }
        for (error, verdict) in [(50.5, Verdict.pass), (60, .fail)] {
            var candidate = try regression(error)
            candidate.deployed = try regression(50).subject()
            let outcome = try await candidate.run(Slices.self)
            #expect(outcome.verdict == verdict, "\(error): \(outcome.words)")
        }
    }
}
