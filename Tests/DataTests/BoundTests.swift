import Testing

@testable import Data

struct BoundTests {
    /// Decimals of up to six places and two before the point, so that the true difference is known.
    @Test func `a difference of decimals that is the bound keeps it, one of a millionth more does not`() {
        var random = SplitMix(seed: 4), misses = 0
        for _ in 0..<20_000 {
            let scale = [100, 1_000, 1_000_000].randomElement(using: &random) ?? 100
            let first = Int.random(in: 0...100 * scale, using: &random),
                step = Int.random(in: 1...scale, using: &random)
            func number(_ count: Int) -> Double { Double(count) / Double(scale) }
            let (a, b, margin) = (number(first), number(first - step), number(step))
            let less = margin - 1e-6
            if b - a < -margin { misses += 1 }
            #expect(Bound.isAtLeast(b - a, -margin, of: [a, b]) && Bound.isAtMost(a - b, margin, of: [a, b]))
            #expect(!Bound.isAtLeast(b - a, -less, of: [a, b]) && !Bound.isAtMost(a - b, less, of: [a, b]))
        }
        // Without slack a great part of them would miss it.
        #expect(misses > 2_000)
    }

    @Test func `a product or ratio that is the bound keeps it`() {
        #expect(0.75 * 0.8 > 0.6 && Bound.isAtLeast(0.6, 0.75 * 0.8))
        #expect(1.1 * 3 > 3.3 && Bound.isAtMost(1.1 * 3, 3.3))
        #expect(1 - 0.95 > 0.05 && Bound.isAtMost(1 - 0.95, 0.05, of: [1]))
    }

    @Test func `NaN keeps no bound, infinity only what infinity keeps`() {
        for (value, bound) in [(Double.nan, 1.0), (1, .nan), (.nan, .nan)] {
            #expect(!Bound.isAtLeast(value, bound) && !Bound.isAtMost(value, bound))
        }
        #expect(!Bound.isAtMost(1, 0, of: [.nan]) && !Bound.isAtMost(.infinity, 1) && !Bound.isAtLeast(-.infinity, 1))
        #expect(Bound.isAtLeast(.infinity, 1) && Bound.isAtMost(.infinity, .infinity) && Bound.isAtMost(1, .infinity))
    }
}
