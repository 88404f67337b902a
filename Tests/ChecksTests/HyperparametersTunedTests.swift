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
}
