import Domain
import Testing

@testable import Data

struct SpecialFunctionsTests {
    private func rows(_ name: String) throws -> [[Double]] {
        let rows = try #require(try Reference.json("drift.json")[name]?.array)
        return rows.map { $0.array?.map { $0.double ?? .nan } ?? [] }
    }

    private func expect(_ value: Double, _ expected: Double, _ relative: Double, _ row: [Double]) {
        #expect(abs(value - expected) <= max(1e-300, relative * abs(expected)), "\(row): \(value)")
    }

    @Test func `the incomplete gamma functions agree with SciPy`() throws {
        for row in try rows("gamma") {
            expect(SpecialFunctions.lowerGamma(row[0], row[1]), row[2], 1e-9, row)
            expect(SpecialFunctions.upperGamma(row[0], row[1]), row[3], 1e-9, row)
        }
    }

    @Test func `the incomplete beta function agrees with SciPy`() throws {
        for row in try rows("beta") { expect(SpecialFunctions.beta(row[0], row[1], row[2]), row[3], 1e-9, row) }
    }

    @Test func `the tail of chi square agrees with SciPy`() throws {
        for row in try rows("chi_square") {
            expect(SpecialFunctions.chiSquareTail(row[0], dof: row[1]), row[2], 1e-9, row)
        }
    }

    @Test func `the normal law and its inverse agree with SciPy`() throws {
        for row in try rows("normal") {
            expect(SpecialFunctions.normalCumulative(row[0]), row[1], 1e-12, row)
            expect(SpecialFunctions.normalTail(row[0]), row[2], 1e-12, row)
        }
        for row in try rows("normal_quantile") {
            #expect(abs(SpecialFunctions.normalQuantile(row[0]) - row[1]) <= 1e-13 * max(1, abs(row[1])), "\(row)")
        }
    }

    @Test func `the tail of Student's t agrees with SciPy`() throws {
        for row in try rows("student") { expect(SpecialFunctions.studentTail(row[0], dof: row[1]), row[2], 1e-9, row) }
    }

    @Test func `the quantile of chi square is the inverse of its tail`() {
        for dof in [1.0, 4, 49, 999] {
            for tail in [0.001, 0.05, 0.5, 0.99] {
                let x = SpecialFunctions.chiSquareQuantile(tail: tail, dof: dof)
                #expect(abs(SpecialFunctions.chiSquareTail(x, dof: dof) - tail) < 1e-12)
            }
        }
    }

    @Test func `arguments outside the domain give NaN`() {
        #expect(SpecialFunctions.lowerGamma(-1, 2).isNaN)
        #expect(SpecialFunctions.upperGamma(2, .nan).isNaN)
        #expect(SpecialFunctions.beta(1.5, 2, 2).isNaN)
        #expect(SpecialFunctions.normalQuantile(-0.1).isNaN)
    }
}
