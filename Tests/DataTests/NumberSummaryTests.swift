import Foundation
import Testing

@testable import Data

struct NumberSummaryTests {
    private func numbers(_ count: Int, seed: UInt64, _ shape: (Double) -> Double) -> SortedValues {
        var random = SplitMix(seed: seed)
        return SortedValues(of: (0..<count).map { _ in shape(Double(random.next() >> 11) * 0x1p-53) })
    }

    @Test(arguments: [512, 4096])
    func `the error is that of both distribution functions, and small`(steps: Int) throws {
        let shapes: [(Double) -> Double] = [
            { $0 }, { exp(6 * $0) }, { tan(3 * ($0 - 0.5)) }, { ($0 * 30_000).rounded() }, { $0 < 0.4 ? 0 : $0 * $0 },
        ]
        for (seed, shape) in shapes.enumerated() {
            let all = numbers(50_000, seed: UInt64(seed), shape)
            let summary = NumberSummary(of: all, cuts: PopulationStabilityIndex.edges(all), steps: steps)
            let values = summary.values
            #expect(values.count == all.count && values.distinct < steps * 3 / 2 && values.distinct > steps / 3)
            #expect(values.minimum == all.minimum && values.maximum == all.maximum)
            let test = try #require(KolmogorovSmirnov(all, values)?.statistic)
            let distance = try #require(Wasserstein.distance(all, values))
            // A thousandth and a half for 512 steps: π / 4 of a step.
            #expect(summary.error.rank <= 0.8 / Double(steps) + 1 / 50_000, "\(seed): \(summary.error.rank)")
            #expect(abs(test - summary.error.rank) < 1e-12, "\(seed): \(test) \(summary.error.rank)")
            #expect(abs(distance - (summary.error.distance ?? .nan)) <= 1e-9 * distance, "\(seed)")
        }
    }

    @Test func `frequent values and counts up to the cuts stay what they are`() {
        let all = numbers(60_000, seed: 7) { $0 < 0.3 ? 0 : $0 < 0.35 ? 0.5 : $0 }
        let cuts = PopulationStabilityIndex.edges(all)
        let summary = NumberSummary(of: all, cuts: cuts, steps: 512).values
        for cut in cuts { #expect(summary.count(atMost: cut) == all.count(atMost: cut)) }
        for value in [0, 0.5] {
            let counts = [all, summary].map { sample in sample.runs.first { $0.value == value }?.count ?? -1 }
            #expect(counts[0] > 2000 && counts[0] == counts[1])
        }
    }

    @Test func `few and no values are themselves`() {
        let few = NumberSummary(of: SortedValues(of: [3, 1, 2]), cuts: [], steps: 512)
        #expect(few.values.values == [1, 2, 3] && few.error == SketchError(rank: 0, distance: 0))
        let none = NumberSummary(of: SortedValues(of: []), cuts: [], steps: 512)
        #expect(none.values.count == 0 && none.error == SketchError(rank: 0, distance: 0))
        let ends = NumberSummary(
            of: SortedValues(of: [-Double.greatestFiniteMagnitude, .greatestFiniteMagnitude]), cuts: [], steps: 1)
        #expect(ends.values.count == 2)
    }
}
