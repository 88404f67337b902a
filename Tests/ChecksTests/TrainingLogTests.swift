import Domain
import Testing

@testable import Checks

@Suite struct TrainingLogTests {
    private func log(_ text: String) throws -> Specimen {
        var specimen = try Specimen.version("v1")
        specimen.files["training_log.csv"] = Array(text.utf8)
        return specimen
    }

    @Test(arguments: [("v1", "tumor"), ("v2", "tumor"), ("v2", "penguins")])
    func `real trainings pass`(version: String, family: String) async throws {
        let outcome = try await Specimen.version(version, of: family).run(TrainingLog.self)
        #expect(outcome.verdict.admits, "\(outcome.words)")
    }

    @Test func `a loss that blows up on the way fails`() async throws {
        let outcome = try await log("step,loss\n1,5\n2,4\n3,3\n4,99999\n5,2\n6,1\n").run(TrainingLog.self)
        #expect(outcome.verdict == .fail)
        #expect(outcome.findings.first?.line == 5)
    }

    @Test func `a loss that dips and comes back does not fall`() async throws {
        let rows = [1, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.95].enumerated().map { "\($0),\($1)\n" }
        let specimen = try log("step,loss\n" + rows.joined())
        for outcome in [try await specimen.run(TrainingLog.self), try await specimen.run(SpecUnitTests.self)] {
            #expect(outcome.verdict == .inconclusive, "\(outcome.words)")
            #expect(outcome.summary.contains("does not fall steadily over its 10 steps (Mann-Kendall, p = 1)"))
        }
    }

    @Test func `a loss that breaks away at the very end fails`() async throws {
        let fallen = (0..<95).map { "\($0),\(1.0 - 0.008 * Double($0))\n" }
        for (last, verdict) in [([50, 50, 50, 50], Verdict.fail), ([0.3, 0.2, 0.2, 50], .pass)] {
            let rows = fallen + last.enumerated().map { "\(95 + $0),\($1)\n" }
            let specimen = try log("step,loss\n" + rows.joined())
            for outcome in [try await specimen.run(TrainingLog.self), try await specimen.run(SpecUnitTests.self)] {
                #expect(outcome.verdict == verdict || verdict == .pass && outcome.verdict.admits, "\(outcome.words)")
                #expect(verdict == .pass || outcome.summary.contains("ends above its start"), "\(outcome.words)")
            }
        }
    }

