import Foundation
import Testing

@testable import Data

/// Two tables of 100,000 rows from a counter-based generator: a reference, and a current one of which some columns have moved.
struct GeneratedTable {
    let seed: UInt64
    let hasDrift: Bool

    /// Uniform in 0..<1: stream `k` of column `c`.
    private func uniform(_ row: Int, _ c: UInt64, _ k: UInt64) -> Double {
        let golden: UInt64 = 0x9E37_79B9_7F4A_7C15
        let key = SplitMix.mix(seed &+ golden &* (16 &* c &+ k &+ 1))
        return Double(SplitMix.mix(key &+ golden &* UInt64(row + 1)) >> 11) * 0x1p-53
    }

    private func normal(_ row: Int, _ c: UInt64) -> Double {
        (-2 * log(1 - uniform(row, c, 0))).squareRoot() * cos(2 * Double.pi * uniform(row, c, 1))
    }

    private func isNull(_ row: Int, _ c: UInt64) -> Bool { uniform(row, c, 15) < 0.01 }

    func csv(rows: Int) -> [UInt8] {
        let plans = ["basic", "plus", "pro", "team", "enterprise"]
        let bounds = hasDrift ? [0.3, 0.55, 0.75, 0.85, 1] : [0.4, 0.65, 0.85, 0.95, 1]
        var text = "n2,n3,c1,c2\n"
        for row in 0..<rows {
            let n2 = 50 + 10 * normal(row, 2) + (hasDrift ? 1 : 0)
            let n3 = exp(3 + (hasDrift ? 1.1 : 1) * normal(row, 3))
            text += isNull(row, 2) ? "," : "\((n2 * 1e4).rounded(.toNearestOrEven) / 1e4),"
            text += isNull(row, 3) ? "," : "\((n3 * 100).rounded(.toNearestOrEven) / 100),"
            let plan = uniform(row, 11, 0)
            text += isNull(row, 11) ? "," : plans[bounds.firstIndex { $0 > plan } ?? 4] + ","
            text += isNull(row, 12) ? "\n" : "m\(Int(uniform(row, 12, 0) * 12))\n"
        }
        return Array(text.utf8)
    }
}

struct GeneratedDriftTests {
    private func near(_ value: Double?, _ expected: Double, _ relative: Double) -> Bool {
        abs((value ?? .nan) - expected) <= relative * expected
    }

    @Test func `a generated drift has the distances that other tools measured`() throws {
        let reference = try TableProfile(GeneratedTable(seed: 42, hasDrift: false).csv(rows: 100_000))
        let current = try TableProfile(GeneratedTable(seed: 43, hasDrift: true).csv(rows: 100_000))
        #expect(
            reference["n2"]?.nulls == 1007 && reference["n2"]?.distinct == 86_465 && reference["n3"]?.distinct == 13_646
        )
        #expect(reference["c1"]?.texts?.heaviest(2).map(\.count) == [39_435, 24_938])
        let drift = Drift(reference: reference, current: current)

        let n2 = try #require(drift["n2"]), n3 = try #require(drift["n3"])
        #expect(near(n2.wassersteinOverReferenceDeviation, 0.09533, 1e-4) && near(n2.psi, 0.00891, 1e-3))
        // Evidently's own figures, the second of which has bins that are empty.
        #expect(near(n2.evidentlyIndex, 0.00914, 1e-3) && near(n3.evidentlyIndex, 0.00806, 1e-3))
        #expect(
            near(n2.kolmogorovSmirnov?.statistic, 0.03982, 1e-4) && near(n2.kolmogorovSmirnov?.pValue, 1.3e-68, 0.02))
        #expect(
            near(n3.wassersteinOverReferenceDeviation, 0.09621, 1e-4)
                && near(n3.kolmogorovSmirnov?.statistic, 0.02429, 3e-4))

        let c1 = try #require(drift["c1"]), c2 = try #require(drift["c2"])
        #expect(
            near(c1.shares.lInfinity, 0.10212, 1e-5) && near(c1.psi, 0.143451, 1e-5)
                && near(c1.chiSquare?.statistic, 6553.97, 1e-6))
        #expect(near(JensenShannon.distance(c1.shares), 0.131147, 1e-5))
        #expect(near(c2.shares.totalVariation, 0.00795553, 1e-6) && near(c2.chiSquare?.pValue, 0.0593, 1e-3))
        #expect(c2.chiSquare?.degreesOfFreedom == 11)

        let outcomes = DriftRule().judge(drift).map(\.outcome)
        #expect(outcomes == [.slight, .slight, .drifted, .stable])
    }
}
