import Domain
import Testing

@testable import Checks

@Suite struct FeatureCodeTestsTests {
    @Test func `tests that pass, cover the code and name every feature pass`() async throws {
        let outcome = try await Specimen.version("v1").run(FeatureCodeTests.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["passed"]?.int == 59 && outcome.measurements["lines"]?.double == 0.875)
    }

    @Test func `a failed test fails with its name`() async throws {
        let outcome = try await Specimen.version("v3").run(FeatureCodeTests.self)
        #expect(outcome.verdict == .fail)
        #expect(outcome.summary.contains("failed"), "\(outcome.summary)")
    }

    @Test func `code that is not covered, and features without a test fail`() async throws {
        let bare = try await Specimen.version("v1").run(FeatureCodeTests.self, ["minLines": 0.9])
        #expect(bare.verdict == .fail && bare.summary.contains("features.py: 87.5 %"), "\(bare.words)")
        var specimen = try Specimen.version("v1")
        specimen.files["junit.xml"] = Array("<testsuite><testcase name=\"test_mean_radius\"/></testsuite>".utf8)
        let unnamed = try await specimen.run(FeatureCodeTests.self)
        #expect(unnamed.summary.contains("29 of 30 features"), "\(unnamed.words)")
    }

    @Test(arguments: ["<testsuite/>", "<testsuite><testcase name='a'><skipped/></testcase></testsuite>"])
    func `no test, or only skipped ones, fail`(report: String) async throws {
        var specimen = try Specimen.version("v1")
        specimen.files["junit.xml"] = Array(report.utf8)
        #expect(try await specimen.run(FeatureCodeTests.self, ["everyFeature": false]).verdict == .fail)
    }

    @Test func `a missing or broken report is inconclusive, nothing configured is skipped`() async throws {
        var specimen = try Specimen.version("v1")
        specimen.files["junit.xml"] = Array("<html>".utf8)
        #expect(try await specimen.run(FeatureCodeTests.self).verdict == .inconclusive)
        specimen.files["junit.xml"] = nil
        #expect(try await specimen.run(FeatureCodeTests.self).verdict == .inconclusive)
        let none = specimen.setting("training", "tests", to: .null)
        #expect(try await none.run(FeatureCodeTests.self).verdict == .skipped)
    }

    @Test(arguments: [
        ("test_column[mean_radius]", "mean_radius", true), ("test_mean_radius_range", "mean_radius", false),
        ("test_mean_radius", "mean_radius", true), ("worst_mean_radius", "mean_radius", false), ("", "a", false),
    ])
    func `a name counts only by itself`(text: String, word: String, expected: Bool) {
        #expect(text.names(word) == expected)
    }
}
