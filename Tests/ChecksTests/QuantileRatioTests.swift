import Testing

@testable import Checks

/// The values are those that `Reference/make_trend.py` prints.
@Suite struct QuantileRatioTests {
    @Test func `ratio and bound are those of a circular block bootstrap with NumPy's generator`() throws {
        let slow = TrendTests.wave(90, rise: 0.01, keeping: 0.6).map { $0 + 2 }
        let before = TrendTests.wave(70, rise: 0, keeping: 0.6, seed: 2)
        #expect(QuantileRatio.block(slow) == 11 && QuantileRatio.block(before) == 5)
        let median = try #require(QuantileRatio(of: slow, to: before, at: 0.5, confidence: 0.95))
        #expect(near(median.value, 1.2533996593204244) && near(median.lower, 1.2298905044094093), "\(median)")
        let rows = (TrendTests.wave(90, rise: 0.01, keeping: 0), TrendTests.wave(70, rise: 0, keeping: 0, seed: 2))
        let tail = try #require(QuantileRatio(of: rows.0, to: rows.1, at: 0.95, confidence: 0.99))
        #expect(near(tail.value, 1.0686319113661464) && near(tail.lower, 1.0435908556649627), "\(tail)")
    }

    @Test func `neighbours that are alike make the bound wider`() throws {
        let before = TrendTests.wave(200, rise: 0, keeping: 0, seed: 3)
        let wave = TrendTests.wave(200, rise: 0, keeping: 0.9, seed: 4)
        // The same numbers, in an order in which neighbours are strangers.
        let mixed = (0..<200).map { wave[$0 * 77 % 200] }
        let one = try #require(QuantileRatio(of: wave, to: before, at: 0.5, confidence: 0.95))
        let other = try #require(QuantileRatio(of: mixed, to: before, at: 0.5, confidence: 0.95))
        #expect(one.value == other.value && one.value - one.lower > 1.5 * (other.value - other.lower))
    }

    @Test func `without numbers, or above nothing, there is no ratio`() {
        for (now, before) in [([], [1, 2]), ([1, 2], [1]), ([1, 2], [0, 0]), ([1, .nan], [1, 2])]
            as [([Double], [Double])]
        {
            #expect(QuantileRatio(of: now, to: before, at: 0.5, confidence: 0.95) == nil)
        }
        #expect(QuantileRatio(of: [0, 0], to: [1, 2], at: 0.5, confidence: 0.95)?.lower == 0)
        #expect(QuantileRatio.block([5, 5, 5, 5, 5]) == 1 && QuantileRatio.block([1]) == 1)
        #expect(QuantileRatio.block((0..<100).map(Double.init)) == 25)
    }

    private func near(_ value: Double, _ reference: Double) -> Bool { abs(value - reference) <= 1e-9 * reference }
}
