import Domain
import Testing

@testable import Checks

@Suite struct RegressionCasesTests {
    private func specimen(_ cases: String?) throws -> Specimen {
        var specimen = try Specimen.version("v1")
        specimen.files["regression_cases.csv"] = cases.map { Array($0.utf8) }
        return specimen
    }

    @Test func `cases that are right pass`() async throws {
        let outcome = try await specimen("row_id\ncell-0003\ncell-0005\n").run(RegressionCases.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test func `a case that is wrong fails with what was expected`() async throws {
        let outcome = try await specimen("row_id,expected\ncell-0003,0\ncell-0005,\n").run(RegressionCases.self)
        #expect(outcome.verdict == .fail)
        #expect(outcome.summary.contains("case 'cell-0003' is predicted 1, expected 0"))
    }

    @Test func `an unknown case is inconclusive, none is skipped`() async throws {
        #expect(try await specimen("row_id\nnobody\n").run(RegressionCases.self).verdict == .inconclusive)
        #expect(try await specimen("name\nx\n").run(RegressionCases.self).verdict == .inconclusive)
        #expect(try await specimen(nil).run(RegressionCases.self).verdict == .skipped)
        #expect(try await specimen(nil).run(RegressionCases.self, ["ids": ["cell-0003"]]).verdict == .pass)
    }

    @Test(arguments: ["True", "true", "1.0", "1"])
    func `a label is known in any spelling that evaluate knows`(expected: String) async throws {
        let outcome = try await specimen("row_id,expected\ncell-0003,\(expected)\n").run(RegressionCases.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        let wrong = try await specimen("row_id,expected\ncell-0003,False\n").run(RegressionCases.self)
        #expect(wrong.verdict == .fail && wrong.words.contains("predicted 1, expected False"))
    }
}
