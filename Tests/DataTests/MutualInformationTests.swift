import Domain
import Testing

@testable import Data

struct MutualInformationTests {
    private func codes(_ json: JSON?) -> [Int32] { (json?.array ?? []).map { Int32($0.int ?? -1) } }

    private func isNear(_ one: Double, _ other: Double?, _ tolerance: Double = 1e-9) -> Bool {
        other.map { abs(one - $0) <= tolerance * max(abs($0), 1e-3) } ?? false
    }

    @Test func `information is scikit-learn's, and its p-values SciPy's`() throws {
        let cases = try #require(try Reference.json("information.json")["cases"]?.array)
        #expect(cases.count == 9)
        for one in cases {
            let name = one["name"]?.string ?? ""
            for (x, y) in [("x", "y"), ("y", "x")] {
                let found = try #require(MutualInformation(codes(one[x]), codes(one[y])))
                #expect(isNear(found.value, one["value"]?.double), "\(name): \(found.value)")
                #expect(isNear(found.normalized, one["normalized"]?.double), "\(name): \(found.normalized)")
                #expect(found.degreesOfFreedom == one["dof"]?.int && found.isCountable == one["countable"]?.bool)
                #expect(isNear(found.pValue, one["p"]?.double, 1e-6), "\(name): \(found.pValue)")
                let chance = found.chance(ifNormalized: 0.001)
                #expect(isNear(chance, one["chance"]?.double, 1e-6), "\(name): \(chance)")
            }
            let share = try #require(MutualInformation(codes(one["x"]), codes(one["y"]))).correctedShare
            #expect(isNear(share, one["corrected"]?.double), "\(name): \(share)")
        }
    }

    @Test func `the noncentral chi-square distribution is SciPy's`() throws {
        let cases = try #require(try Reference.json("information.json")["chances"]?.array)
        #expect(cases.count == 175)
        for one in cases {
            let (x, dof, noncentrality) = (
                one["x"]?.double ?? .nan, one["dof"]?.double ?? .nan, one["noncentrality"]?.double
            )
            let found = SpecialFunctions.noncentralChiSquare(x, dof: dof, noncentrality: noncentrality ?? .nan)
            #expect(isNear(found, one["value"]?.double, 1e-7), "\(one.text()): \(found)")
        }
        #expect(
            SpecialFunctions.noncentralChiSquare(3, dof: 2, noncentrality: 0) == SpecialFunctions.lowerGamma(1, 1.5))
        #expect(SpecialFunctions.noncentralChiSquare(3, dof: 0, noncentrality: 1).isNaN)
        #expect(SpecialFunctions.noncentralChiSquare(.nan, dof: 1, noncentrality: 1).isNaN)
        #expect(SpecialFunctions.noncentralChiSquare(0, dof: 1, noncentrality: 1) == 0)
        #expect(SpecialFunctions.noncentralChiSquare(.infinity, dof: 1, noncentrality: 1) == 1)
    }

    @Test func `one value, none, and too many tell nothing`() {
        let many = (0..<1001).map { Int32($0) }
        #expect(MutualInformation(many, many) == nil && MutualInformation([], []) == nil)
        #expect(MutualInformation([1, 1, 1], [0, 1, 0]) == nil && MutualInformation([0, 1, -1], [0, -1, 1]) == nil)
        #expect(MutualInformation([0, 1, 0], [5, 7, 5])?.normalized == 1)
    }

    /// How often of fifty times a column is shown to tell less than 0.001 of labels, of which a share of `told` is the column itself.
    private func shownUseless(rows: Int, told: Double, groups: UInt64) -> Int {
        var coins = SplitMix(seed: UInt64(rows) &+ groups)
        func share() -> Double { Double(coins.next() >> 11) * 0x1p-53 }
        return (0..<50).count { _ in
            let x = (0..<rows).map { _ in Int32(coins.next() % groups) }
            let y = x.map { share() < told ? $0 % 2 : Int32(coins.next() % 2) }
            return MutualInformation(x, y).map { $0.isCountable && $0.chance(ifNormalized: 0.001) <= 0.05 } ?? false
        }
    }

    @Test func `few rows show nothing, many that a column tells nothing, and none that one does which tells a little`()
    {
        #expect(shownUseless(rows: 1000, told: 0, groups: 10) == 0)
        // Binary columns that are equal in a share of 0.5 + told / 2 tell about told² / 2: at 0.0385 that is 0.00107 of 0.693.
        #expect(shownUseless(rows: 10_000, told: 0, groups: 2) > 40)
        #expect(shownUseless(rows: 10_000, told: 0.0385, groups: 2) < 8)
        #expect(shownUseless(rows: 10_000, told: 0.06, groups: 2) == 0)
    }
}
