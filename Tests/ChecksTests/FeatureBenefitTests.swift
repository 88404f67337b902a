import Data
import Domain
import Testing

@testable import Checks

@Suite struct FeatureBenefitTests {
    private func table(_ rows: String) throws -> Specimen {
        var specimen = try Specimen.version("v2", of: "penguins")
        specimen.files["feature_importances.csv"] = Array("feature,importance_mean,importance_std\n\(rows)".utf8)
        specimen.schema = nil
        return specimen
    }

    @Test func `features that are all worth something pass`() async throws {
        let outcome = try await Specimen.version("v2", of: "penguins").run(FeatureBenefit.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["island"]?.double == 0.0228571429)
    }

    @Test func `a feature without benefit fails unless it is kept`() async throws {
        let specimen = try table("a,0.2,0.01\nb,0.1,0.01\nc4,-0.02,0.0004\n")
        let outcome = try await specimen.run(FeatureBenefit.self)
        #expect(outcome.verdict == .fail)
        #expect(outcome.summary.contains("\"c4\"") && outcome.summary.contains("no measurable benefit"))
        #expect(
            try await specimen.run(FeatureBenefit.self, ["keep": ["c4": "a regulator asks for it"]]).verdict == .pass)
    }

    @Test func `a feature of the schema that was not measured is not worth something yet`() async throws {
        var specimen = try table("island,0.2,0.01\nsex,0.1,0.01\n").setting("artifact", to: ["path": "model.json"])
        specimen.schema = [
            "columns": .array(
                (["island", "sex", "bill"] as [String]).map { ["name": .string($0), "type": "string"] as JSON })
        ]
        let outcome = try await specimen.run(FeatureBenefit.self)
        #expect(
            outcome.verdict == .warn
                && outcome.summary == "feature_importances.csv lacks bill of the schema's 3 features",
            "\(outcome.words)")
        #expect(try await specimen.run(FeatureBenefit.self, ["keep": ["bill": "it is new"]]).verdict == .pass)
    }

    @Test func `of a model that names its inputs, no other feature of the schema need be measured`() async throws {
        var specimen = try Specimen.version("v1")
        let names = try #require(await specimen.run(MetaRequirements.self).measurements["features"]?.array)
        specimen.schema = ["columns": .array((names + ["unused"]).map { ["name": $0, "type": "float"] })]
        let outcome = try await specimen.run(FeatureBenefit.self)
        #expect(!outcome.findings.contains { $0.message.contains(" lacks ") }, "\(outcome.words)")
        specimen.schema = ["columns": .array(names.dropLast().map { ["name": $0, "type": "float"] })]
        specimen.files["feature_importances.csv"] = Array(
            "feature,importance_mean,importance_std\nmean_radius,0.2,0.01\n".utf8)
        let few = try await specimen.run(FeatureBenefit.self)
        #expect(few.findings.contains { $0.message.contains("of the model's 30 features") }, "\(few.words)")
        specimen = specimen.setting("artifact", to: ["path": "model.json"])
        let unnamed = try await specimen.run(FeatureBenefit.self)
        #expect(unnamed.findings.contains { $0.message.contains("of the schema's 29 features") }, "\(unnamed.words)")
    }

    @Test func `a label leak is pointed out`() async throws {
        let outcome = try await Specimen.version("v3").run(FeatureBenefit.self, ["leak": "fail", "maxShare": 0.6])
        #expect(outcome.verdict == .fail)
        #expect(outcome.words.contains("\"followup_code\" alone reaches"), "\(outcome.words)")
        #expect(outcome.words.contains("of all benefit: does it leak the label?"), "\(outcome.words)")
    }

    @Test func `a leak is seen in Parquet, and with named labels, too`() async throws {
        var specimen = try table("score,0.2,0.01\nsize_band,0.1,0.01\n").setting("training", "data", to: ["mine"])
            .setting("task", to: "binary-classification").setting("evaluation", to: .null)
        specimen.schema = ["columns": [["name": "label", "type": "int", "role": "label"]]]
        specimen.data["mine"] = try Fixture.bytes("packed/predictions.parquet")
        specimen.datasets["mine"] = ["path": "mine.parquet", "format": "parquet"]
        let parquet = try await specimen.run(FeatureBenefit.self)
        #expect(parquet.words.contains("\"score\" alone reaches"), "\(parquet.words)")

        specimen.data["mine"] = Array("label,score,size_band\nyes,0.9,a\nno,0.1,b\nyes,0.8,a\nno,0.2,b\n".utf8)
        specimen.datasets["mine"] = ["path": "mine.csv"]
        let named = try await specimen.setting("evaluation", to: ["positive": "yes"]).run(FeatureBenefit.self)
        #expect(named.words.contains("\"score\" alone reaches"), "\(named.words)")
    }

    @Test(arguments: ["", "a,nan,0.1\n", "a,,\n"]) func `an empty or broken table is inconclusive`(rows: String)
        async throws
    {
        #expect(try await table(rows).run(FeatureBenefit.self).verdict == .inconclusive)
    }

    @Test func `no table is inconclusive, nothing configured is skipped`() async throws {
        var specimen = try table("")
        specimen.files["feature_importances.csv"] = nil
        #expect(try await specimen.run(FeatureBenefit.self).verdict == .inconclusive)
        let none = specimen.setting("training", "importances", to: .null)
        #expect(try await none.run(FeatureBenefit.self).verdict == .skipped)
    }

    @Test(arguments: ["1e30", "nan", "inf", "-5", "1", "2.5", "ten"])
    func `repeats that count no permutations are inconclusive`(repeats: String) async throws {
        var specimen = try Specimen.version("v2", of: "penguins")
        specimen.files["feature_importances.csv"] = Array(
            "feature,importance_mean,importance_std,repeats\na,0.2,0.01,\(repeats)\n".utf8)
        specimen.files["feature_costs.csv"] = Array("feature,owner,cost\na,lab,1\n".utf8)
        for outcome in [try await specimen.run(FeatureBenefit.self), try await specimen.run(FeatureCost.self)] {
            #expect(outcome.verdict == .inconclusive)
            #expect(outcome.words.contains("the repeats of \"a\" are '\(repeats)'"), "\(outcome.words)")
        }
    }

    @Test func `a table may leave repeats out, or say them`() async throws {
        // The upper bound is -0.001 + t·0.0005/√k: of two repeats t is 6.31, of five, the setting's default, 2.13.
        // The table is of three of the features alone, which is warned of.
        for (repeats, verdict) in [("2", Verdict.warn), ("5", .fail), ("", .fail)] {
            let rows = "a,0.2,0.01,\(repeats)\nb,0.2,0.01,\(repeats)\nc,-0.001,0.0005,\(repeats)\n"
            var specimen = try Specimen.version("v2", of: "penguins")
            specimen.files["feature_importances.csv"] = Array(
                "feature,importance_mean,importance_std,repeats\n\(rows)".utf8)
            let outcome = try await specimen.run(FeatureBenefit.self)
            #expect(outcome.verdict == verdict, "\(repeats): \(outcome.words)")
        }
    }

    // MARK: The static screen

    /// Rows of a binary classification: `copy` is `x` in other numbers, `name` differs in each row, `twin` is `kind` in other words.
    private func screened(importances: String? = nil) throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("training", "data", to: ["mine"])
            .setting("training", "importances", to: importances == nil ? .null : "table.csv")
            .setting("artifact", to: ["path": "model.json"])
        if let importances { specimen.files["table.csv"] = Array(importances.utf8) }
        let rows = (0..<200).map { row in
            let x = Double((row * 37) % 101), kind = (row * 7) % 3
            return
                "\(row % 2),\(x),\(2 * x + Double(row % 3)),5,\(row == 9 ? "b" : "a"),n\(row),\(["p", "q", "r"][kind]),"
                + "\(["one", "two", "three"][kind]),\(row % 2 * 9 + row % 5)"
        }
        specimen.data["mine"] = Array(
            (["label,x,copy,five,rare,name,kind,twin,late"] + rows).joined(separator: "\n").utf8)
        let numbers = ["x", "copy", "five", "late"], texts = ["rare", "name", "kind", "twin"]
        specimen.schema = [
            "columns": .array(
                [["name": "label", "type": "int", "role": "label"]]
                    + numbers.map { ["name": .string($0), "type": "float"] } + texts.map { ["name": .string($0)] })
        ]
        return specimen
    }

    @Test func `without importances the data is screened, which proves nothing`() async throws {
        let outcome = try await screened().run(FeatureBenefit.self)
        #expect(outcome.verdict == .inconclusive && outcome.measurements == .empty, "\(outcome.words)")
        #expect(outcome.summary.contains("8 of 8 features were screened on 200 rows of mine: 5 remarks"))
        #expect(
            outcome.findings.dropFirst().map(\.message) == [
                "feature \"late\" alone reaches an area of 1: is it known when the model is asked?",
                "feature \"five\": one value in 100 % of 200 rows",
                "feature \"name\": 100 % of its texts are different: is it an identifier?",
                "features \"kind\" and \"twin\" say nearly the same (the same values)",
                "features \"x\" and \"copy\" say nearly the same (Pearson's r 0.9999)",
            ], "\(outcome.words)")
        #expect(outcome.findings.dropFirst().allSatisfy { $0.verdict == .warn })
        let kept = try await screened().run(
            FeatureBenefit.self, ["keep": ["five": "a", "name": "b", "copy": "c", "twin": "d"], "maxSingleAUC": 1])
        #expect(kept.findings.count == 2 && kept.verdict == .inconclusive, "\(kept.words)")
        #expect(try await screened().run(FeatureBenefit.self, ["leak": "fail"]).verdict == .fail)
    }

    /// Features of every kind that are the label in other words, beside an identifier and one that is nearly so.
    @Test(
        arguments: [
            ("binary-classification", ["words", "flag"]), ("multiclass-classification", ["words", "flag", "code"]),
            ("regression", ["code"]),
        ] as [(String, [String])])
    func `a leak is seen in features of any kind, for any task`(task: String, leaks: [String]) async throws {
        var specimen = try table("").setting("training", "importances", to: .null).setting("task", to: .string(task))
            .setting("training", "data", to: ["mine"]).setting("evaluation", to: .null)
        let rows = (0..<300).map { row in
            // Ten labels, of which a binary classification sees two.
            let label = task == "binary-classification" ? row * 7 % 10 / 5 : row * 7 % 10
            let other = row % 5 == 0 ? (label + 1) % 10 : label
            return "\(label),w\(label),\(label % 2 == 0)\(label),\(2 * label + 1),n\(row),o\(other),\(row % 3)\n"
        }
        specimen.data["mine"] = Array(("label,words,flag,code,name,near,noise\n" + rows.joined()).utf8)
        let features: [JSON] = ["words", "flag", "name", "near"].map { ["name": .string($0)] }
        specimen.schema = [
            "columns": .array(
                [
                    ["name": "label", "type": "int", "role": "label"], ["name": "code", "type": "int"],
                    ["name": "noise", "type": "int"],
                ] + features)
        ]
        let outcome = try await specimen.run(FeatureBenefit.self)
        let told = outcome.findings.map(\.message).filter { $0.contains("of what there is to know of the label") }
        #expect(leaks.allSatisfy { leak in told.contains { $0.contains("\"\(leak)\"") } }, "\(outcome.words)")
        #expect(!told.contains { $0.contains("\"name\"") || $0.contains("\"near\"") || $0.contains("\"noise\"") })
        let order = outcome.findings.dropFirst().map(\.message)
        #expect(order.first?.contains("is it known when the model is asked?") == true, "\(outcome.words)")
        #expect(try await specimen.run(FeatureBenefit.self, ["leak": "fail"]).verdict == .fail)
    }

    @Test func `a screen that finds nothing is no pass`() async throws {
        var specimen = try screened()
        specimen.schema = ["columns": [["name": "x", "type": "float"], ["name": "kind"], ["name": "rare"]]]
        let outcome = try await specimen.run(FeatureBenefit.self)
        #expect(outcome.verdict == .inconclusive && outcome.findings.count == 1, "\(outcome.words)")
        specimen.schema = ["columns": [["name": "gone", "type": "float"]]]
        #expect(try await specimen.run(FeatureBenefit.self).summary.contains("none of the schema's features gone"))
        specimen.data["mine"] = nil
        #expect(try await specimen.run(FeatureBenefit.self).verdict == .skipped)
    }

    @Test func `with importances the screen is a measurement, and tells of twins`() async throws {
        let head = "feature,importance_mean,importance_std\n"
        let good = ["x", "copy", "five", "rare", "name", "kind", "twin"].map { "\($0),0.1,0.01\n" }.joined()
        let pass = try await screened(importances: head + good + "late,0.1,0.01\n").run(
            FeatureBenefit.self, ["maxSingleAUC": 1, "leak": "fail"])
        #expect(pass.findings.map(\.verdict) == [.fail], "\(pass.words)")
        let screen = pass.measurements["static screen"]
        #expect(screen?["constant"] == ["five"] && screen?["identifiers"] == ["name"] && screen?["pairs"] == 2)
        #expect(screen?["closest"]?.array?.last?["other"] == "copy" && screen?["rows"] == 200)
        let twin = try await screened(
            importances: head + good.replacing("copy,0.1", with: "copy,-0.1") + "late,0.1,0.01\n"
        ).run(FeatureBenefit.self)
        #expect(twin.summary.contains("it says nearly the same as \"x\" (Pearson's r 0.9999)"), "\(twin.words)")
    }

    @Test func `numbers are binned as NumPy bins them, and what they tell is scikit-learn's`() throws {
        let reference = try JSON(parsing: Fixture.bytes("../DataTests/Reference/information.json"))
        let one = try #require(reference["cases"]?.array?.first { $0["name"] == "goes with it" })
        let codes = { (key: String) in (one[key]?.array ?? []).map { Int32($0.int ?? -1) } }
        let numbers = FeatureColumn(
            name: "x", values: .numbers((reference["numbers"]?.array ?? []).map { $0.double ?? .nan }))
        #expect(numbers.binned == codes("x"))
        let screen = FeatureScreen([numbers], closest: 1, label: FeatureColumn(name: "y", values: .codes(codes("y"))))
        let found = try #require(screen.information.first?.found.normalized)
        #expect(abs(found - (one["normalized"]?.double ?? 0)) < 1e-9)
    }

    @Test func `a feature that tells nothing of the label is told where there are rows enough to show it`() {
        var coins = SplitMix(seed: 7)
        func columns(_ rows: Int) -> (features: [FeatureColumn], label: FeatureColumn) {
            let noise = (0..<rows).map { _ in Double(coins.next() >> 40) }
            let label = (0..<rows).map { _ in Int32(coins.next() % 2) }
            let weak = label.map { Double($0) + Double(coins.next() % 12) }
            let kind = (0..<rows).map { _ in Int32(coins.next() % 3) - 1 }
            let rare = (0..<rows).map { Int32($0 % (rows / 4)) }
            return (
                [
                    FeatureColumn(name: "noise", values: .numbers(noise)),
                    FeatureColumn(name: "weak", values: .numbers(weak)),
                    FeatureColumn(name: "kind", values: .codes(kind)),
                    FeatureColumn(name: "rare", values: .codes(rare)),
                ], FeatureColumn(name: "y", values: .codes(label))
            )
        }
        let (features, label) = columns(20_000)
        let screen = FeatureScreen(features, closest: 0.9, label: label)
        let words = screen.findings(keep: []).map(\.message)
        #expect(words.count == 2, "\(words)")
        #expect(
            words[0].hasPrefix(
                "feature \"noise\": it tells nothing of the label by itself: normalised mutual information 0.00"))
        #expect(
            words[0].hasSuffix(" on 20,000 rows, below 0.001") && words[1].hasPrefix("feature \"kind\": "), "\(words)")
        #expect(screen.findings(keep: ["noise"]).count == 1)
        #expect(screen.json["silent"] == ["noise", "kind"] && screen.json["uncounted"] == 1)
        let (few, its) = columns(2000)
        let small = FeatureScreen(few, closest: 0.9, label: its)
        #expect(
            small.findings(keep: []).isEmpty && small.information.count == 3,
            "\(small.findings(keep: []).map(\.message))")
        #expect(FeatureScreen(features, closest: 0.9).findings(keep: []).isEmpty)
    }

    @Test func `missing values are a group of their own where there are some`() {
        let few = FeatureColumn(name: "x", values: .codes([0, 1, -1]))
        #expect(few.binnedWithMissing == [0, 1, -1])
        let many = FeatureColumn(name: "x", values: .numbers(Array(repeating: .nan, count: 10) + [1, 2, 2]))
        #expect(many.binned == Array(repeating: -1, count: 10) + [0, 1, 1])
        #expect(many.binnedWithMissing == Array(repeating: 2, count: 10) + [0, 1, 1])
    }

    @Test(arguments: [("regression", "late", "kind"), ("multiclass-classification", "kind", "x")])
    func `other tasks are screened against their label, too`(task: String, label: String, feature: String) async throws
    {
        var specimen = try screened().setting("task", to: .string(task)).setting("evaluation", to: .null)
        let columns = (specimen.schema?["columns"]?.array ?? []).map { column in
            let role = column["name"]?.string == label ? "label" : "feature"
            return JSON.object((column.members ?? []).filter { $0.key != "role" } + [.init("role", .string(role))])
        }
        specimen.schema = ["columns": .array(columns)]
        let table = "feature,importance_mean,importance_std\n" + ["x", "copy"].map { "\($0),0.1,0.01\n" }.joined()
        specimen.files["table.csv"] = Array(table.utf8)
        let outcome = try await specimen.setting("training", "importances", to: "table.csv").run(FeatureBenefit.self)
        let screen = outcome.measurements["static screen"]
        #expect(
            (screen?["information"]?.array ?? []).contains { $0["feature"]?.string == feature },
            "\(outcome.measurements)")
        #expect(!(screen?["information"]?.array ?? []).contains { $0["feature"]?.string == label })
    }

    @Test func `pairs need not be compared on all rows, and constants are seen among missing values`() {
        let many = (0..<30_000).map { Double(($0 * 7919) % 10_007) }
        let gone = FeatureColumn(name: "gone", values: .numbers(many.map { _ in .nan }))
        let one = FeatureColumn(name: "one", values: .numbers(many))
        let half = FeatureColumn(name: "half", values: .numbers(many.map { $0 / 2 }))
        #expect(one.thinned(to: 10_000).rows == 10_000 && one.thinned(to: 40_000).rows == 30_000)
        let screen = FeatureScreen([gone, one, half], closest: 0.9)
        #expect(screen.constants.map(\.feature) == ["gone"] && screen.pairs.count == 1 && screen.rows == 30_000)
        #expect(screen.twin(of: "half")?.name == "one" && screen.twin(of: "gone") == nil)
    }

    @Test func `texts that all differ are no twins, and few common rows say nothing`() async throws {
        var specimen = try screened()
        let rows = (0..<400).map { row in
            "\(row % 2),t\(row * 7919 % 1009),u\(row * 31 % 997),\(row < 10 ? "\(row)" : ""),\(row < 10 ? "\(2 * row)" : "")"
        }
        specimen.data["mine"] = Array((["label,title,body,p,q"] + rows).joined(separator: "\n").utf8)
        specimen.schema = [
            "columns": [
                ["name": "label", "type": "int", "role": "label"], ["name": "title"], ["name": "body"],
                ["name": "p", "type": "float", "nullable": true], ["name": "q", "type": "float", "nullable": true],
            ]
        ]
        let outcome = try await specimen.run(FeatureBenefit.self)
        #expect(outcome.words.contains("4 of 4 features were screened on 400 rows"), "\(outcome.words)")
        #expect(!outcome.words.contains("say nearly the same"), "\(outcome.words)")
    }
}
