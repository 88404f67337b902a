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
        var specimen = try table("island,0.2,0.01\nsex,0.1,0.01\n")
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
}
