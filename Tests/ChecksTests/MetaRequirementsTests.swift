import Domain
import Testing

@testable import Checks

@Suite struct MetaRequirementsTests {
    @Test(arguments: ["tumor", "penguins"]) func `features that are registered pass`(family: String) async throws {
        // The sample's sensitive size_band is made of mean_radius, which stands in for it.
        let proxies: JSON = family == "tumor" ? ["*": "a band of sizes is no group of people"] : [:]
        let outcome = try await Specimen.version("v1", of: family).run(MetaRequirements.self, ["proxies": proxies])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect((outcome.measurements["features"]?.array?.count ?? 0) == (family == "tumor" ? 30 : 2))
    }

    @Test func `a feature that the schema does not know fails`() async throws {
        let outcome = try await Specimen.version("v3").run(MetaRequirements.self)
        #expect(outcome.verdict == .fail && outcome.summary.contains("\"followup_code\""), "\(outcome.words)")
    }

    @Test func `denied and sensitive features fail`() async throws {
        let denied = try await Specimen.version("v1").run(
            MetaRequirements.self, ["deny": ["worst_*": "measured too late"]])
        #expect(
            denied.verdict == .fail && denied.findings.count { $0.verdict == .fail } == 10
                && denied.summary.contains("measured too late"))
        let specimen = try Specimen.version("v2", of: "penguins").setting("evaluation", "sensitive", to: ["island"])
        #expect(try await specimen.run(MetaRequirements.self).summary.contains("declared sensitive"))
        #expect(try await specimen.run(MetaRequirements.self, ["allowSensitive": true]).verdict == .pass)
        #expect(
            try await specimen.run(MetaRequirements.self, ["allow": ["bill_*"], "allowSensitive": true]).verdict
                == .fail)
    }

    @Test func `unknown features are inconclusive, no schema is skipped`() async throws {
        var specimen = try Specimen.version("v1").setting("artifact", to: ["path": "model.json"])
            .setting("training", "importances", to: .null)
        #expect(try await specimen.run(MetaRequirements.self).verdict == .inconclusive)
        specimen.schema = nil
        #expect(try await specimen.run(MetaRequirements.self).verdict == .skipped)
    }

    @Test func `the row of a group of features is no feature`() async throws {
        var specimen = try specimen(people)
        specimen.files["used.csv"] = Array("feature,members\nheight,\njob,\nwho,height job\n".utf8)
        #expect(try await specimen.run(MetaRequirements.self).verdict != .fail)
        specimen.files["used.csv"] = Array("feature\nheight\njob\nwho\n".utf8)
        let outcome = try await specimen.run(MetaRequirements.self)
        #expect(outcome.verdict == .fail && outcome.summary.contains("\"who\""), "\(outcome.words)")
    }

    // MARK: Stand-ins

    private func specimen(_ rows: [String], sensitive: JSON = ["sex"]) throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("artifact", to: ["path": "model.json"])
            .setting("training", "data", to: ["mine"]).setting("training", "importances", to: "used.csv")
            .setting("evaluation", "sensitive", to: sensitive)
        specimen.files["used.csv"] = Array("feature\nheight\njob\nplace\n".utf8)
        specimen.schema = [
            "columns": [["name": "height", "type": "float"], ["name": "job"], ["name": "place"]]
        ]
        specimen.data["mine"] = Array((["height,job,place,sex,age"] + rows).joined(separator: "\n").utf8)
        return specimen
    }

    /// Of 120 people: height tells the sexes apart but for some, the job is theirs, the place is nobody's.
    private let people = (0..<120).map { row in
        let isShort = row % 2 == 0
        return "\((isShort ? 160 : 175) + row % 17),\(isShort ? "cook" : "clerk"),\(["a", "b", "c"][row / 2 % 3]),"
            + "\(isShort ? "f" : "m"),\(20 + row)"
    }

    @Test func `a feature that tells a sensitive column is a warning`() async throws {
        let outcome = try await specimen(people).run(MetaRequirements.self)
        #expect(outcome.verdict == .warn)
        #expect(
            outcome.findings.map(\.message) == [
                "the model uses \"job\", which tells nearly what the sensitive \"sex\" does (Cramér's V 1 in mine); remove it, "
                    + "or name it in proxies with the reason",
                "the model uses \"height\", which tells nearly what the sensitive \"sex\" does (area under the ROC curve 0.9917 "
                    + "in mine); remove it, or name it in proxies with the reason",
            ], "\(outcome.words)")
        #expect(outcome.measurements["closest"]?["sex"]?["feature"] == "job")
        let known = try await specimen(people).run(
            MetaRequirements.self, ["proxies": ["job": "asked for by law", "hei*": "a uniform must fit"]])
        #expect(known.verdict == .pass, "\(known.words)")
        #expect(try await specimen(people).run(MetaRequirements.self, ["allowSensitive": true]).verdict == .pass)
    }

    @Test func `what tells little passes, and numbers are held against numbers`() async throws {
        var apart = try specimen(people)
        apart.files["used.csv"] = Array("feature\nplace\n".utf8)
        #expect(try await apart.run(MetaRequirements.self).verdict == .pass)
        // Ages are no groups; 0 and 1 are.
        let old = try await specimen(people.map { $0.replacing(",f,", with: ",0,").replacing(",m,", with: ",1,") })
            .setting("evaluation", "sensitive", to: ["age", "sex"]).run(MetaRequirements.self)
        #expect(old.findings.count == 2 && old.words.contains("\"sex\""), "\(old.words)")
        #expect(old.measurements["closest"]?["age"]?["value"]?.double ?? 1 < 0.8, "\(old.words)")
    }

    @Test func `a sensitive column that no dataset has, or data that cannot be had, is no pass`() async throws {
        let absent = try await specimen(people, sensitive: ["religion"]).run(MetaRequirements.self)
        #expect(absent.verdict == .warn && absent.words.contains("stands in for \"religion\" is not known"))
        let broken = try await specimen(["1,2"]).run(MetaRequirements.self)
        #expect(broken.verdict == .inconclusive, "\(broken.words)")
    }

    @Test func `a category coded as a number is seen, and what no dataset has is told`() async throws {
        var odd = try specimen(people)
        odd.data["mine"] = Array(
            (["height,job,place,sex"]
                + (0..<300).map {
                    "\(1 + $0 % 15),cook,\(["a", "b", "c"][$0 / 15 % 3]),\($0 % 15 % 2 == 0 ? "f" : "m")"
                })
                .joined(separator: "\n").utf8)
        let outcome = try await odd.run(MetaRequirements.self)
        #expect(
            outcome.verdict == .warn && outcome.words.contains("\"height\", which tells nearly"), "\(outcome.words)")

        var partial = try specimen(people.map { $0.split(separator: ",").dropFirst().joined(separator: ",") })
        partial.data["mine"] = Array(
            String(decoding: partial.data["mine"] ?? [], as: UTF8.self).replacing("height,job", with: "job").utf8)
        let unseen = try await partial.run(MetaRequirements.self, ["proxies": ["job": "asked for by law"]])
        #expect(unseen.verdict == .warn, "\(unseen.words)")
        #expect(unseen.words.contains("whether height stands in for \"sex\" is not known"), "\(unseen.words)")
    }
}
