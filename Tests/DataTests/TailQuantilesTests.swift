import Testing

@testable import Data

struct TailQuantilesTests {
    @Test func `quantiles agree with SciPy`() throws {
        for row in try Reference.rows("student_quantile") {
            #expect(Reference.near(SpecialFunctions.studentQuantile(row[0], dof: row[1]), row[2]), "\(row)")
        }
        for row in try Reference.rows("beta_quantile") {
            #expect(Reference.near(SpecialFunctions.betaQuantile(row[0], row[1], row[2]), row[3]), "\(row)")
        }
    }
}
