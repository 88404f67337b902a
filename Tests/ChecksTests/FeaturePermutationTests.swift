import Data
import Domain
import Synchronization
import Testing

@testable import Checks

@Suite struct FeaturePermutationTests {
    /// Rows of two numbers and a label, which is 1 where `a` is positive, and a server that says so. It notes what it is asked.
    private final class Answers: Sendable {
        let asked = Mutex<[[[Double]]]>([])
        let pause: Duration

        init(pause: Duration = .zero) { self.pause = pause }

        func send(_ call: Domain.Tools.Call) async throws -> Domain.Tools.Reply {
            guard call.method == "POST" else { return Domain.Tools.Reply(status: 200, body: Array("{}".utf8)) }
            try await Task.sleep(for: pause)
            let request = try JSON(parsing: call.body)
            let tensor = request["inputs"]?.array?.first
            let width = tensor?["shape"]?.array?.last?.int ?? 1
            let data = (tensor?["data"]?.array ?? []).map { $0.double ?? .nan }
            let rows = stride(from: 0, to: data.count, by: width).map { Array(data[$0..<$0 + width]) }
            asked.withLock { $0.append(rows) }
            let answer = JSON.object([
                ("id", request["id"] ?? .null),
                (
                    "outputs",
                    [
                        [
                            "name": "predict", "datatype": "FP64", "shape": [.int(rows.count), 1],
                            "data": .array(rows.map { .double($0[0]) }),
                        ]
                    ]
                ),
            ])
            return Domain.Tools.Reply(status: 200, body: Array(answer.text().utf8))
        }
    }

    private static func value(_ row: Int) -> Double { Double((row * 37) % 101) - 50 }

    /// A regression whose label is the first feature.
    private func specimen(_ answers: Answers, rows: Int = 100, features: Int = 2, unlabelled: Int = 0) throws
        -> Specimen
    {
        var specimen = try Specimen.version("v1").setting("task", to: "regression")
            .setting("training", "importances", to: .null).setting("training", "data", to: ["mine"])
            .setting(
                "evaluation",
                to: ["data": "mine", "endpoint": "http://127.0.0.1:1", "columns": ["label": "y"]])
        let names = (0..<features).map { "f\($0)" }
        let lines = (0..<rows).map { row in
            let label = row < unlabelled ? "" : "\(Self.value(row))"
            return ([label] + names.indices.map { "\($0 == 0 ? Self.value(row) : Double(row * $0))" }).joined(
                separator: ",")
        }
        specimen.data["mine"] = Array(([(["y"] + names).joined(separator: ",")] + lines).joined(separator: "\n").utf8)
        specimen.schema = [
            "columns": .array(
                [["name": "y", "type": "float", "role": "label", "nullable": true]]
                    + names.map { ["name": .string($0), "type": "float"] })
        ]
        specimen.revision = specimen.tip
        specimen.send = { try await answers.send($0) }
        return specimen
    }

    private func rmse(_ rows: [[Double]], _ base: [[Double]]) -> Double {
        (zip(rows, base).reduce(0) { $0 + ($1.0[0] - $1.1[0]) * ($1.0[0] - $1.1[0]) } / Double(base.count)).squareRoot()
    }

