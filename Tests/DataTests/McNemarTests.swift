import Testing

@testable import Data

struct McNemarTests {
    @Test func `agrees with statsmodels`() throws {
        for row in try Reference.rows("mcnemar") {
            let test = McNemar(onlyFirstCorrect: Int(row[0]), onlySecondCorrect: Int(row[1]))
            #expect(Reference.near(test.exactP, row[2], 1e-6) && Reference.near(test.chiSquare ?? 0, row[3]), "\(row)")
            #expect(
                Reference.near(test.chiSquareP, row[4], 1e-6) && Reference.near(test.midP, row[5], 1e-6),
                "\(row) \(test.midP)")
        }
        let same = McNemar(onlyFirstCorrect: 0, onlySecondCorrect: 0)
        #expect(same.exactP == 1 && same.chiSquare == nil && same.chiSquareP == 1 && same.midP == 1)
    }
}
