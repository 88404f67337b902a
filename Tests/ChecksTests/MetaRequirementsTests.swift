import Domain
import Testing

@testable import Checks

@Suite struct MetaRequirementsTests {
    @Test(arguments: ["tumor", "penguins"]) func `features that are registered pass`(family: String) async throws {
        let outcome = try await Specimen.version("v1", of: family).run(MetaRequirements.self)
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
        #expect(denied.verdict == .fail && denied.findings.count == 10 && denied.summary.contains("measured too late"))
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
}
