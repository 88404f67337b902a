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
        #expect(plain.verdict == .pass && plain.summary == "59 tests pass", "\(plain.words)")
    }

    @Test func `no report is inconclusive, nothing configured is skipped`() async throws {
        var specimen = try Specimen.version("v1")
        specimen.files["coverage.xml"] = nil
        #expect(try await specimen.run(SpecUnitTests.self).verdict == .inconclusive)
        let none = specimen.setting("training", "tests", to: .null)
        #expect(try await none.run(SpecUnitTests.self).verdict == .skipped)
    }
}
