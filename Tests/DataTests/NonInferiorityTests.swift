import Testing

@testable import Data

struct NonInferiorityTests {
    /// From normal quantiles 1.6448536269514722 and 0.8416212335729143.
    @Test func `bounds and rows needed follow the formulas`() throws {
        let test = NonInferiority(difference: -0.001, standardError: 0.002, rows: 5_000, margin: 0.01)
        #expect(Reference.near(test.bounds.lower, -0.001 - 1.6448536269514722 * 0.002))
        #expect(Reference.near(test.bounds.upper, -0.001 + 1.6448536269514722 * 0.002))
        let reach = (1.6448536269514722 + 0.8416212335729143) * 0.002 / 0.01
        #expect(test.rowsNeeded == Int((5_000 * reach * reach).rounded(.up)))
        #expect(test.verdict == .shown)
    }

    @Test(arguments: [
        (0.0, 0.001, 1_000, NonInferiority.Verdict.shown), (-0.05, 0.001, 1_000, .notShown),
        (-0.009, 0.001, 1_000, .notShown),
        (-0.005, 0.02, 100, .inconclusive), (0.01, 0.02, 100, .inconclusive), (-0.05, 0.01, 100, .notShown),
    ])
    func `worse, too little data, and good enough are told apart`(
        difference: Double, error: Double, rows: Int, verdict: NonInferiority.Verdict
    ) {
        #expect(
            NonInferiority(difference: difference, standardError: error, rows: rows, margin: 0.01).verdict == verdict)
        let loss = NonInferiority(
            difference: -difference, standardError: error, rows: rows, margin: 0.01, higherIsBetter: false)
        #expect(loss.verdict == verdict)
    }

    /// SciPy's normal tail.
    @Test func `its p-value is that of a candidate which is worse by the margin`() {
        let test = NonInferiority(difference: -0.001, standardError: 0.002, rows: 5_000, margin: 0.005)
        #expect(Reference.near(test.pValue, 0.022750131948179195))
        #expect(NonInferiority(difference: 0, standardError: 0, rows: 1, margin: 0.1).pValue == 0)
        #expect(NonInferiority(difference: -0.1, standardError: 0, rows: 1, margin: 0).pValue == 1)
    }

    @Test func `a gain is superior where its lower bound is above 0, and the rows that would show it are known`() {
        let sure = NonInferiority(difference: 0.01, standardError: 0.005, rows: 1_000, margin: 0)
        #expect(sure.isSuperior)
        let open = NonInferiority(difference: 0.01, standardError: 0.01, rows: 1_000, margin: 0)
        let reach = 1.6448536269514722 + 0.8416212335729143
        #expect(!open.isSuperior && open.rowsForSuperiority == Int((1_000 * reach * reach).rounded(.up)))
        #expect(NonInferiority(difference: -0.01, standardError: 0.01, rows: 9, margin: 0).rowsForSuperiority == nil)
    }

    @Test func `without a margin only a gain is shown`() {
        #expect(NonInferiority(difference: 0.1, standardError: 0.01, rows: 10, margin: 0).verdict == .shown)
        let even = NonInferiority(difference: 0, standardError: 0.01, rows: 10, margin: 0)
        #expect(even.verdict == .inconclusive && even.rowsNeeded == nil)
    }

    @Test func `a loss of exactly the margin is shown to be no more, whatever its last bits`() {
        #expect(0.9 - 0.91 < -0.01)
        let test = NonInferiority(
            difference: 0.9 - 0.91, standardError: 0, rows: 100, margin: 0.01, of: [0.91, 0.9])
        #expect(test.verdict == .shown)
        let worse = NonInferiority(
            difference: 0.8999 - 0.91, standardError: 0, rows: 100, margin: 0.01, of: [0.91, 0.8999])
        #expect(worse.verdict == .notShown)
    }

    @Test func `that no row moved a metric shows little of few rows`() {
        func test(_ rows: Int, margin: Double) -> NonInferiority {
            NonInferiority(
                difference: 0, standardError: 0, rows: rows, margin: margin,
                unseen: .init(rows: Double(rows), reach: 1))
        }
        #expect(test(100, margin: 0.01).verdict == .inconclusive && test(100, margin: 0.01).rowsNeeded == 299)
        #expect(test(298, margin: 0.01).verdict == .inconclusive && test(299, margin: 0.01).verdict == .shown)
        #expect(test(100, margin: 0.03).verdict == .shown && test(100, margin: 0).verdict == .inconclusive)
        // 0.99^100.
        #expect(Reference.near(test(100, margin: 0.01).pValue, 0.36603234127322950493))
        // Half of the rows are of the rarer label, on which the metric rests.
        let half = NonInferiority(
            difference: 0, standardError: 0, rows: 400, margin: 0.01, unseen: .init(rows: 200, reach: 1))
        #expect(half.verdict == .inconclusive && half.rowsNeeded == 598)
        // Where the error is not 0 it counts alone.
        let known = NonInferiority(
            difference: 0, standardError: 0.001, rows: 10, margin: 0.01, unseen: .init(rows: 10, reach: 1))
        #expect(known.verdict == .shown)
    }

    @Test func `shares of right rows are judged by the rows that differ`() {
        func test(_ first: Int, _ second: Int, _ rows: Int, margin: Double) -> NonInferiority {
            NonInferiority(
                of: PairedProportions(
                    McNemar(onlyFirstCorrect: first, onlySecondCorrect: second), rows: rows), margin: margin)
        }
        #expect(!test(0, 4, 60, margin: 0).isSuperior && test(0, 5, 60, margin: 0).isSuperior)
        #expect(test(0, 0, 10, margin: 0.01).verdict == .inconclusive)
        #expect(test(0, 0, 2000, margin: 0.01).verdict == .shown)
        // Of 500 rows 2 newly wrong: up to 1.2 % may be, and more rows would tell.
        #expect(test(2, 0, 500, margin: 0.01).verdict == .inconclusive)
        #expect(test(60, 0, 500, margin: 0.01).verdict == .notShown)
    }
}
