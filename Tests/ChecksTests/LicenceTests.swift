import Domain
import Testing

@testable import Checks

@Suite struct LicenceTests {
    @Test(arguments: [
        ("Apache-2.0", Verdict.pass), ("AGPL-3.0-only", .fail), ("CC-BY-NC-4.0", .fail),
        ("MIT OR AGPL-3.0-only", .pass),
        ("MIT AND AGPL-3.0-only", .fail), ("(MIT OR Apache-2.0)", .pass),
    ])
    func `licences are told apart`(licence: String, expected: Verdict) async throws {
        let specimen = try Specimen.version("v1").setting("licence", to: .string(licence))
        #expect(try await specimen.run(Licence.self).verdict == expected)
    }

    @Test func `none fails, and a list is exclusive`() async throws {
        #expect(try await Specimen.version("v1").run(Licence.self).verdict == .fail)
        let specimen = try Specimen.version("v1").setting("licence", to: "GPL-3.0-only")
        #expect(try await specimen.run(Licence.self, ["allow": ["MIT", "Apache-*"]]).verdict == .fail)
    }

    @Test(arguments: [
        ("(MIT OR Apache-2.0) AND AGPL-3.0-only", Verdict.fail), ("MIT OR Apache-2.0 AND AGPL-3.0-only", .pass),
        ("agpl-3.0", .fail), ("cc-by-nc-4.0", .fail), ("AGPLv3", .fail), ("AGPL", .fail), ("NONE", .fail),
        ("NOASSERTION", .fail), ("GPL-2.0-only WITH Classpath-exception-2.0", .pass),
        ("AGPL-3.0-only WITH AND", .fail), ("MIT and Apache-2.0", .pass), ("MIT License", .fail), ("(MIT", .fail),
        ("MIT OR", .fail), ("LicenseRef-ours", .pass),
    ])
    func `expressions are read as SPDX means them`(licence: String, expected: Verdict) async throws {
        let specimen = try Specimen.version("v1").setting("licence", to: .string(licence))
        let outcome = try await specimen.run(Licence.self)
        #expect(outcome.verdict == expected, "\(outcome.words)")
    }

    @Test func `identifiers are compared without case, and NONE is never one`() async throws {
        let specimen = try Specimen.version("v1").setting("licence", to: "apache-2.0")
        #expect(try await specimen.run(Licence.self, ["allow": ["Apache-*"]]).verdict == .pass)
        let none = specimen.setting("licence", to: "NONE")
        #expect(try await none.run(Licence.self, ["deny": []]).verdict == .fail)
    }
}
