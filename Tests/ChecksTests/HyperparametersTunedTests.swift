import Domain
import Foundation
import Testing

@testable import Checks

@Suite struct HyperparametersTunedTests {
    private func specimen(_ trials: String, params: String = "hyperparameters:\n  rate: 0.1\n  depth: 4\n") throws
        -> Specimen
    {
        var specimen = try Specimen.version("v1")
        specimen.files["tuning_trials.csv"] = Array(trials.utf8)
        specimen.files["params.yaml"] = Array(params.utf8)
        return specimen
    }

    private let search = """
        trial,rate,depth,cv_mean,cv_std,state
        0,0.01,2,0.80,0.01,complete
        1,0.1,4,0.90,0.01,complete
        2,1,8,0.85,0.01,complete
        3,0.1,8,0.88,0.01,complete
        4,5,8,,,failed
        """

    @Test func `a search whose best trial was shipped passes`() async throws {
        let outcome = try await specimen(search).run(HyperparametersTuned.self, ["minTrials": 4])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["trials"]?.int == 4)
    }

    @Test func `shipped values that were never tried, or were worse, fail`() async throws {
        let never = try await specimen(search, params: "hyperparameters: {}\n").run(
            HyperparametersTuned.self, ["minTrials": 4])
        #expect(never.verdict == .inconclusive)
        let other = try await specimen(search, params: "hyperparameters:\n  rate: 0.2\n  depth: 4\n").run(
            HyperparametersTuned.self, ["minTrials": 4])
        #expect(other.verdict == .fail && other.summary.contains("were never tried"), "\(other.words)")
        let worse = try await specimen(search, params: "hyperparameters:\n  rate: 1\n  depth: 8\n").run(
            HyperparametersTuned.self, ["minTrials": 4])
        #expect(worse.verdict == .fail && worse.summary.contains("reached 0.85, the best trial 0.9"), "\(worse.words)")
    }

    @Test func `Optuna's and Ray Tune's own names are the parameters'`() async throws {
        for start in ["params_", "config/"] {
            let own = search.replacing("rate,", with: "\(start)rate,").replacing("depth,", with: "\(start)depth,")
            let outcome = try await specimen(own).run(HyperparametersTuned.self, ["minTrials": 4])
            #expect(outcome.verdict == .pass, "\(start): \(outcome.words)")
        }
    }

    @Test(arguments: ["TrialState.COMPLETE", "TERMINATED", "Succeeded", "FINISHED", "COMPLETED", "SUCCEEDED", "ok"])
    func `trials count by whatever name their tuner calls their end`(state: String) async throws {
        let outcome = try await specimen(search.replacing("complete", with: state)).run(
            HyperparametersTuned.self, ["minTrials": 4])
        #expect(outcome.verdict == .pass && outcome.measurements["trials"] == 4, "\(outcome.words)")
    }

    @Test(arguments: ["RUNNING", "Failed", "PRUNED", "TrialState.PRUNED", "ERROR", "EarlyStopped"])
    func `trials that did not come to their end do not count`(state: String) async throws {
        let outcome = try await specimen(search.replacing("complete", with: state)).run(HyperparametersTuned.self)
        #expect(outcome.verdict == .inconclusive, "\(outcome.words)")
    }

    @Test func `one value in three spellings was tried once, and an empty cell is none`() async throws {
        let spelled = search.replacing("0,0.01,2", with: "0,1e-1,2").replacing("2,1,8", with: "2,0.10,8")
        let outcome = try await specimen(spelled).run(HyperparametersTuned.self, ["minTrials": 4])
        #expect(outcome.verdict == .fail && outcome.words.contains("\"rate\": 1 value tried"), "\(outcome.words)")
        let texts = search.replacing("depth", with: "kind").replacing(",2,0.80", with: ",,0.80").replacing(
            ",4,0.90", with: ",adam,0.90"
        ).replacing(",8,0.85", with: ",adam,0.85").replacing(",8,0.88", with: ",Adam,0.88")
        let one = try await specimen(texts, params: "hyperparameters:\n  rate: 0.1\n  kind: adam\n").run(
            HyperparametersTuned.self, ["minTrials": 4])
        #expect(one.verdict == .fail && one.words.contains("\"kind\": 1 value tried"), "\(one.words)")
    }

    /// The shipped trial is 0.016 below the best, whose folds vary by 0.03: 0.0173 is their standard error of three, 0.0134 of five.
    @Test func `the standard error is that of as many folds as there were`() async throws {
        let rows = "0,0.01,2,0.884,0.03,complete\n1,0.1,4,0.90,0.03,complete\n2,1,8,0.8,0.03,complete"
        let params = "hyperparameters:\n  rate: 0.01\n  depth: 2\n"
        func verdict(_ trials: String, _ settings: [String: JSON] = [:]) async throws -> Verdict {
            let all = settings.merging(["minTrials": 3, "tolerance": 0.001]) { $1 }
            return try await specimen(trials, params: params).run(
                HyperparametersTuned.self, .object(all.map { ($0.key, $0.value) })
            ).verdict
        }
        let table = "trial,rate,depth,cv_mean,cv_std,state\n" + rows
        #expect(try await verdict(table) == .pass)
        #expect(try await verdict(table, ["folds": 5]) == .fail)
        let counted = table.replacing("state", with: "state,folds").replacing("complete", with: "complete,5")
        #expect(try await verdict(counted) == .fail)
        let split = (0..<5).map { "split\($0)_test_score" }.joined(separator: ",")
        let each = table.replacing("state", with: "state,\(split)").replacing(
            "complete", with: "complete,0.9,0.9,0.9,0.9,0.9")
        #expect(try await verdict(each) == .fail)
    }

    @Test func `too few trials or values fail, the best at an edge is a warning`() async throws {
        let few = try await specimen(search).run(HyperparametersTuned.self)
        #expect(few.summary.contains("4 complete trials, expected 20"))
        let more = try await specimen(search).run(
            HyperparametersTuned.self, ["tunables": ["rate", "depth", "cv_std"]])
        #expect(more.findings.contains { $0.message.contains("complete trials, expected 30") }, "\(more.words)")
        let narrow = try await specimen(search).run(HyperparametersTuned.self, ["minTrials": 4, "minValues": 4])
        #expect(narrow.summary.contains("\"rate\": 3 values tried"))
        let edge = search.replacing("1,8,0.85", with: "1,8,0.99").replacing(
            "5,8,,,failed", with: "0.5,6,0.7,0.01,complete")
        let outcome = try await specimen(edge, params: "hyperparameters:\n  rate: 1\n  depth: 8\n").run(
            HyperparametersTuned.self, ["minTrials": 4])
        #expect(outcome.verdict == .warn && outcome.summary.contains("at the edge 1 of [0.01, 1]"), "\(outcome.words)")
    }

    @Test func `a hyperparameter that the params file does not name is inconclusive, whatever the others are`()
        async throws
    {
        let outcome = try await specimen(search, params: "hyperparameters:\n  learning_rate: 99\n  depth: 4\n").run(
            HyperparametersTuned.self, ["minTrials": 4])
        #expect(
            outcome.verdict == .inconclusive && outcome.summary.contains("what rate was shipped as"), "\(outcome.words)"
        )
        let named = try await specimen(search, params: "hyperparameters:\n  learning_rate: 99\n  depth: 4\n").run(
            HyperparametersTuned.self, ["minTrials": 4, "aliases": ["rate": "learning_rate"]])
        #expect(named.verdict == .fail && named.summary.contains("rate=99, depth=4 were never tried"), "\(named.words)")
    }

    @Test(arguments: ["inf", "nan", "-1"]) func `a spread that is none lets no worse trial pass`(spread: String)
        async throws
    {
        let wild = search.replacing("0.90,0.01", with: "0.90,\(spread)")
        let worse = try await specimen(wild, params: "hyperparameters:\n  rate: 1\n  depth: 8\n").run(
            HyperparametersTuned.self, ["minTrials": 4])
        #expect(worse.verdict == .fail, "\(worse.words)")
    }

    @Test(arguments: [
        ("best,0.98", "0,5,10,50,100,98", true), ("best,0.9", "0,5,10,50,100,90", false),
        ("a decade", "0.0001,0.001,0.01,0.1,1,0.00012", true), ("ten times", "0.0001,0.001,0.01,0.1,1,0.001", false),
    ])
    func `the edge is a twentieth of the interval, of decades in logarithms`(name: String, rates: String, isEdge: Bool)
        throws
    {
        let values = rates.split(separator: ",").map(String.init)
        let rows = values.enumerated().map { "\($1),\($0 == values.count - 1 ? 0.9 : 0.5)" }
        let table = try RunTable(.bytes(Array(("rate,value\n" + rows.joined(separator: "\n")).utf8)), path: "t.csv")
        #expect((try Trials(table, objective: "value", .maximize).edge(of: "rate") != nil) == isEdge, "\(name)")
    }

    @Test func `the samples' searches say what is missing`() async throws {
        let outcome = try await Specimen.version("v1").run(HyperparametersTuned.self, ["minTrials": 10])
        #expect(outcome.verdict == .fail, "\(outcome.words)")
    }

    @Test func `no table is inconclusive, nothing configured is skipped`() async throws {
        var specimen = try Specimen.version("v1")
        specimen.files["tuning_trials.csv"] = nil
        #expect(try await specimen.run(HyperparametersTuned.self).verdict == .inconclusive)
        let none = specimen.setting("training", "trials", to: .null)
        #expect(try await none.run(HyperparametersTuned.self).verdict == .skipped)
    }

    @Test(arguments: [
        ("{\"rate\": 0.1, \"depth\": 4}", ""), ("{\n  \"rate\": 0.1,\n  \"depth\": 4\n}\n", ""),
        ("model: {params: {rate: 0.1, depth: 4}}\n", "model.params"), ("rate: 0.1\ndepth: 4\n", ""),
    ])
    func `parameters are read wherever the file has them`(params: String, place: String) async throws {
        let settings: JSON = ["minTrials": 4, "paramsAt": .string(place)]
        let outcome = try await specimen(search, params: params).run(HyperparametersTuned.self, settings)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        let other = try await specimen(search, params: params.replacingOccurrences(of: "0.1", with: "0.7")).run(
            HyperparametersTuned.self, settings)
        #expect(other.verdict == .fail && other.summary.contains("never tried"), "\(other.words)")
    }

    // MARK: Seeds

    /// Two pairs of values with the objectives of their seeds, and one that was tried once.
    private func seeded(_ best: [Double], _ other: [Double]) -> String {
        let rows =
            best.enumerated().map { "0.1,4,\($1),\($0)" } + other.enumerated().map { "0.3,6,\($1),\($0)" }
            + ["0.01,2,0.5,0", "1,8,0.5,0"]
        return "rate,depth,value,seed\n" + rows.joined(separator: "\n")
    }

    private let other = "hyperparameters:\n  rate: 0.3\n  depth: 6\n"

    /// The error is what numpy.std(ddof=1) / sqrt(4) of 0.90, 0.94, 0.88, 0.96 gives.
    @Test func `trials of one seed each are taken together, and what the seed changes is allowed`() async throws {
        let trials = seeded([0.90, 0.94, 0.88, 0.96], [0.91, 0.90, 0.905])
        let outcome = try await specimen(trials).run(HyperparametersTuned.self, ["minTrials": 4])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["best_seeds"]?.int == 4 && outcome.measurements["trials"]?.int == 9)
        #expect(abs((outcome.measurements["best"]?.double ?? 0) - 0.92) <= 1e-9)
        let error = outcome.measurements["best_standard_error"]?.double ?? 0
        #expect(abs(error - 0.018257418583505526) <= 1e-9, "\(error)")
        // 0.905 is 0.015 below, more than a hundredth of 0.92 and less than a standard error.
        let near = try await specimen(trials, params: other).run(HyperparametersTuned.self, ["minTrials": 4])
        #expect(near.verdict == .pass, "\(near.words)")
        let far = try await specimen(seeded([0.90, 0.94, 0.88, 0.96], [0.90, 0.90, 0.90]), params: other).run(
            HyperparametersTuned.self, ["minTrials": 4])
        #expect(far.verdict == .fail && far.summary.contains("reached 0.9, the best trial 0.92"), "\(far.words)")
    }

    @Test func `one seed for all trials is no repetition to ask for`() async throws {
        let trials = "rate,depth,value,seed\n0.1,4,0.9,42\n0.3,6,0.8,42\n0.01,2,0.5,42\n1,8,0.5,42\n"
        let outcome = try await specimen(trials).run(HyperparametersTuned.self, ["minTrials": 4])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test func `one lucky seed is not the best`() async throws {
        let trials = seeded([0.90, 0.91, 0.92], [0.99, 0.80, 0.81])
        #expect(try await specimen(trials).run(HyperparametersTuned.self, ["minTrials": 4]).verdict == .pass)
        let lucky = try await specimen(trials, params: other).run(HyperparametersTuned.self, ["minTrials": 4])
        #expect(lucky.verdict == .fail, "\(lucky.words)")
    }

    @Test func `few seeds do not show what the seed changes`() async throws {
        let two = try await specimen(seeded([0.90, 0.94], [0.8])).run(HyperparametersTuned.self, ["minTrials": 4])
        #expect(two.verdict == .inconclusive, "\(two.words)")
        #expect(two.summary.contains("the best, rate=0.1, depth=4, was tried with 2 seeds, expected 3"), "\(two.words)")
        let again = seeded([0.90, 0.94], [0.8]) + "\n0.10,4,0.92,1"
        #expect(
            try await specimen(again).run(HyperparametersTuned.self, ["minTrials": 4]).verdict == .inconclusive,
            "the same seed twice is one seed")
        #expect(
            try await specimen(seeded([0.90, 0.94], [0.8])).run(
                HyperparametersTuned.self, ["minTrials": 4, "minRepeats": 1]
            ).verdict == .pass)
        let named = seeded([0.90, 0.94, 0.92], [0.8]).replacing(",seed", with: ",random_state")
        #expect(
            try await specimen(named).run(HyperparametersTuned.self, ["minTrials": 4, "seed": "random_state"]).verdict
                == .pass)
        let empty = search.replacing("state", with: "state,seed").replacing("complete", with: "complete,").replacing(
            "failed", with: "failed,")
        #expect(try await specimen(empty).run(HyperparametersTuned.self, ["minTrials": 4]).verdict == .pass)
    }
}
