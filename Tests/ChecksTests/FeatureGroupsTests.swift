import Data
import Domain
import Synchronization
import Testing

@testable import Checks

/// The values are those that `Reference/make_feature_groups.py` prints.
@Suite struct FeatureGroupsTests {
    /// Says the middle one of the first three values of each row plus the fourth, and notes what it is asked.
    private final class Median: Sendable {
        let asked = Mutex<[[[Double]]]>([])

        func send(_ call: Domain.Tools.Call) throws -> Domain.Tools.Reply {
            guard call.method == "POST" else { return Domain.Tools.Reply(status: 200, body: Array("{}".utf8)) }
            let request = try JSON(parsing: call.body)
            let data = (request["inputs"]?.array?.first?["data"]?.array ?? []).map { $0.double ?? .nan }
            let rows = stride(from: 0, to: data.count, by: 4).map { Array(data[$0..<$0 + 4]) }
            asked.withLock { $0.append(rows) }
            let answer: JSON = [
                "id": request["id"] ?? .null,
                "outputs": [
                    [
                        "name": "predict", "datatype": "FP64", "shape": [.int(rows.count), 1],
                        "data": .array(rows.map { .double($0[..<3].sorted()[1] + $0[3]) }),
                    ]
                ],
            ]
            return Domain.Tools.Reply(status: 200, body: Array(answer.text().utf8))
        }
    }

    private static let x = (0..<100).map { Double(($0 * 37) % 101) - 50 }
    private static let z = (0..<100).map { Double(($0 * 7) % 11) * 2 }

