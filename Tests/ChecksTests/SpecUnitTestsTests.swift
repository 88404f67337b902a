import Domain
import Testing

@testable import Checks

@Suite struct SpecUnitTestsTests {
    @Test func `model code that is tested and learns passes`() async throws {
        let outcome = try await Specimen.version("v1").run(
            SpecUnitTests.self, ["requiredTests": ["*test_weights_are_finite*", "*test_scores_are_probabilities*"]])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test func `a required test that is missing fails`() async throws {
        let outcome = try await Specimen.version("v1").run(SpecUnitTests.self, ["requiredTests": ["*overfit*"]])
        #expect(outcome.verdict == .fail)
        #expect(outcome.summary.contains("no test matches \"*overfit*\""))
    }

    @Test func `a loss that does not fall fails`() async throws {
        var specimen = try Specimen.version("v1")
        specimen.files["training_log.csv"] = Array("epoch,train_loss\n1,0.693\n2,0.693\n3,0.692\n4,0.692\n".utf8)
        let outcome = try await specimen.run(SpecUnitTests.self)
        #expect(outcome.verdict == .fail)
        #expect(outcome.summary.contains("did not fall (0.693 → 0.692 over 4 steps)"), "\(outcome.summary)")
    }

    @Test func `without a training log nobody says that the loss falls`() async throws {
        let specimen = try Specimen.version("v1").setting("training", "log", to: .null)
        let open = try await specimen.run(SpecUnitTests.self)
        #expect(open.verdict == .inconclusive && open.summary.contains("spec.training.log"), "\(open.words)")
        let plain = try await specimen.run(SpecUnitTests.self, ["loss": false])
        #expect(plain.verdict == .warn && !plain.words.contains("the loss"), "\(plain.words)")
        let none = try await specimen.run(SpecUnitTests.self, ["loss": false, "requiredTests": []])
        #expect(none.verdict == .pass && none.summary == "59 tests pass", "\(none.words)")
    }

    /// Tests of these names, of which one fails where that is said.
    private func tests(_ names: [String], failing: String? = nil) throws -> Specimen {
        var specimen = try Specimen.version("v1")
        let cases = names.map { "<testcase name=\"\($0)\">\($0 == failing ? "<skipped/>" : "")</testcase>" }
        specimen.files["junit.xml"] = Array("<testsuite name=\"t\">\(cases.joined())</testsuite>".utf8)
        return specimen
    }

    private let customary = [
        "test_predict_api", "test_output_shape", "test_one_step_reduces_loss", "test_can_overfit_tiny_batch",
        "TestCheckpoint.restores_equal",
    ]

    @Test func `customary tests are looked for by their names, and missing ones only warn`() async throws {
        let all = try await tests(customary).run(SpecUnitTests.self)
        #expect(all.verdict == .pass, "\(all.words)")
        for (name, title) in zip(
            customary,
            [
                "the use of its API", "the shape or range of its output", "one step that reduces the loss",
                "overfitting a tiny batch", "a checkpoint that restores the same",
            ])
        {
            let outcome = try await tests(customary.filter { $0 != name }).run(SpecUnitTests.self)
            #expect(
                outcome.verdict == .warn && outcome.summary.contains("is about \(title); write it"), "\(outcome.words)")
            let skipped = try await tests(customary, failing: name).run(SpecUnitTests.self)
            #expect(skipped.verdict == .warn && skipped.summary.contains(title), "\(skipped.words)")
        }
        let none = try await tests(["test_addition"]).run(SpecUnitTests.self)
        #expect(none.verdict == .warn && none.findings.count == 1, "\(none.words)")
        #expect(none.summary.contains("the use of its API, or the shape"), "\(none.words)")
    }

    @Test func `of a model that is not trained in steps no step is asked for`() async throws {
        let outcome = try await tests(Array(customary.prefix(2))).run(SpecUnitTests.self, ["loss": false])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test func `no report is inconclusive, nothing configured is skipped`() async throws {
        var specimen = try Specimen.version("v1")
        specimen.files["coverage.xml"] = nil
        #expect(try await specimen.run(SpecUnitTests.self).verdict == .inconclusive)
        let none = specimen.setting("training", "tests", to: .null)
        #expect(try await none.run(SpecUnitTests.self).verdict == .skipped)
    }
}