    @Test func `the drop, its deviation and its bounds are those of the permuted requests`() async throws {
        let answers = Answers()
        let outcome = try await specimen(answers).run(FeatureBenefit.self)
        let asked = answers.asked.withLock { $0 }
        // As it is, and each of two features ten times.
        #expect(asked.count == 21 && asked.allSatisfy { $0.count == 100 })
        let base = asked[0], drops = asked[1...10].map { rmse($0, base) }
        let mean = drops.reduce(0, +) / 10
        let deviation = (drops.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 9).squareRoot()
        let found = outcome.measurements["features"]?["f0"]
        #expect(abs((found?["benefit"]?.double ?? 0) - mean) < 1e-9 * mean)
        #expect(abs((found?["deviation"]?.double ?? 0) - deviation) < 1e-9 * deviation)
        // scipy.stats.t.ppf(0.95, 9)
        let reach = 1.8331129326536335 * deviation / 10.0.squareRoot()
        #expect(abs((found?["low"]?.double ?? 0) - (mean - reach)) < 1e-9 * mean)
        #expect(abs((found?["high"]?.double ?? 0) - (mean + reach)) < 1e-9 * mean)
        #expect(outcome.measurements["metric"] == "rmse" && outcome.measurements["value"]?.double == 0)
        // The other feature is not used at all.
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(
            outcome.summary
                == "feature \"f1\": permuting it changes rmse by 0 ± 0 (10 repeats): no measurable benefit; "
                + "remove it or add it to keep with a reason")
        // Where the schema does not say which column is the label, none can give it away.
        var unsaid = try specimen(Answers())
        unsaid.schema = [
            "columns": .array(
                (["y", "f0", "f1"] as [String]).map {
                    ["name": .string($0), "type": "float", "role": $0 == "y" ? "other" : "feature"]
                })
        ]
        let kept = try await unsaid.run(FeatureBenefit.self, ["keep": ["f1": "a regulator asks for it"]])
        #expect(kept.verdict == .pass, "\(kept.words)")
        #expect(
            kept.summary
                == "none of 2 features is shown to be worth nothing: permuting each 10 times costs rmse on 100 rows")
    }

    @Test func `only one column is permuted, each time otherwise, and every time the same way`() async throws {
        let answers = Answers(), again = Answers()
        _ = try await specimen(answers).run(FeatureBenefit.self, ["permutations": 3])
        _ = try await specimen(again).run(FeatureBenefit.self, ["permutations": 3])
        let asked = answers.asked.withLock { $0 }
        #expect(again.asked.withLock { $0 } == asked && asked.count == 7)
        for (number, rows) in asked.enumerated().dropFirst() {
            let (permuted, other) = number <= 3 ? (0, 1) : (1, 0)
            #expect(rows.map { $0[other] } == asked[0].map { $0[other] })
            #expect(rows.map { $0[permuted] } != asked[0].map { $0[permuted] })
            #expect(rows.map { $0[permuted] }.sorted() == asked[0].map { $0[permuted] }.sorted())
        }
        #expect(Set(asked.map { $0.map { $0[0] } }).count == 4)
    }

    @Test func `at most so many rows are asked about, with a label, from all of the data`() async throws {
        let answers = Answers()
        let outcome = try await specimen(answers, rows: 1000, unlabelled: 10).run(
            FeatureBenefit.self, ["rows": 200, "permutations": 2])
        #expect(outcome.measurements["rows"] == 200, "\(outcome.words)")
        let asked = answers.asked.withLock { $0 }
        // 200 rows are two requests.
        #expect(asked.count == 10 && asked[0].count + asked[1].count == 200)
        let first = [asked[0], asked[1]].sorted { $0.count > $1.count }.flatMap { $0 }
        #expect(first.map { $0[1] } == (0..<200).map { Double(10 + Int(Double($0) * 4.95)) })
    }

    @Test func `rows without a label are no class, which would turn the probabilities round`() async throws {
        let subject = try specimen(Answers(), rows: 20, unlabelled: 3).setting("task", to: "multiclass-classification")
            .subject()
        let permutation = try await FeaturePermutation(of: subject, atMost: 10, timeout: .seconds(10))
        #expect(permutation.classes.count == 17 && !permutation.classes.contains(""), "\(permutation.classes)")
    }

    @Test func `what was not finished in time is inconclusive by name`() async throws {
        let subject = try specimen(Answers(pause: .milliseconds(100)), features: 12).subject()
        let report = try await FeaturePermutation(
            of: subject, atMost: 100, timeout: .seconds(10), time: .milliseconds(1500)
        ).report(metric: nil, repeats: 2)
        #expect(report.benefits.first?.feature == "f0" && report.unfinished.contains("f11"), "\(report)")
        #expect(report.benefits.map(\.feature) + report.unfinished == (0..<12).map { "f\($0)" })
        let check = try FeatureBenefit(node: ManifestTree(["keep": ["f1": "a"], "maxShare": 1]))
        let outcome = try await check.judge(
            .init(
                metric: "rmse", base: 0, rows: 100,
                benefits: [Benefit(feature: "f0", mean: 1, deviation: 0.1, repeats: 10)], unfinished: ["f2", "f3"]),
            subject)
        #expect(outcome.verdict == .inconclusive, "\(outcome.words)")
        #expect(
            outcome.summary.hasPrefix("the server was too slow: f2, f3 were not permuted 10 times in 5m"),
            "\(outcome.words)")
        await #expect(throws: MissingEvidence.self) {
            try await FeaturePermutation(of: subject, atMost: 100, timeout: .seconds(10), time: .zero)
                .report(metric: nil, repeats: 2)
        }
    }

    @Test func `a metric that is none, and one permutation, are refused`() async throws {
        let outcome = try await specimen(Answers()).run(FeatureBenefit.self, ["metric": "auc"])
        #expect(
            outcome.verdict == .inconclusive && outcome.summary.hasPrefix("auc of the server's answers"),
            "\(outcome.words)")
        for settings in [["permutations": 1], ["permutations": 101], ["metric": "n"], ["timeout": "2m"]] as [JSON] {
            #expect(throws: FieldErrors.self) { try FeatureBenefit(node: ManifestTree(settings)) }
        }
        let answers = Answers()
        let none = try await specimen(answers).run(FeatureBenefit.self, ["permutations": 0])
        #expect(none.verdict == .inconclusive && none.summary.contains("no importances configured"), "\(none.words)")
        #expect(answers.asked.withLock { $0 }.isEmpty)
    }

    // MARK: A real server

    /// The tumor model served as it is, with a feature in the schema that it does not know.
    private func served(_ fault: OpenInferenceServer.Fault = .none) throws -> Specimen {
        var specimen = try Specimen.version("v1").served(by: OpenInferenceServer(fault, typed: true))
            .setting("training", "importances", to: .null)
        let columns = (specimen.schema?["columns"]?.array ?? []).map { column in
            column["name"] == "size_band"
                ? .object((column.members ?? []).filter { $0.key != "role" } + [.init("role", "feature")]) : column
        }
        specimen.schema = ["columns": .array(columns)]
        return specimen
    }

    @Test func `a real server shows which features its model uses`() async throws {
        let outcome = try await served().run(
            FeatureBenefit.self, ["permutations": 2, "rows": 64, "keep": ["size_band": "slices"]])
        let features = outcome.measurements["features"]?.members ?? []
        #expect(features.count == 31 && outcome.measurements["metric"] == "auc", "\(outcome.words)")
        #expect(features.first { $0.key == "size_band" }?.value["benefit"]?.double == 0)
        #expect(features.contains { $0.value["benefit"]?.double ?? 0 > 0 })
        let useless = try await served().run(FeatureBenefit.self, ["permutations": 2, "rows": 64])
        #expect(
            useless.words.contains("feature \"size_band\": permuting it changes auc by 0 ± 0 (2 repeats)"),
            "\(useless.words)")
        #expect(useless.measurements["features"] == outcome.measurements["features"])
        #expect(useless.measurements["static screen"] != nil)
    }

    @Test func `a server that is down is an error, one that was only proposed was not asked, and the data is screened`()
        async throws
    {
        let down = try await served(.isDown).run(FeatureBenefit.self)
        #expect(down.verdict == .error && down.summary.contains("503"), "\(down.words)")
        #expect(down.words.contains("say nearly the same"), "\(down.words)")
        var specimen = try served()
        let store = MemoryStore()
        specimen.store = store
        specimen.tip = try store.commit("base", ["a": "1"])
        specimen.revision = try store.commit("proposed", ["a": "2"], on: [specimen.tip])
        let proposed = try await specimen.run(FeatureBenefit.self)
        #expect(
            proposed.verdict == .inconclusive && proposed.summary.contains("not on the branch"), "\(proposed.words)")
        #expect(proposed.mayChange && proposed.words.contains("say nearly the same"), "\(proposed.words)")
    }
}