    /// A regression on three copies of `x` and on `z`.
    private func specimen(_ model: Median) throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("task", to: "regression")
            .setting("training", "importances", to: .null).setting("training", "data", to: ["mine"])
            .setting(
                "evaluation", to: ["data": "mine", "endpoint": "http://127.0.0.1:1", "columns": ["label": "y"]])
        let lines = zip(Self.x, Self.z).map { x, z in "\(x + z),\(x),\(x),\(x),\(z)" }
        specimen.data["mine"] = Array((["y,a,b,c,z"] + lines).joined(separator: "\n").utf8)
        specimen.schema = [
            "columns": .array(
                [["name": "y", "type": "float", "role": "label"]]
                    + ["a", "b", "c", "z"].map { ["name": .string($0), "type": "float"] })
        ]
        specimen.revision = specimen.tip
        specimen.send = { try model.send($0) }
        return specimen
    }

    @Test func `copies seem worth nothing one by one, and are worth what they say together`() async throws {
        let alone = try await specimen(Median()).run(FeatureBenefit.self)
        #expect(alone.verdict == .fail && alone.findings.count { $0.verdict == .fail } == 3, "\(alone.words)")
        #expect(alone.summary.contains("permuting it alone shows too little: name both in groups"), "\(alone.words)")
        let outcome = try await specimen(Median()).run(
            FeatureBenefit.self,
            [
                "groups": ["copies": ["a", "b", "c"], "all": ["a", "b", "c", "z"]], "metric": "mse",
                "permutations": 100,
            ])
        #expect(outcome.verdict == .warn, "\(outcome.words)")
        #expect(
            outcome.summary.hasPrefix(
                "feature \"a\": permuting it changes mse by 0 ± 0 (100 repeats), its group \"copies\" by 1"),
            "\(outcome.words)")
        #expect(outcome.findings.filter { $0.message.contains("try to do without it") }.count == 3, "\(outcome.words)")
        for (name, expected) in [("copies", 1713.0408), ("all", 1708.5648)] {
            let found = try #require(outcome.measurements["groups"]?[name])
            let mean = found["benefit"]?.double ?? 0, deviation = found["deviation"]?.double ?? 0
            // Five standard errors.
            #expect(abs(mean - expected) < deviation / 2 && deviation < 0.3 * expected, "\(name): \(found.text())")
        }
        let single = outcome.measurements["features"]?["z"]?["benefit"]?.double ?? 0
        #expect(abs(single - 81.18) < 8, "\(single)")
    }

    @Test func `a group's values stay side by side, the others where they are`() async throws {
        let model = Median()
        _ = try await specimen(model).run(
            FeatureBenefit.self, ["groups": ["pair": ["b", "z"]], "permutations": 2])
        let asked = model.asked.withLock { $0 }
        // As it is, each of four features twice, the group twice.
        #expect(asked.count == 11)
        for rows in asked.suffix(2) {
            #expect(rows.map { [$0[0], $0[2]] } == asked[0].map { [$0[0], $0[2]] })
            #expect(rows.map { $0[1] } != asked[0].map { $0[1] })
            let pairs = { (rows: [[Double]]) in rows.map { "\($0[1]) \($0[3])" }.sorted() }
            #expect(pairs(rows) == pairs(asked[0]))
        }
        #expect(asked[9] != asked[10])
    }

    @Test func `a group that is worth nothing fails unless it is kept`() async throws {
        let settings: JSON = ["groups": ["two": ["a", "b"]], "keep": ["a": "x", "b": "x", "c": "x"], "maxShare": 1]
        #expect(try await specimen(Median()).run(FeatureBenefit.self, settings).verdict == .pass)
        // Of three copies two decide, so another model is taken for one of which they do not.
        let outcome = try await table("a,0,0.1\nb,0.1,0.01\nz,0.1,0.01\ntwo,-0.2,0.01\n").run(
            FeatureBenefit.self, ["groups": ["two": ["a", "b"]], "keep": ["a": "x"]])
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(
            outcome.summary
                == "group \"two\" (b): permuting them together changes the metric by -0.2 ± 0.01 (5 repeats): no measurable benefit; "
                + "remove them or add them to keep with a reason")
        let kept = try await table("a,0,0.1\nb,0.1,0.01\nz,0.1,0.01\ntwo,-0.2,0.01\n").run(
            FeatureBenefit.self, ["groups": ["two": ["a", "b"]], "keep": ["two": "x"]])
        #expect(kept.verdict == .pass, "\(kept.words)")
    }

    // MARK: A table

    private func table(_ rows: String, head: String = "feature,importance_mean,importance_std\n") throws -> Specimen {
        var specimen = try Specimen.version("v2", of: "penguins")
        specimen.files["feature_importances.csv"] = Array((head + rows).utf8)
        specimen.schema = nil
        return specimen
    }

    @Test func `a table has a row for each group, which covers its features`() async throws {
        var specimen = try table("a,-0.1,0.01\nz,0.1,0.01\npair,0.3,0.01\n")
        specimen.schema = [
            "columns": .array((["a", "b", "z"] as [String]).map { ["name": .string($0), "type": "float"] })
        ]
        let outcome = try await specimen.run(FeatureBenefit.self, ["groups": ["pair": ["a", "b"]]])
        #expect(outcome.verdict == .warn, "\(outcome.words)")
        #expect(outcome.findings.count { $0.message.contains("permuting") } == 1, "\(outcome.words)")
        #expect(
            outcome.summary.contains("its group \"pair\" by 0.3: others of it say what it says"), "\(outcome.words)")
        #expect(outcome.measurements["pair"]?.double == 0.3)
        // Nor does it where another of it is worth something alone, or where its own row is missing.
        let carried = try await table("a,-0.1,0.01\nb,0.1,0.01\nz,0.1,0.01\npair,0.3,0.01\n").run(
            FeatureBenefit.self, ["groups": ["pair": ["a", "b"]]])
        #expect(carried.verdict == .fail && carried.summary.contains("feature \"a\""), "\(carried.words)")
        let silent = try await table("a,-0.1,0.01\nb,-0.1,0.01\nz,0.1,0.01\n").run(
            FeatureBenefit.self, ["groups": ["pair": ["a", "b"]]])
        #expect(silent.verdict == .inconclusive, "\(silent.words)")
        // Where that is not shown to be worth anything, it saves nobody.
        let unclear = try await table("a,-0.1,0.01\nb,0.1,0.01\nz,0.1,0.01\npair,0.1,0.3\n").run(
            FeatureBenefit.self, ["groups": ["pair": ["a", "b"]]])
        #expect(unclear.verdict == .fail && unclear.summary.contains("feature \"a\""), "\(unclear.words)")
    }

    @Test func `a group of strangers, of one, or called as a feature, is refused`() async throws {
        let stranger = try await specimen(Median()).run(FeatureBenefit.self, ["groups": ["pair": ["a", "zz"]]])
        #expect(
            stranger.verdict == .inconclusive
                && stranger.summary.hasPrefix("the group 'pair' names 'zz', which is no feature"), "\(stranger.words)")
        let named = try await table("a,0.1,0.01\nb,0.1,0.01\n").run(
            FeatureBenefit.self, ["groups": ["pair": ["a", "c"]]])
        #expect(named.verdict == .inconclusive && named.summary.contains("names 'c'"), "\(named.words)")
        let feature = try await specimen(Median()).run(FeatureBenefit.self, ["groups": ["z": ["a", "b"]]])
        #expect(feature.verdict == .inconclusive && feature.summary.contains("called as a feature"), "\(feature.words)")
        #expect(throws: FieldErrors.self) {
            try FeatureBenefit(node: ManifestTree(["groups": ["pair": ["a", "a"]]]))
        }
    }

    // MARK: Several rankings

    private static let head = "feature,importance_mean,importance_std,method\n"

    /// What permutation, a tree's gain and its number of splits say of six features.
    private func ranked(_ first: String = "Permutation(auc, 5 repeats)") throws -> Specimen {
        let permutation = [0.3, 0.2, 0.2, 0.05, 0.01, 0.15]
        let gain = [50.0, 60, 20, 20, 1, 10], split = [1.0, 2, 3, 9, 8, 7]
        let rows =
            permutation.indices.map { "f\($0),\(permutation[$0]),0.001,\"\(first)\"\n" }
            + [("gain", gain), ("split", split)].flatMap { name, values in
                values.indices.map { "f\($0),\(values[$0]),,\(name)\n" }
            }
        return try table(rows.joined(), head: Self.head)
    }

    @Test func `rankings of one table are held against the one that shows what features are worth`() async throws {
        let outcome = try await ranked().run(FeatureBenefit.self)
        #expect(
            outcome.verdict == .pass && outcome.summary == "none of 6 features is shown to be worth nothing",
            "\(outcome.words)")
        let agreements = outcome.measurements["ranking agreement"]?.array ?? []
        try #require(agreements.map { $0["with"]?.string } == ["gain", "split"])
        #expect(agreements[0]["features"] == 6)
        #expect(abs((agreements[0]["rho"]?.double ?? 0) - 0.7794117647058825) < 1e-12)
        #expect(abs((agreements[1]["rho"]?.double ?? 0) + 0.9276336570439174) < 1e-12)
        let strict = try await ranked().run(FeatureBenefit.self, ["minAgreement": 0.5])
        #expect(
            strict.verdict == .warn
                && strict.summary
                    == "the rankings of 6 features by permutation and by split do not agree: Spearman's rho -0.9276, expected 0.5",
            "\(strict.words)")
    }

    @Test func `which of several methods counts must be clear`() async throws {
        let unclear = try await ranked("shap").run(FeatureBenefit.self)
        #expect(
            unclear.verdict == .inconclusive
                && unclear.summary.contains("holds the methods shap, gain, split: which shows what features are worth?"),
            "\(unclear.words)")
        let named = try await ranked("shap").run(FeatureBenefit.self, ["method": "SHAP"])
        #expect(named.verdict == .pass && named.measurements["ranking agreement"]?.array?.count == 2, "\(named.words)")
        let strange = try await ranked().run(FeatureBenefit.self, ["method": "weight"])
        #expect(
            strange.verdict == .inconclusive
                && strange.summary.contains("no rows of the method 'weight'; it has permutation, gain, split"),
            "\(strange.words)")
    }

    @Test func `without a second ranking an agreement that is asked for is not known`() async throws {
        let outcome = try await table("a,0.2,0.01\nb,0.1,0.01\nc,0.15,0.01\n").run(
            FeatureBenefit.self, ["minAgreement": 0])
        #expect(outcome.verdict == .inconclusive && outcome.summary.contains("no second ranking"), "\(outcome.words)")
    }

    @Test func `what features tell of the label is a ranking, too`() async throws {
        let outcome = try await Specimen.version("v1").run(FeatureBenefit.self)
        let told = (outcome.measurements["ranking agreement"]?.array ?? []).first { $0["with"] == "mutual information" }
        #expect(told?["features"] == 30, "\(outcome.measurements.text())")
        let rho = try #require(told?["rho"]?.double)
        #expect(rho > 0 && rho < 1)
    }
}
