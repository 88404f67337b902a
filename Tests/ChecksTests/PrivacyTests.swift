import Domain
import Testing

@testable import Checks

@Suite struct PrivacyTests {
    private func specimen(_ rows: [String]) throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("training", "data", to: ["mine"])
            .setting("evaluation", "data", to: .null)
        specimen.data["mine"] = Array((["id,note,age,county"] + rows).joined(separator: "\n").utf8)
        return specimen
    }

    private let plain = (0..<40).map { "r\($0),fine,\(30 + $0 % 2),north" }

    @Test(arguments: ["tumor", "penguins"]) func `the samples hold no personal data`(family: String) async throws {
        let outcome = try await Specimen.version("v1", of: family).run(Privacy.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test func `addresses in a column fail with a masked example, unless they are declared`() async throws {
        let specimen = try specimen(plain + ["r40,jane@example.com,30,north"])
        let outcome = try await specimen.run(Privacy.self)
        #expect(outcome.verdict == .fail)
        #expect(
            outcome.summary.contains("\"note\": 1 of 41 values look like e-mail addresses (e.g. j***@*******.***)"),
            "\(outcome.words)")
        #expect(!outcome.words.contains("jane"))
        #expect(try await specimen.run(Privacy.self, ["declared": ["note"]]).verdict == .pass)
    }

    @Test func `groups too small to hide in fail`() async throws {
        let settings: JSON = ["quasiIdentifiers": ["age", "county"]]
        #expect(try await specimen(plain).run(Privacy.self, settings).verdict == .pass)
        let outcome = try await specimen(plain + ["r40,fine,93,north"]).run(Privacy.self, settings)
        #expect(outcome.verdict == .fail && outcome.summary.contains("smallest group: 1"), "\(outcome.words)")
        #expect(try await specimen(plain).run(Privacy.self, ["quasiIdentifiers": ["zip"]]).verdict == .inconclusive)
    }

    @Test func `data that cannot be had is inconclusive, none is skipped`() async throws {
        #expect(try await specimen(plain).run(Privacy.self, ["datasets": ["other"]]).verdict == .inconclusive)
        let none = try specimen(plain).setting("training", "data", to: [])
        #expect(try await none.run(Privacy.self).verdict == .skipped)
    }
}