    @Test func `a noisy loss that fell has fallen, whatever its last values are`() async throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<40 {
            let rows = (0..<1000).map { step -> String in
                let noise = (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0...1, using: &generator) } * 0.35
                return "\(step),\(1.0 - 0.0003 * Double(step) + noise)\n"
            }
            let outcome = try await log("step,loss\n" + rows.joined()).run(TrainingLog.self)
            #expect(!outcome.words.contains("ends above its start"), "\(outcome.words)")
        }
    }

    @Test func `a loss that converges early and stays there has fallen`() async throws {
        let rows = (0..<100).map { "\($0),\($0 < 3 ? [1.0, 0.6, 0.35][$0] : 0.2 + 0.02 * Double($0 % 2))\n" }
        let specimen = try log("step,loss\n" + rows.joined())
        #expect(try await specimen.run(TrainingLog.self).verdict == .pass)
    }

    @Test func `a loss in words is not left out`() async throws {
        let rows = (0..<10).map { "\($0),\(10 - $0)\n" } + (10..<40).map { "\($0),diverged\n" }
        let outcome = try await log("step,loss\n" + rows.joined()).run(TrainingLog.self)
        #expect(outcome.verdict == .inconclusive && outcome.findings.first?.line == 12, "\(outcome.words)")
        #expect(outcome.summary == "training_log.csv:12: loss is 'diverged', which is no number")
    }

    @Test func `a validation loss that runs away is a warning`() async throws {
        let outcome = try await log("step,loss,val_loss\n1,5,5\n2,4,4\n3,3,5\n4,2,7\n5,1,9\n").run(TrainingLog.self)
        #expect(outcome.verdict == .warn)
        #expect(outcome.summary.contains("125 % above its least value 4"))
    }

    @Test(arguments: ["nan", "inf"]) func `a loss that is no number fails`(word: String) async throws {
        let outcome = try await log("step,loss\n1,5\n2,4\n3,3\n4,\(word)\n").run(TrainingLog.self)
        #expect(outcome.verdict == .fail)
    }

    @Test func `too short a log is inconclusive, none is skipped`() async throws {
        #expect(try await log("step,loss\n1,5\n").run(TrainingLog.self).verdict == .inconclusive)
        #expect(try await log("step,accuracy\n1,5\n").run(TrainingLog.self).verdict == .inconclusive)
        let none = try Specimen.version("v1").setting("training", "log", to: .null)
        #expect(try await none.run(TrainingLog.self).verdict == .skipped)
    }

    /// As `evals_result` of XGBoost and `record_evaluation` of LightGBM write it, with the training rows first, last or unnamed.
    @Test(arguments: [
        (
            #"{"validation_0": {"rmse": TRAIN}, "validation_1": {"rmse": TEST}}"#, "validation_0/rmse",
            "validation_1/rmse"
        ),
        (#"{"valid": {"auc": [0.5], "l2": TEST}, "train": {"auc": [0.5], "l2": TRAIN}}"#, "train/l2", "valid/l2"),
        (#"{"train": {"mlogloss": TRAIN}, "eval": {"mlogloss": TEST}}"#, "train/mlogloss", "eval/mlogloss"),
    ])
    func `without settings the first dataset's error is the training's, the last one's that of validation`(
        text: String, training: String, validation: String
    ) async throws {
        var specimen = try Specimen.version("v1").setting("training", "log", to: "evals.json")
        let json = text.replacing("TRAIN", with: "[9, 7, 5, 4, 3]").replacing("TEST", with: "[9, 8, 6, 9, 12]")
        specimen.files["evals.json"] = Array(json.utf8)
        let outcome = try await specimen.run(TrainingLog.self)
        #expect(outcome.verdict == .warn && outcome.summary.contains("\(validation) ends at 12"), "\(outcome.words)")
        #expect(
            outcome.measurements["first"]?.double == 9 && outcome.measurements["last"]?.double == 3,
            "\(outcome.measurements)")
        let alone = text.replacing("TEST", with: "[9, 7, 5, 4, 3]").replacing("TRAIN", with: "[9, 7, 5, 4, 3]")
        specimen.files["evals.json"] = Array(alone.utf8)
        #expect(try await specimen.run(TrainingLog.self).summary.hasPrefix("\(training) falls from 9 to 3"))
    }

    @Test func `a metric of which more is better is no loss`() async throws {
        var specimen = try Specimen.version("v1").setting("training", "log", to: "evals.json")
        specimen.files["evals.json"] = Array(#"{"train": {"auc": [0.5, 0.6, 0.7, 0.8], "aucpr": [1, 2, 3, 4]}}"#.utf8)
        #expect(try await specimen.run(TrainingLog.self).verdict == .inconclusive)
    }

    @Test func `a loss below a first loss of 0 has fallen`() async throws {
        let outcome = try await log("step,loss\n1,0\n2,-8\n3,-15\n4,-18.5\n").run(TrainingLog.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(try await log("step,loss\n1,0\n2,0\n3,0\n4,0\n").run(TrainingLog.self).verdict == .fail)
    }

    /// As Keras' CSVLogger writes where TerminateOnNaN ends an epoch.
    @Test func `a training that broke off at a NaN fails, however short`() async throws {
        let short = try await log("epoch,loss,val_loss\n0,2.5,2.4\n1,nan,NA\n").run(TrainingLog.self)
        #expect(short.verdict == .fail && short.findings.first?.line == 3, "\(short.words)")
        let first = try await log("epoch,loss,val_loss\n0,nan,NA\n").run(TrainingLog.self)
        #expect(first.verdict == .fail, "\(first.words)")
    }
}
