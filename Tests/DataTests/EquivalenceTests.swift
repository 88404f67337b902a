import Domain
import Testing

@testable import Data

struct EquivalenceTests {
    @Test func `p-values and bounds agree with statsmodels`() throws {
        for row in try Reference.rows("equivalence") {
            let count = Int(row[2])
            let normal = Equivalence(difference: row[0], standardError: row[1], observations: count, margin: row[3])
            #expect(Reference.near(normal.pValue, row[4], 1e-6), "\(row)")
            let student = Equivalence(
                difference: row[0], standardError: row[1], observations: count, margin: row[3],
                degreesOfFreedom: row[2] - 1)
            #expect(Reference.near(student.pValue, row[5], 1e-6), "\(row)")
            #expect(
                Reference.near(student.bounds.lower, row[6]) && Reference.near(student.bounds.upper, row[7]), "\(row)")
            #expect((student.verdict == .shown) == (row[5] <= 0.05), "\(row)")
        }
    }

    @Test func `one value among others agrees with SciPy's pooled test`() throws {
        for item in try #require(try Reference.json("statistics.json")["one_among"]?.array) {
            let parts = item.array ?? []
            let values = parts[0].array?.compactMap(\.double) ?? []
            let test = try #require(
                Equivalence(of: values[0], among: Array(values.dropFirst()), margin: parts[1].double ?? 0))
            #expect(Reference.near(test.pValue, parts[2].double ?? 0, 1e-6), "\(values)")
            #expect(Reference.near(test.difference, parts[3].double ?? 0), "\(values)")
            #expect(test.observationsNeeded == nil)
        }
        #expect(Equivalence(of: 1, among: [1], margin: 0.1) == nil)
    }

    @Test(arguments: [
        (0.0, 0.001, 1_000, NonInferiority.Verdict.shown), (0.05, 0.001, 1_000, .notShown),
        (-0.05, 0.001, 1_000, .notShown),
        (0.0, 0.02, 100, .inconclusive), (0.0, 0.0, 1, .shown), (0.02, 0.0, 1, .notShown),
    ])
    func `the same, another, and too little data are told apart`(
        difference: Double, error: Double, count: Int, verdict: NonInferiority.Verdict
    ) {
        let test = Equivalence(difference: difference, standardError: error, observations: count, margin: 0.01)
        #expect(test.verdict == verdict)
    }

    /// From normal quantiles 1.6448536269514722 and 1.2815515655446004.
    @Test func `the observations needed follow the formula`() {
        let test = Equivalence(difference: 0, standardError: 0.02, observations: 100, margin: 0.01)
        let reach = (1.6448536269514722 + 1.2815515655446004) * 0.02 / 0.01
        #expect(test.observationsNeeded == Int((100 * reach * reach).rounded(.up)))
    }
}
