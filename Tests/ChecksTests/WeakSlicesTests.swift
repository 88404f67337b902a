import Data
import Domain
import Testing

@testable import Checks

@Suite struct WeakSlicesTests {
    /// Answers by two columns of five and four values; `share` says how many of a hundred are right.
    private func specimen(_ seed: UInt64 = 1, _ share: (Int, Int) -> Double) throws -> Specimen {
        var generator = SplitMix(seed: seed)
        let rows = (0..<6_000).map { row in
            let (g, h) = (row % 5, row / 5 % 4)
            let isRight = Double.random(in: 0..<100, using: &generator) < share(g, h)
            let label = Int.random(in: 0...1, using: &generator)
            return "r\(row),\(label),\(isRight ? label : 1 - label),0.\(row),g\(g),\(h)\n"
        }
        var specimen = try Specimen.version("v1").setting("evaluation", "slices", to: [])
        specimen.files["predictions.csv"] = Array(("row_id,label,prediction,score,g,h\n" + rows.joined()).utf8)
        return specimen
    }

    @Test func `a weak pair of values is found, though neither value is weak alone`() async throws {
        let outcome = try await specimen { $0 == 2 && $1 == 1 ? 55 : 92 }.run(Slices.self)
        #expect(outcome.verdict == .fail && outcome.findings.count == 1, "\(outcome.words)")
        #expect(outcome.summary.hasPrefix("slice h × g=1 × g2 (n=300): accuracy 0.5"), "\(outcome.summary)")
        let search = try #require(outcome.measurements["search"])
        #expect(search["columns"] == ["h", "g", "h × g"], "\(search)")
        #expect(search["tested"]?.int == 29 && search["weak"]?.int == 1)
    }

    @Test func `the worst come first, by what they lack and how many rows they are`() async throws {
        let outcome = try await specimen { g, h in g == 3 ? 50 : 95 }.run(Slices.self)
        #expect(outcome.summary.hasPrefix("slice g=g3 (n=1,200)"), "\(outcome.summary)")
        #expect(outcome.findings.count == 5, "the value, and its pair with each of four others")
    }

    @Test func `chance alone makes no slice weak`() async throws {
        var alarms = 0
        for seed in 1...10 as ClosedRange<UInt64> {
            let outcome = try await specimen(seed) { _, _ in 80 }.run(Slices.self, ["ratio": 0.9999])
            if outcome.verdict != .pass { alarms += 1 }
        }
        #expect(alarms <= 2, "half of all slices are below the whole")
    }

    @Test func `declared slices and a search go together`() async throws {
        let weak = try specimen { $0 == 2 && $1 == 1 ? 55 : 92 }.setting("evaluation", "slices", to: ["g"])
        #expect(try await weak.run(Slices.self).verdict == .pass)
        let both = try await weak.run(Slices.self, ["auto": true])
        #expect(both.verdict == .fail && both.words.contains("1 × g2"), "\(both.words)")
        #expect(both.measurements["slices"]?["g"]?["g2"] != nil && both.measurements["slices"]?["h"] == nil)
    }

    @Test func `with nothing to divide the rows by it is skipped, with too few rows inconclusive`() async throws {
        var bare = try specimen { _, _ in 90 }
        bare.files["predictions.csv"] = Array("row_id,label,prediction,score\na,1,1,0.7\nb,0,0,0.2\n".utf8)
        #expect(try await bare.run(Slices.self).verdict == .skipped)
        #expect(try await specimen { _, _ in 90 }.run(Slices.self, ["auto": false]).verdict == .skipped)
        let few = try await specimen { _, _ in 90 }.run(Slices.self, ["minRows": 2000])
        #expect(few.verdict == .inconclusive && few.words.contains("has 2000 rows"), "\(few.words)")
    }
}
