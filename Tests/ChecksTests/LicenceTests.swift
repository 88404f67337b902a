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
}
