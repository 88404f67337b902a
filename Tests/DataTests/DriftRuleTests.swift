import Glibc
import Testing

@testable import Data

struct DriftRuleTests {
    private func column(_ cells: [String]) throws -> TableProfile {
        try TableProfile(Array(("a\n" + cells.joined(separator: "\n") + "\n").utf8))
    }

    /// Draws a category of `shares` for each row.
    private func draw(_ shares: [Double], _ rows: Int, _ generator: inout SplitMix) -> [String] {
        (0..<rows).map { _ in
            var rest = Double.random(in: 0..<1, using: &generator)
            for (index, share) in shares.enumerated() {
                rest -= share
                if rest < 0 { return "c\(index)" }
            }
            return "c\(shares.count - 1)"
        }
    }

    private func outcome(_ reference: [String], _ current: [String]) throws -> DriftRule.Outcome? {
        DriftRule().judge(Drift(reference: try column(reference), current: try column(current))).first?.outcome
    }

    @Test func `no drift is stable where there are rows enough, and inconclusive where not`() throws {
        var generator = SplitMix(seed: 1)
        let twelve = [Double](repeating: 1 / 12, count: 12)
        for _ in 0..<20 {
            #expect(try outcome(draw(twelve, 5000, &generator), draw(twelve, 5000, &generator)) == .stable)
        }
        guard case .inconclusive(let needed) = try outcome(draw(twelve, 200, &generator), draw(twelve, 200, &generator))
        else {
            Issue.record("200 rows cannot tell twelve categories")
            return
        }
        #expect((400...700).contains(needed))
    }

    /// A thousand categories by Zipf's law, 1/rank^1.1. Rare ones together are one category; what they hide is not told to be stable.
    @Test func `many categories are told apart by those that are not rare`() throws {
        var generator = SplitMix(seed: 4)
        let weights = (1...1000).map { pow(Double($0), -1.1) }, sum = weights.reduce(0, +)
        let zipf = weights.map { $0 / sum }
        for rows in [5_000, 20_000] {
            let reference = draw(zipf, rows, &generator), current = draw(zipf, rows, &generator)
            let drift = Drift(reference: try column(reference), current: try column(current))
            let judgement = try #require(DriftRule().judge(drift).first)
            #expect(judgement.outcome == .stable && (judgement.noiseFloor ?? 1) < 0.1, "\(judgement)")
            // Of the figures themselves nothing is merged.
            #expect(drift.columns[0].shares.count > 500)
            // The last two thirds, 12 of a hundred rows, are others.
            let renamed = current.map { Int($0.dropFirst()) ?? 0 > 300 ? "new-\($0)" : $0 }
            let other = try outcome(reference, renamed)
            #expect(other != .stable && other != .slight, "\(rows): \(String(describing: other))")
        }
        let few = try outcome(draw(zipf, 500, &generator), draw(zipf, 500, &generator))
        guard case .inconclusive? = few else {
            Issue.record("500 rows cannot tell a thousand categories: \(String(describing: few))")
            return
        }
    }

    @Test func `few rows are enough where the effect is beyond all noise`() throws {
        let reference = (0..<40).map { "\(Double($0) + 0.5)" }
        #expect(try outcome(reference, (0..<25).map { "\(Double($0) + 1000.5)" }) == .drifted)
        guard case .inconclusive = try outcome(reference, (0..<25).map { "\(Double($0) + 4.5)" }) else {
            Issue.record("a third of a deviation is within the noise of 25 rows")
            return
        }
    }

    @Test func `a real change of shares drifts`() throws {
        var generator = SplitMix(seed: 2)
        let before = [0.4, 0.25, 0.2, 0.1, 0.05]
        let after = [0.3, 0.25, 0.2, 0.1, 0.15]
        #expect(try outcome(draw(before, 5000, &generator), draw(after, 5000, &generator)) == .drifted)
    }

    @Test func `numbers drift by effect, not by significance alone`() throws {
        var generator = SplitMix(seed: 3)
        func numbers(_ shift: Double) -> [String] {
            (0..<20_000).map { _ in
                String(shift + (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) })
            }
        }
        let reference = numbers(0)
        #expect(try outcome(reference, numbers(0)) == .stable)
        #expect(try outcome(reference, numbers(0.02)) == .stable)
        #expect(try outcome(reference, numbers(0.07)) == .slight)
        #expect(try outcome(reference, numbers(0.2)) == .drifted)
    }

    @Test func `a side without values is undefined`() throws {
        #expect(try outcome(["1", "2"], ["", ""]) == .undefined)
    }

    @Test func `adjusted p-values are those of the step-up procedure`() {
        // statsmodels.stats.multitest.multipletests([0.01, 0.04, 0.03, 0.005], method="fdr_bh")
        let adjusted = DriftRule.benjaminiHochberg([0.01, nil, 0.04, 0.03, 0.005])
        let expected: [Double?] = [0.02, nil, 0.04, 0.04, 0.02]
        for (one, other) in zip(adjusted, expected) {
            #expect(one.map { ($0 * 1e12).rounded() } == other.map { ($0 * 1e12).rounded() })
        }
    }
}
